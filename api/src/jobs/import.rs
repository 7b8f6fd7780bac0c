//! An import of a file that was sent: begun when it was ordered, ended whatever happens to the process, and never twice.

use caseyos_shared::model::{ImportId, JobId, Ts, UserId, WorkspaceId};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{JobError, Kind};
use crate::app::App;
use crate::clock::new_id;
use crate::signals::leads::{self, LeadFile, LeadsError, not_finished};
use crate::signals::mailbox::{self, MailImport, MailboxError, Owner, guess_owner};
use crate::signals::uploads::{self, Upload};
use crate::store::StoreError;
use crate::store::access::people;
use crate::store::imports::{begin_import, fail_silent, find_import, finish_import};
use crate::store::jobs::{ClaimedJob, NewJob, add_job, finish_job};

/// The kind.
pub const KIND: Kind = Kind { name: "import", every: None, run };

/// Somebody waits for it, but not for each second of it.
const PRIORITY: i64 = 40;
/// How often it is tried.
const ATTEMPTS: i64 = 5;
/// An import that no job goes on with and that has been silent for so long was cut off.
const SILENT: i64 = 10 * Ts::MINUTE;

/// What kind of file it is, and what its sender said about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Content {
    /// A lead list.
    Leads {
        /// What columns mean, where their names do not say it.
        maps: Vec<String>,
        /// The column that says what came of each lead.
        outcome_column: Option<String>,
    },
    /// A mailbox.
    Mail {
        /// The addresses of its owner; none are guessed.
        me: Vec<String>,
    },
}

impl Content {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Leads { .. } => "leads",
            Self::Mail { .. } => "mail",
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    import: ImportId,
    content: Content,
}

/// Begins an import whose file lies ready, and has it done. An import that was ordered already stays as it is.
///
/// # Errors
/// When the store cannot.
pub async fn order(
    app: &App,
    workspace: WorkspaceId,
    import: ImportId,
    file_name: &str,
    by: UserId,
    content: Content,
) -> Result<(), StoreError> {
    let (now, name, kind) = (app.clock.now(), file_name.to_owned(), content.kind());
    let payload = serde_json::to_string(&Order { import, content })
        .map_err(|error| StoreError::Other(format!("an import's order: {error}")))?;
    let job = NewJob {
        id: new_id(JobId::new),
        kind: KIND.name,
        payload,
        dedupe_key: Some(import.to_string()),
        priority: PRIORITY,
        run_after: now,
        max_attempts: ATTEMPTS,
    };
    let ordered = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                begin_import(tx, workspace, import, kind, &name, Some(by), now).await?;
                add_job(tx, workspace, &job, now).await.map(drop)
            })
        })
        .await;
    match ordered {
        Err(StoreError::Taken) => Ok(()),
        ordered => ordered,
    }
}

/// Removes files that nobody waits for any more, and says of imports that were cut off that they were.
///
/// # Errors
/// When the store cannot.
pub async fn tidy(app: &App, workspace: WorkspaceId) -> Result<(), StoreError> {
    let now = app.clock.now();
    let notes = [not_finished("the program that ran it was stopped")];
    app.db
        .write::<u64, StoreError, _>(move |tx| {
            Box::pin(async move { fail_silent(tx, workspace, KIND.name, now - SILENT, &notes, now).await })
        })
        .await?;
    uploads::sweep(app, workspace).await;
    Ok(())
}

/// Why an import did not come to its end.
enum Trouble {
    /// It may, later.
    Passing(String),
    /// It never will.
    Lasting(String),
}

impl From<LeadsError> for Trouble {
    fn from(error: LeadsError) -> Self {
        match error {
            LeadsError::Store(error) => Self::Passing(error.to_string()),
            LeadsError::File(_) | LeadsError::Mapping(_) | LeadsError::NoColumn { .. } => {
                Self::Lasting(error.to_string())
            }
        }
    }
}

impl From<MailboxError> for Trouble {
    fn from(error: MailboxError) -> Self {
        match error {
            MailboxError::Store(error) => Self::Passing(error.to_string()),
            MailboxError::Io(_, error) => Self::Lasting(format!("the file cannot be read: {error}")),
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Passing(error.to_string())
    }
}

fn run<'a>(app: &'a App, job: &'a ClaimedJob) -> BoxFuture<'a, Result<(), JobError>> {
    Box::pin(async move {
        let order: Order = serde_json::from_str(&job.payload).map_err(|error| JobError::Never(error.to_string()))?;
        let outcome = if job.attempts > job.max_attempts {
            Err(Trouble::Lasting("the program ended each time in the middle of it".to_owned()))
        } else {
            work(app, job.workspace, &order).await
        };
        let (failed, notes) = match outcome {
            Ok(notes) => (false, notes),
            Err(Trouble::Passing(why)) if job.attempts < job.max_attempts => return Err(JobError::Later(why)),
            Err(Trouble::Passing(why) | Trouble::Lasting(why)) => {
                tracing::warn!(import = %order.import, why, "an import was not finished");
                (true, vec![not_finished(why)])
            }
        };
        let (workspace, id, now, job) = (job.workspace, order.import, app.clock.now(), job.clone());
        let mail = matches!(order.content, Content::Mail { .. });
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    if mail {
                        mailbox::finish(tx, workspace, id, failed, &notes, now).await?;
                    } else {
                        finish_import(tx, workspace, id, failed, &notes, now).await?;
                    }
                    finish_job(tx, &job).await
                })
            })
            .await?;
        uploads::forget(app, workspace, id).await;
        Ok(())
    })
}

/// Does it; answers what whoever ordered it should know.
async fn work(app: &App, workspace: WorkspaceId, order: &Order) -> Result<Vec<String>, Trouble> {
    let id = order.import;
    let Some(import) = find_import(&app.db, workspace, id).await? else {
        return Err(Trouble::Lasting("nothing is known about it".to_owned()));
    };
    let Some(upload) = uploads::of_import(app, workspace, id).await else {
        // Several machines may share the work; the data folder that it lies in is one of theirs.
        return Err(Trouble::Passing("the file is not in the data folder of this machine".to_owned()));
    };
    match &order.content {
        Content::Leads { maps, outcome_column } => {
            let (path, maps, outcome) = (upload.path(), maps.clone(), outcome_column.clone());
            let open = move || LeadFile::open_at(&path, &maps, outcome.as_deref());
            let file = tokio::task::spawn_blocking(open).await;
            let file = file.map_err(|error| Trouble::Lasting(error.to_string()))??;
            Ok(leads::run(app, workspace, id, file, |_, _| {}).await?.notes)
        }
        Content::Mail { me } => {
            let owner = owner(app, workspace, &upload, me).await?;
            let what = MailImport { workspace, id, by: import.created_by, file_name: Some(import.file_name), owner };
            Ok(mailbox::run(app, &what, &upload.path(), |_, _| {}).await?.1)
        }
    }
}

async fn owner(app: &App, workspace: WorkspaceId, upload: &Upload, me: &[String]) -> Result<Owner, Trouble> {
    if !me.is_empty() {
        return Ok(Owner { addresses: me.to_vec(), because: "named when it was sent".to_owned() });
    }
    let people: Vec<String> = people(&app.db, workspace).await?.into_iter().map(|one| one.email).collect();
    let path = upload.path();
    let guess = tokio::task::spawn_blocking(move || guess_owner(&path, &people)).await;
    Ok(guess.map_err(|error| Trouble::Lasting(error.to_string()))??)
}
