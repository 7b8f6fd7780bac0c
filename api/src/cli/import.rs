//! `caseyos import`: takes lead lists and mailboxes in, beside a running server or without one.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::model::{ImportId, UserId, WorkspaceId};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Failure, open, say, say_json};
use crate::app::App;
use crate::clock::new_id;
use crate::signals::leads::{self, LeadFile, LeadImport, LeadsError};
use crate::signals::mailbox::{self, MailImport, MailboxError, Owner};
use crate::store::access;
use crate::store::imports::Counts;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Import a CSV file of leads: any encoding, any delimiter, any header names.
    Leads {
        /// The file.
        file: PathBuf,
        /// Say what a column is where its name does not: COLUMN=FIELD.
        #[arg(long = "map", value_name = "COLUMN=FIELD")]
        maps: Vec<String>,
        /// The column that says what came of each lead: yes or no, 1 or 0, won or lost.
        #[arg(long, value_name = "COLUMN")]
        outcome_column: Option<String>,
        /// Read and report, and keep nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Import a mailbox: an mbox file (Gmail Takeout), an .eml file, or a folder of them.
    Mail {
        /// The file or folder.
        path: PathBuf,
        /// An address of the mailbox's owner; otherwise it is guessed.
        #[arg(long = "me", value_name = "ADDRESS")]
        me: Vec<String>,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, clap::Args)]
struct Common {
    /// The workspace, by name or id; needed only when there is more than one.
    #[arg(long)]
    workspace: Option<String>,
    /// Whose import it is, by e-mail address.
    #[arg(long)]
    user: Option<String>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

impl From<LeadsError> for Failure {
    fn from(error: LeadsError) -> Self {
        match error {
            LeadsError::Mapping(_) | LeadsError::NoColumn { .. } => Self::Usage(error.to_string()),
            LeadsError::File(_) | LeadsError::Store(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<MailboxError> for Failure {
    fn from(error: MailboxError) -> Self {
        Self::Failed(error.to_string())
    }
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    match args.what {
        What::Leads { file, maps, outcome_column, dry_run: true, common } => {
            try_out(&file, &maps, outcome_column.as_deref(), &common)
        }
        What::Leads { file, maps, outcome_column, dry_run: false, common } => {
            let app = open::for_command().await?;
            let done = import_leads(&app, &file, &maps, outcome_column.as_deref(), &common).await;
            app.db.close().await;
            done
        }
        What::Mail { path, me, common } => {
            let me = addresses(&me)?;
            let app = open::for_command().await?;
            let done = import_mail(&app, &path, &me, &common).await;
            app.db.close().await;
            done
        }
    }
}

/// The workspace and person that an import is for.
async fn whose(app: &App, common: &Common) -> Result<(WorkspaceId, Option<UserId>), Failure> {
    match &common.user {
        Some(email) => {
            let (workspace, person) = open::person(app, email, common.workspace.as_deref()).await?;
            Ok((workspace.id, Some(person.id)))
        }
        None => Ok((open::workspace(app, common.workspace.as_deref()).await?.id, None)),
    }
}

fn lead_file(path: &Path, maps: &[String], outcome: Option<&str>) -> Result<LeadFile, Failure> {
    let file = std::fs::File::open(path).map_err(|error| Failure::io(path.display(), &error))?;
    LeadFile::open(file, maps, outcome).map_err(|error| match Failure::from(error) {
        Failure::Failed(what) => Failure::Failed(format!("{}: {what}", path.display())),
        Failure::Usage(what) => Failure::Usage(what),
    })
}

fn try_out(path: &Path, maps: &[String], outcome: Option<&str>, common: &Common) -> Result<(), Failure> {
    let mut file = lead_file(path, maps, outcome)?;
    let notes = file.notes();
    let done = leads::try_out(&mut file, |problem| warn(&format!("line {}: {}", problem.line, problem.reason)));
    tell(path, None, done, &notes, common)
}

async fn import_leads(
    app: &App,
    path: &Path,
    maps: &[String],
    outcome: Option<&str>,
    common: &Common,
) -> Result<(), Failure> {
    let file = lead_file(path, maps, outcome)?;
    let (workspace, by) = whose(app, common).await?;
    let bar = bar(None, "{spinner} {human_pos} rows, {per_sec}");
    let what = LeadImport { workspace, id: new_id(ImportId::new), file_name: name_of(path), by };
    let summary = leads::import(app, &what, file, |counts, problem| {
        bar.set_position(u64::try_from(counts.seen).unwrap_or(0));
        if let Some(problem) = problem {
            bar.suspend(|| warn(&format!("line {}: {}", problem.line, problem.reason)));
        }
    })
    .await?;
    bar.finish_and_clear();
    tell(path, Some(summary.id), summary.counts, &summary.notes, common)
}

async fn import_mail(app: &App, path: &Path, me: &[String], common: &Common) -> Result<(), Failure> {
    let (workspace, by) = whose(app, common).await?;
    let owner = if me.is_empty() {
        let people: Vec<String> = access::people(&app.db, workspace).await?.into_iter().map(|one| one.email).collect();
        let from = path.to_owned();
        let guess = tokio::task::spawn_blocking(move || mailbox::guess_owner(&from, &people)).await;
        guess.map_err(|error| Failure::Failed(error.to_string()))??
    } else {
        Owner { addresses: me.to_vec(), because: "named with --me".to_owned() }
    };
    warn(&owner.to_string());
    let bar = bar(size_of(path), "{spinner} {bytes}/{total_bytes} {wide_bar} {bytes_per_sec}, {eta} left");
    let what = MailImport { workspace, id: new_id(ImportId::new), by, file_name: None, owner };
    let counts = mailbox::import(app, &what, path, |progress, problem| {
        bar.set_position(progress.bytes);
        if let Some(problem) = problem {
            bar.suspend(|| warn(problem));
        }
    })
    .await?;
    bar.finish_and_clear();
    tell(path, Some(what.id), counts, &[], common)
}

/// The addresses that were named, as mails are compared with them.
fn addresses(me: &[String]) -> Result<Vec<String>, Failure> {
    let address = |one: &String| match one.parse::<EmailAddress>() {
        Ok(_) => Ok(one.trim().to_lowercase()),
        Err(error) => Err(Failure::Usage(format!("--me {one:?}: {error}"))),
    };
    me.iter().map(address).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The bytes of a file; of a folder nobody knows before it was read.
fn size_of(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len())
}

/// A progress bar on a terminal, nothing anywhere else.
fn bar(length: Option<u64>, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

fn warn(line: &str) {
    // When standard error is gone there is nobody to tell.
    let _gone = writeln!(std::io::stderr(), "{line}");
}

fn tell(path: &Path, id: Option<ImportId>, counts: Counts, notes: &[String], common: &Common) -> Result<(), Failure> {
    let Counts { seen, added, known, bad } = counts;
    if common.json {
        say_json(
            &json!({ "seen": seen, "added": added, "known": known, "bad": bad, "import_id": id, "notes": notes }),
        )?;
    } else {
        for note in notes {
            warn(note);
        }
        let would = if id.is_some() { "" } else { "would be " };
        say(&format!(
            "{}: {seen} read, {added} {would}added, {known} known already, {bad} could not be taken",
            name_of(path)
        ))?;
    }
    if bad > 0 {
        return Err(Failure::Failed(format!(
            "{bad} of {seen} could not be taken; the reasons are above, the others were kept"
        )));
    }
    Ok(())
}
