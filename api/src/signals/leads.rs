//! Lead lists: each row of a CSV file becomes a signal, once, whoever imports it and how often.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;

use caseyos_shared::capture::fields::{BadOverride, Mapping};
use caseyos_shared::capture::flags::parse_flag;
use caseyos_shared::capture::fold::fold;
use caseyos_shared::capture::lead::LeadFields;
use caseyos_shared::model::{ImportId, SignalId, Ts, UserId, WorkspaceId};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::csv_rows::{BadFile, CsvRows, Row};
use super::envelope::Envelope;
use crate::access::token::hex;
use crate::app::App;
use crate::clock::new_id;
use crate::store::access::people;
use crate::store::facts;
use crate::store::imports::{Counts, Problem, begin_import, finish_import, note_counts, note_problems};
use crate::store::signals::{NewSignal, add_signals, count_lines, without_outcome};
use crate::store::{StoreError, Tx};

/// Rows in one transaction.
const BATCH: usize = 1_000;
/// Problems that are kept in the ledger; a file with more is the wrong file.
const PROBLEMS: i64 = 10_000;

/// Why a file cannot be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum LeadsError {
    /// It is no table of rows.
    #[error(transparent)]
    File(#[from] BadFile),
    /// A column was mapped to what is no field, or is not there.
    #[error(transparent)]
    Mapping(#[from] BadOverride),
    /// The column of outcomes is not there.
    #[error("There is no column \"{wanted}\"; the columns are: {}.", .columns.join(", "))]
    NoColumn {
        /// The name that was asked for.
        wanted: String,
        /// The names there are.
        columns: Vec<String>,
    },
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A lead list that is open, with the meaning of its columns.
pub struct LeadFile {
    rows: CsvRows,
    mapping: Mapping,
    outcome: Option<usize>,
}

impl LeadFile {
    /// Opens a list: headers are mapped where they are obvious, `maps` (`COLUMN=FIELD`) say it where they are not.
    ///
    /// # Errors
    /// [`LeadsError`]
    pub fn open(
        reader: impl Read + Send + 'static,
        maps: &[String],
        outcome: Option<&str>,
    ) -> Result<Self, LeadsError> {
        let rows = CsvRows::new(reader)?;
        let mut mapping = Mapping::guess(rows.headers());
        for map in maps {
            mapping = mapping.with_override(map)?;
        }
        let outcome = match outcome {
            None => None,
            Some(wanted) => {
                let found = rows.headers().iter().position(|name| fold(name) == fold(wanted));
                Some(found.ok_or_else(|| LeadsError::NoColumn {
                    wanted: wanted.to_owned(),
                    columns: rows.headers().to_vec(),
                })?)
            }
        };
        Ok(Self { rows, mapping, outcome })
    }

    /// Opens a list that lies on the disk.
    ///
    /// # Errors
    /// [`LeadsError`]
    pub fn open_at(path: &Path, maps: &[String], outcome: Option<&str>) -> Result<Self, LeadsError> {
        Self::open(std::fs::File::open(path).map_err(BadFile::Io)?, maps, outcome)
    }

    /// What its columns mean.
    #[must_use]
    pub const fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The column that says what came of each lead.
    #[must_use]
    pub fn outcome_column(&self) -> Option<&str> {
        self.outcome.and_then(|at| self.rows.headers().get(at)).map(String::as_str)
    }

    /// What whoever imports it should know.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes =
            vec![format!("Read as {}, fields separated by {:?}.", self.rows.encoding(), self.rows.delimiter())];
        let mapped: Vec<String> = self
            .mapping
            .columns()
            .iter()
            .filter_map(|column| Some(format!("{} = {}", column.name, column.field?.as_str())))
            .collect();
        notes.push(format!("Columns: {}; the others are kept as attributes.", mapped.join(", ")));
        notes
    }

    /// The next row: its line, and the lead or what is wrong with it. None at the end.
    pub fn next_lead(&mut self) -> Option<(u64, Result<Lead, String>)> {
        Some(match self.rows.next()? {
            Err(bad) => (bad.line, Err(bad.reason)),
            Ok(row) => (row.line, self.read(&row)),
        })
    }

    fn read(&self, row: &Row) -> Result<Lead, String> {
        let fields = self.mapping.apply(&row.fields).map_err(|problem| problem.to_string())?;
        let outcome = match self.outcome.and_then(|at| Some((at, row.fields.get(at)?.trim()))) {
            None | Some((_, "")) => None,
            Some((at, text)) => Some(parse_outcome(text).ok_or_else(|| {
                let column = self.rows.headers().get(at).map_or("", String::as_str);
                format!("Column \"{column}\" has \"{text}\": an outcome is yes or no, 1 or 0, won or lost.")
            })?),
        };
        let mut fields = fields;
        let mut cells = serde_json::Map::new();
        for (name, cell) in self.rows.headers().iter().zip(&row.fields) {
            let cell = cell.trim();
            if !cell.is_empty() {
                cells.insert(name.clone(), Value::String(cell.to_owned()));
            }
        }
        // By the address where there is one, so that a corrected list makes no second lead of anybody; else by everything that the row says.
        let key = match &fields.email {
            Some(email) => format!("email {}", email.key()),
            None => {
                let mut digest = Sha256::new();
                for (name, cell) in &cells {
                    digest.update(fold(name));
                    digest.update([0]);
                    digest.update(cell.as_str().unwrap_or_default());
                    digest.update([0]);
                }
                format!("row {}", hex(&digest.finalize()))
            }
        };
        // What came of a lead is what one wants to know of the others: it must not be among what it is guessed from.
        if let Some(name) = self.outcome_column() {
            cells.remove(name);
            fields.attributes.remove(name);
        }
        Ok(Lead { fields, outcome, cells: Value::Object(cells), key })
    }
}

/// One good row.
pub struct Lead {
    /// What it says.
    pub fields: LeadFields,
    /// What came of it, where the file says.
    pub outcome: Option<bool>,
    /// Its cells that are not empty, by column.
    pub cells: Value,
    key: String,
}

/// Yes, no, won, lost and the like.
#[must_use]
pub fn parse_outcome(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "won" | "converted" | "success" | "closedwon" | "customer" => Some(true),
        "lost" | "notconverted" | "failure" | "closedlost" | "churned" => Some(false),
        _ => parse_flag(text),
    }
}

/// Who imports what.
#[derive(Debug, Clone)]
pub struct LeadImport {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The import's id.
    pub id: ImportId,
    /// The file's name.
    pub file_name: String,
    /// Who imports it.
    pub by: Option<UserId>,
}

/// How an import went.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The import.
    pub id: ImportId,
    /// Rows by what became of them.
    pub counts: Counts,
    /// What whoever imports should know.
    pub notes: Vec<String>,
}

/// Imports a list from its beginning to its end. `tell` hears of each problem as it is found and of how many rows were seen; nothing that
/// was told to be added is lost when the process dies, and the same import again adds what is missing.
///
/// # Errors
/// [`LeadsError::Store`]
pub async fn import(
    app: &App,
    what: &LeadImport,
    file: LeadFile,
    tell: impl FnMut(Counts, Option<&Problem>) + Send,
) -> Result<Summary, LeadsError> {
    let workspace = what.workspace;
    let (id, name, by, now) = (what.id, what.file_name.clone(), what.by, app.clock.now());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { begin_import(tx, workspace, id, "leads", &name, by, now).await })
        })
        .await?;
    let done = run(app, workspace, id, file, tell).await;
    let (failed, notes) = match &done {
        Ok(summary) => (false, summary.notes.clone()),
        Err(error) => (true, vec![not_finished(error)]),
    };
    let now = app.clock.now();
    let noted = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { finish_import(tx, workspace, id, failed, &notes, now).await })
        })
        .await;
    let summary = done?;
    noted?;
    Ok(summary)
}

/// What an import that did not come to its end says of itself.
#[must_use]
pub fn not_finished(why: impl std::fmt::Display) -> String {
    format!(
        "It was not finished: {}. Import the file again; what was added is known.",
        why.to_string().trim_end_matches('.')
    )
}

/// Takes the rows of an import that was begun, and leaves it to the caller to note that it ended. What an earlier, broken-off run of the
/// same import added counts as added.
///
/// # Errors
/// [`LeadsError::Store`]
pub async fn run(
    app: &App,
    workspace: WorkspaceId,
    id: ImportId,
    mut file: LeadFile,
    mut tell: impl FnMut(Counts, Option<&Problem>) + Send,
) -> Result<Summary, LeadsError> {
    let owners: HashMap<String, UserId> =
        people(&app.db, workspace).await?.into_iter().map(|person| (person.email.to_lowercase(), person.id)).collect();
    if let Some(column) = file.outcome_column() {
        facts::note_outcome_column(&app.db, workspace, column, app.clock.now()).await?;
    }
    let mut notes = file.notes();
    let mut counts = Counts::default();
    let mut told = 0;
    // Which line had each key first; 16 bytes of a digest, for files of millions of rows.
    let mut lines: HashMap<[u8; 16], i64> = HashMap::new();
    loop {
        // Reading is quick work on the processor and blocking reads of a file: not for the threads that answer requests.
        let (back, batch) = read_batch(file).await?;
        file = back;
        if batch.is_empty() {
            break;
        }
        let mut signals = Vec::with_capacity(batch.len());
        let mut tells = Vec::with_capacity(batch.len());
        let mut problems = Vec::new();
        for (line, row) in batch {
            counts.seen += 1;
            let line = i64::try_from(line).unwrap_or(i64::MAX);
            match row {
                Ok(lead) => match lines.entry(short_digest(&lead.key)) {
                    std::collections::hash_map::Entry::Occupied(first) => {
                        counts.known += 1;
                        let same = if lead.fields.email.is_some() { "The same e-mail address" } else { "The same row" };
                        let reason = format!("{same} as on line {}.", first.get());
                        problems.push(Problem { line, reason, known: true });
                    }
                    std::collections::hash_map::Entry::Vacant(free) => {
                        free.insert(line);
                        tells.push(lead.outcome.is_some());
                        signals.push(signal(lead, line, id, &owners, app.clock.now())?);
                    }
                },
                Err(reason) => {
                    counts.bad += 1;
                    problems.push(Problem { line, reason, known: false });
                }
            }
        }
        for problem in problems.iter().filter(|problem| !problem.known) {
            tell(counts, Some(problem));
        }
        let kept = if counts.bad + counts.known <= PROBLEMS { problems } else { Vec::new() };
        let telling: Vec<&NewSignal> =
            signals.iter().zip(&tells).filter_map(|(signal, tells)| tells.then_some(signal)).collect();
        let news = news_of_known(app, workspace, &telling).await?;
        told += news.len();
        counts = write_batch(app, workspace, id, signals, news, kept, counts).await?;
        tell(counts, None);
    }
    if told > 0 {
        notes.push(format!("What came of {told} leads that were here already was taken in."));
    }
    if file.rows.fallback_lines() > 0 {
        notes.push(format!("{} lines were not UTF-8 and were read as Windows-1252.", file.rows.fallback_lines()));
    }
    if counts.bad + counts.known > PROBLEMS {
        notes.push(format!("Only the first problems were kept, about {PROBLEMS}."));
    }
    Ok(Summary { id, counts, notes })
}

type Batch = Vec<(u64, Result<Lead, String>)>;

async fn read_batch(mut file: LeadFile) -> Result<(LeadFile, Batch), LeadsError> {
    let read = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let Some(row) = file.next_lead() else { break };
            batch.push(row);
        }
        (file, batch)
    });
    read.await.map_err(|error| LeadsError::File(BadFile::Io(io::Error::other(error.to_string()))))
}

async fn write_batch(
    app: &App,
    workspace: WorkspaceId,
    id: ImportId,
    signals: Vec<NewSignal>,
    news: Vec<NewSignal>,
    problems: Vec<Problem>,
    mut counts: Counts,
) -> Result<Counts, StoreError> {
    let now = app.clock.now();
    app.db
        .write::<Counts, StoreError, _>(move |tx| {
            Box::pin(async move {
                add_lines(tx, workspace, id, &signals, &mut counts, now).await?;
                if !news.is_empty() {
                    add_signals(tx, workspace, &news, now).await?;
                }
                note_problems(tx, workspace, id, &problems).await?;
                note_counts(tx, workspace, id, counts, now).await?;
                Ok(counts)
            })
        })
        .await
}

/// What a list tells of leads that came in before without an outcome: a signal of its own for each, once.
async fn news_of_known(
    app: &App,
    workspace: WorkspaceId,
    telling: &[&NewSignal],
) -> Result<Vec<NewSignal>, StoreError> {
    if telling.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<String> = telling.iter().map(|row| row.dedupe_key.clone()).collect();
    let silent = without_outcome(&app.db, workspace, SOURCE, &keys).await?;
    let of = |row: &NewSignal| NewSignal {
        id: new_id(SignalId::new),
        source: row.source.clone(),
        kind: "lead_outcome".to_owned(),
        dedupe_key: format!("outcome {}", row.dedupe_key),
        occurred_at: row.occurred_at,
        envelope: row.envelope.clone(),
        import: None,
        run_after: row.run_after,
    };
    Ok(telling.iter().copied().filter(|row| silent.contains(&row.dedupe_key)).map(of).collect())
}

/// The source of lead lists.
const SOURCE: &str = "csv";

/// Takes an import's signals in, and counts those that are its own as added, the others as known.
///
/// # Errors
/// When the store cannot.
pub(super) async fn add_lines(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ImportId,
    signals: &[NewSignal],
    counts: &mut Counts,
    now: Ts,
) -> Result<(), StoreError> {
    let added = add_signals(tx, workspace, signals, now).await?;
    let of = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (all, new) = (of(added.len()), of(added.iter().filter(|new| **new).count()));
    let lines = || signals.iter().filter_map(|signal| signal.import).map(|(_, line)| line);
    let own = match (lines().min(), lines().max()) {
        // Some were here: those that an earlier run of this import added are its own.
        (Some(first), Some(last)) if new < all => count_lines(tx, workspace, id, first, last).await?,
        _ => new,
    };
    counts.added += own;
    counts.known += all - own;
    Ok(())
}

fn signal(
    lead: Lead,
    line: i64,
    import: ImportId,
    owners: &HashMap<String, UserId>,
    now: Ts,
) -> Result<NewSignal, StoreError> {
    let owner = lead.fields.owner_email.clone();
    let occurred_at = lead.fields.occurred_at.filter(|at| *at <= now && at.millis() >= 0).unwrap_or(now);
    let mut envelope = Envelope::from(lead.fields);
    envelope.outcome = lead.outcome;
    envelope.payload = lead.cells;
    if let Some(owner) = owner {
        envelope.assignee = owners.get(owner.key()).copied();
        if envelope.assignee.is_none() {
            envelope.remarks.push(format!("{owner} has no account here, so the lead is nobody's yet."));
        }
    }
    Ok(NewSignal {
        id: new_id(SignalId::new),
        source: SOURCE.to_owned(),
        kind: "lead".to_owned(),
        dedupe_key: lead.key,
        occurred_at,
        envelope: NewSignal::text_of(&envelope)?,
        import: Some((import, line)),
        run_after: now,
    })
}

pub(super) fn short_digest(text: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    short
}

/// Reads a list to its end without keeping anything of it: the rows by what would become of them; known are the repetitions within the file.
pub fn try_out(file: &mut LeadFile, mut tell: impl FnMut(&Problem)) -> Counts {
    let mut counts = Counts::default();
    let mut seen = std::collections::HashSet::new();
    while let Some((line, row)) = file.next_lead() {
        counts.seen += 1;
        match row {
            Ok(lead) if seen.insert(short_digest(&lead.key)) => counts.added += 1,
            Ok(_) => counts.known += 1,
            Err(reason) => {
                counts.bad += 1;
                tell(&Problem { line: i64::try_from(line).unwrap_or(i64::MAX), reason, known: false });
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_in_the_words_of_crms() {
        for yes in ["1", "yes", "Won", "TRUE", "Closed Won", "converted"] {
            assert_eq!(parse_outcome(yes), Some(true), "{yes}");
        }
        for no in ["0", "No", "lost", "false", "closed-lost"] {
            assert_eq!(parse_outcome(no), Some(false), "{no}");
        }
        assert_eq!(parse_outcome("maybe"), None);
    }

    #[test]
    fn what_came_of_a_lead_is_not_among_what_it_is_guessed_from() {
        let text = "name,email,industry,Converted\nAnn,ann@acme.example,Mining,1\n";
        let mut file = LeadFile::open(text.as_bytes(), &[], Some("converted")).unwrap();
        let lead = file.next_lead().unwrap().1.unwrap();
        assert_eq!(lead.outcome, Some(true));
        assert_eq!(lead.fields.attributes.keys().collect::<Vec<_>>(), ["industry"]);
        assert!(lead.cells.get("Converted").is_none() && lead.cells.get("industry").is_some());
        let mut plain = LeadFile::open(text.as_bytes(), &[], None).unwrap();
        assert_eq!(plain.next_lead().unwrap().1.unwrap().key, lead.key, "the same lead, however it is imported");
    }

    #[test]
    fn a_row_without_an_address_is_known_again_by_what_it_says() {
        let read = |text: &'static str| {
            let mut file = LeadFile::open(text.as_bytes(), &[], None).unwrap();
            std::iter::from_fn(move || file.next_lead()).map(|(_, lead)| lead.unwrap().key).collect::<Vec<_>>()
        };
        let keys = read("name,company\nAnn,Acme\nAnn,Acme\nAnn,Other\n");
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
        assert_eq!(read("company,name\nAcme,Ann\n")[0], keys[0], "the order of the columns says nothing");
    }
}
