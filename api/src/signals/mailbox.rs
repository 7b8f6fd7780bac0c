//! Mailboxes: each message becomes a signal, once; threads are known before the first of them is worked.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::capture::mail::NoMove;
use caseyos_shared::model::{ImportId, SignalId, Ts, UserId, WorkspaceId};
use tokio::sync::mpsc;

use super::envelope::{ContactHint, Envelope, MailFacts, Mailbox};
use super::leads::{add_lines, not_finished, short_digest};
use super::mail::{Address, Mail, MailSource, RawMail, parse};
use crate::access::token::hex;
use crate::app::App;
use crate::clock::new_id;
use crate::store::imports::{Counts, Problem, begin_import, finish_import, note_counts, note_problems};
use crate::store::signals::{NewSignal, release_held};
use crate::store::threads::{Message, add_messages};
use crate::store::{StoreError, Tx};

/// Messages, and bytes of them, that are parsed and written together.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 8 << 20;
/// How long signals are held back for an import that does not end: then they are worked with what is known.
const HELD: i64 = Ts::HOUR;
/// What is kept of a text, in bytes.
const TEXT: usize = 8 << 10;
/// Recipients that are kept.
const RECIPIENTS: usize = 50;
/// The longest message id that is a key as it stands.
const KEY: usize = 200;
/// Problems that are kept in the ledger.
const PROBLEMS: i64 = 10_000;

/// Why a mailbox cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// There is nothing to read.
    #[error("{0} cannot be read: {1}")]
    Io(String, std::io::Error),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whose mailbox it is, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The owner's addresses, in lower case.
    pub addresses: Vec<String>,
    /// How they are known: a sentence.
    pub because: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.addresses.is_empty() {
            return write!(f, "Nobody's mailbox: {}", self.because);
        }
        write!(f, "Mailbox of {}: {}", self.addresses.join(", "), self.because)
    }
}

/// Finds out whose mailbox it is: the people of the workspace whose addresses send or receive in it, else its most frequent sender.
///
/// # Errors
/// [`MailboxError::Io`]
pub fn guess_owner(path: &Path, people: &[String]) -> Result<Owner, MailboxError> {
    let source = open(path)?;
    let mut senders: HashMap<String, u64> = HashMap::new();
    let mut delivered: HashSet<String> = HashSet::new();
    for raw in source.flatten() {
        let Ok(mail) = parse(headers_of(&raw.bytes)) else { continue };
        delivered.extend(mail.delivered_to.iter().map(|address| address.to_lowercase()));
        delivered.extend(mail.to.iter().map(|to| to.email.to_lowercase()));
        if let Some(from) = mail.from.filter(|from| !from.email.is_empty()) {
            *senders.entry(from.email.to_lowercase()).or_default() += 1;
        }
    }
    let mut found: Vec<String> =
        people.iter().filter(|one| senders.contains_key(*one) || delivered.contains(*one)).cloned().collect();
    found.sort();
    if !found.is_empty() {
        let occur = if found.len() == 1 { "occurs" } else { "occur" };
        let because = format!("{} signed up here and {occur} in the mailbox", found.join(", "));
        return Ok(Owner { addresses: found, because });
    }
    let most = senders.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    Ok(match most {
        Some((address, count)) => Owner {
            because: format!("{address} sent the most messages ({count}); if that is not you, name your own addresses"),
            addresses: vec![address],
        },
        None => {
            Owner { addresses: Vec::new(), because: "no message names its sender; name your own addresses".to_owned() }
        }
    })
}

fn headers_of(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(2).position(|two| two == b"\n\n").map(|at| at + 2);
    let end_crlf = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    let end = [end, end_crlf].into_iter().flatten().min().unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or(bytes)
}

fn open(path: &Path) -> Result<MailSource, MailboxError> {
    MailSource::open(path).map_err(|error| MailboxError::Io(path.display().to_string(), error))
}

/// Who imports what.
#[derive(Debug, Clone)]
pub struct MailImport {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The import's id.
    pub id: ImportId,
    /// Who imports it.
    pub by: Option<UserId>,
    /// The name of the file, where its path says nothing to whoever imports it.
    pub file_name: Option<String>,
    /// Whose mailbox it is.
    pub owner: Owner,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Messages by what became of them.
    pub counts: Counts,
    /// Bytes that were read.
    pub bytes: u64,
}

/// Imports a mailbox from its beginning to its end. Nothing that was told to be added is lost when the process dies, and the same import
/// again adds what is missing.
///
/// # Errors
/// [`MailboxError`]
pub async fn import(
    app: &App,
    what: &MailImport,
    path: &Path,
    tell: impl FnMut(Progress, Option<&str>) + Send,
) -> Result<Counts, MailboxError> {
    // What cannot be opened leaves no trace.
    open(path)?;
    let (workspace, id, by, now) = (what.workspace, what.id, what.by, app.clock.now());
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let name = what.file_name.clone().unwrap_or(name);
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { begin_import(tx, workspace, id, "mail", &name, by, now).await })
        })
        .await?;
    let done = run(app, what, path, tell).await;
    let (failed, notes) = match &done {
        Ok((_, notes)) => (false, notes.clone()),
        Err(error) => (true, vec![not_finished(error)]),
    };
    let now = app.clock.now();
    let noted = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { finish(tx, workspace, id, failed, &notes, now).await })
        })
        .await;
    let (counts, _) = done?;
    noted?;
    Ok(counts)
}

/// Notes that an import ended, and has its messages worked: no more of their threads will come.
///
/// # Errors
/// When the store cannot.
pub async fn finish(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ImportId,
    failed: bool,
    notes: &[String],
    now: Ts,
) -> Result<(), StoreError> {
    release_held(tx, workspace, "mail", now).await?;
    finish_import(tx, workspace, id, failed, notes, now).await
}

/// Takes the messages of an import that was begun, and leaves it to the caller to [`finish`] it with the notes that are answered. What an
/// earlier, broken-off run of the same import added counts as added.
///
/// # Errors
/// [`MailboxError`]
pub async fn run(
    app: &App,
    what: &MailImport,
    path: &Path,
    mut tell: impl FnMut(Progress, Option<&str>) + Send,
) -> Result<(Counts, Vec<String>), MailboxError> {
    let source = open(path)?;
    let (workspace, id, now) = (what.workspace, what.id, app.clock.now());
    let (batches, mut parsed) = mpsc::channel(2);
    let (me, called) = (what.owner.addresses.clone(), what.file_name.clone());
    let reader = tokio::task::spawn_blocking(move || read_all(source, &me, called.as_deref(), &batches));
    let mut progress = Progress::default();
    let mut number: i64 = 0;
    while let Some(batch) = parsed.recv().await {
        let mut signals = Vec::with_capacity(batch.len());
        let mut messages = Vec::with_capacity(batch.len());
        let mut problems = Vec::new();
        for read in batch {
            number += 1;
            progress.counts.seen += 1;
            progress.bytes += read.size;
            match read.outcome {
                Ok(facts) => {
                    let (signal, message) = signal(facts, (id, number), app.clock.now(), now + HELD)?;
                    signals.push(signal);
                    messages.push(message);
                }
                Err(reason) => {
                    progress.counts.bad += 1;
                    let reason = format!("{}: {reason}", read.place);
                    tell(progress, Some(&reason));
                    problems.push(Problem { line: number, reason, known: false });
                }
            }
        }
        if progress.counts.bad > PROBLEMS {
            problems.clear();
        }
        progress.counts = write(app, workspace, id, signals, messages, problems, progress.counts).await?;
        tell(progress, None);
    }
    reader.await.map_err(|error| StoreError::Other(format!("reading the mailbox: {error}")))?;
    Ok((progress.counts, vec![format!("{}.", what.owner)]))
}

/// A message as it was read, and where it stands.
struct Read {
    size: u64,
    place: String,
    outcome: Result<Facts, String>,
}

/// A mail as a signal needs it.
struct Facts {
    mail: MailFacts,
    has_date: bool,
    key: String,
}

/// Reads everything and parses it on every core, batch by batch in the order of the mailbox; ends early when nobody listens any more.
fn read_all(source: MailSource, me: &[String], called: Option<&str>, batches: &mpsc::Sender<Vec<Read>>) {
    let place = |path: &Path, line: u64| match called {
        Some(name) => format!("{name}, line {line}"),
        None => format!("{}, line {line}", path.display()),
    };
    let mut source = source.peekable();
    while source.peek().is_some() {
        let (mut raws, mut bytes) = (Vec::with_capacity(BATCH), 0);
        while raws.len() < BATCH && bytes < BATCH_BYTES {
            let Some(raw) = source.next() else { break };
            bytes += raw.as_ref().map_or(0, |raw| raw.bytes.len());
            raws.push(raw);
        }
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = raws.len().div_ceil(cores).max(1);
        let read_one = |raw: &Result<RawMail, super::mail::SourceFault>| match raw {
            Ok(raw) => Read { size: raw.size, place: place(&raw.path, raw.line), outcome: read(raw, me) },
            Err(fault) => {
                Read { size: fault.size, place: place(&fault.path, fault.line), outcome: Err(fault.reason.to_string()) }
            }
        };
        let batch: Vec<Read> = std::thread::scope(|scope| {
            let shares: Vec<_> = raws
                .chunks(share)
                .map(|some| (some, scope.spawn(move || some.iter().map(read_one).collect::<Vec<_>>())))
                .collect();
            // A message whose parsing panicked costs its share of the batch a line in the ledger, not the import.
            shares
                .into_iter()
                .flat_map(|(some, share)| {
                    share
                        .join()
                        .unwrap_or_else(|_| some.iter().map(|raw| unreadable(raw.as_ref().ok(), place)).collect())
                })
                .collect()
        });
        if batches.blocking_send(batch).is_err() {
            return;
        }
    }
}

fn unreadable(raw: Option<&RawMail>, place: impl Fn(&Path, u64) -> String) -> Read {
    Read {
        size: raw.map_or(0, |raw| raw.size),
        place: raw.map_or_else(String::new, |raw| place(&raw.path, raw.line)),
        outcome: Err("reading it failed; please report this message's form".to_owned()),
    }
}

fn read(raw: &RawMail, me: &[String]) -> Result<Facts, String> {
    if raw.truncated {
        // Not taken: from a complete copy of the file it comes whole.
        return Err("the file ends in the middle of this message; import a complete copy to add it".to_owned());
    }
    let mail = parse(&raw.bytes).map_err(|fault| fault.to_string())?;
    let own: Vec<&str> = me.iter().map(String::as_str).collect();
    let why = mail.why_no_move(&own);
    let from_me = mail.from.as_ref().is_some_and(|from| me.contains(&from.email.to_lowercase()));
    // A draft or an absence note answers nobody.
    let outbound = from_me && !matches!(why, Some(NoMove::Filed | NoMove::AutoReply | NoMove::Bounce));
    let id = mail.message_id.clone().unwrap_or_else(|| hex(&short_digest(&String::from_utf8_lossy(&raw.bytes))));
    let key = if id.len() <= KEY { id.clone() } else { hex(&short_digest(&id)) };
    Ok(Facts { has_date: mail.date.is_some(), mail: facts(mail, key.clone(), outbound, why), key })
}

fn facts(mail: Mail, id: String, outbound: bool, why: Option<NoMove>) -> MailFacts {
    let mailbox = |address: Address| Mailbox { name: address.name, email: address.email };
    let mut reply = mail.reply;
    reply.truncate(reply.floor_char_boundary(TEXT));
    let thread = mail.thread_key.unwrap_or_else(|| id.clone());
    MailFacts {
        thread_key: if thread.len() <= KEY { thread } else { hex(&short_digest(&thread)) },
        message_id: id,
        outbound,
        from: mail.from.map(mailbox).unwrap_or_default(),
        to: mail.to.into_iter().take(RECIPIENTS).map(mailbox).collect(),
        cc: mail.cc.into_iter().take(RECIPIENTS).map(mailbox).collect(),
        subject: mail.subject.unwrap_or_default(),
        reply,
        not_for_us: why.filter(|_| !outbound).map(|why| why.sentence().to_owned()),
        sent_at: mail.date.unwrap_or_default(),
        labels: mail.labels,
        attachments: mail.attachments,
    }
}

fn signal(facts: Facts, import: (ImportId, i64), now: Ts, run_after: Ts) -> Result<(NewSignal, Message), StoreError> {
    let Facts { mut mail, has_date, key } = facts;
    // A mail without a date, or from the future, came at the latest now.
    if !has_date || mail.sent_at > now {
        mail.sent_at = now;
    }
    if !has_date && !mail.outbound && mail.not_for_us.is_none() {
        mail.not_for_us = Some("it has no date, so nobody can tell how long it has waited".to_owned());
    }
    let message = Message {
        id: key.clone(),
        thread_key: mail.thread_key.clone(),
        outbound: mail.outbound,
        sent_at: mail.sent_at,
    };
    let contact = ContactHint {
        email: mail.from.email.parse::<EmailAddress>().ok(),
        name: mail.from.name.clone(),
        ..ContactHint::default()
    };
    let (occurred_at, outbound) = (mail.sent_at, mail.outbound);
    let envelope = Envelope { contact: (!outbound).then_some(contact), mail: Some(mail), ..Envelope::default() };
    let signal = NewSignal {
        id: new_id(SignalId::new),
        source: "mail".to_owned(),
        kind: if outbound { "mail_sent" } else { "mail" }.to_owned(),
        dedupe_key: key,
        occurred_at,
        envelope: NewSignal::text_of(&envelope)?,
        import: Some(import),
        run_after,
    };
    Ok((signal, message))
}

async fn write(
    app: &App,
    workspace: WorkspaceId,
    id: ImportId,
    signals: Vec<NewSignal>,
    messages: Vec<Message>,
    problems: Vec<Problem>,
    mut counts: Counts,
) -> Result<Counts, StoreError> {
    let now = app.clock.now();
    app.db
        .write::<Counts, StoreError, _>(move |tx| {
            Box::pin(async move {
                add_lines(tx, workspace, id, &signals, &mut counts, now).await?;
                add_messages(tx, workspace, &messages).await?;
                note_problems(tx, workspace, id, &problems).await?;
                note_counts(tx, workspace, id, counts, now).await?;
                Ok(counts)
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(mail: &str, people: &[&str]) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("From x Thu Jan  1 00:00:00 2026\n{mail}\n\nHello\n")).unwrap();
        let people: Vec<String> = people.iter().map(|one| (*one).to_owned()).collect();
        guess_owner(file.path(), &people).unwrap().to_string()
    }

    #[test]
    fn whose_mailbox_it_is_is_said_in_a_sentence_whatever_their_number() {
        let mail = "From: ann@acme.example\nTo: bob@acme.example";
        assert_eq!(
            guess(mail, &["ann@acme.example"]),
            "Mailbox of ann@acme.example: ann@acme.example signed up here and occurs in the mailbox"
        );
        assert!(
            guess(mail, &["ann@acme.example", "bob@acme.example"]).ends_with("signed up here and occur in the mailbox")
        );
        assert!(guess("Subject: x", &[]).starts_with("Nobody's mailbox: no message names its sender"));
    }
}
