//! `/imports`: what was taken from files, and what could not be.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use caseyos_shared::model::ImportId;
use caseyos_shared::view::imports::{Bad, Counts, ImportList, ImportPage, ImportRow, result};
use caseyos_shared::view::{Place, html};

use super::shell::Shell;
use crate::app::App;
use crate::http::{ApiError, Id};
use crate::store::imports::{Import, find_import, list_imports, problems_of_import};

/// How many imports the page lists.
const IMPORTS: i64 = 100;
/// How many of an import's problems its page lists.
const PROBLEMS: i64 = 200;

pub(super) fn router() -> Router<App> {
    Router::new().route("/imports", get(list)).route("/imports/{id}", get(page))
}

async fn list(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    let imports = list_imports(&app.db, shell.caller.workspace(), &None, IMPORTS).await?;
    let rows = imports.iter().map(|import| row(import, &shell)).collect();
    let list = ImportList { rows, may_write: false };
    Ok(shell.page(Place::Imports, "Imports", |frame| html::imports::list(&list, frame)))
}

async fn page(State(app): State<App>, shell: Shell, Id(id): Id<ImportId>) -> Result<Response, ApiError> {
    let workspace = shell.caller.workspace();
    let import = find_import(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let problems = problems_of_import(&app.db, workspace, id, 0, PROBLEMS).await?;
    let shown = i64::try_from(problems.len()).unwrap_or(PROBLEMS);
    let page = ImportPage {
        row: row(&import, &shell),
        more_problems: if shown < PROBLEMS { 0 } else { (import.counts.bad - shown).max(0) },
        problems: problems.into_iter().map(|problem| Bad { line: problem.line, reason: problem.reason }).collect(),
        notes: import.notes,
    };
    Ok(shell.page(Place::Imports, &import.file_name, |_| html::imports::page(&page)))
}

fn row(import: &Import, shell: &Shell) -> ImportRow {
    let leads = import.kind == "leads";
    let counts = Counts {
        seen: import.counts.seen,
        added: import.counts.added,
        known: import.counts.known,
        bad: import.counts.bad,
    };
    ImportRow {
        id: import.id,
        file: import.file_name.clone(),
        kind: if leads { "Leads" } else { "Mail" }.to_owned(),
        result: result(counts, if leads { ("row", "rows") } else { ("message", "messages") }),
        running: import.state == "running",
        bad: import.counts.bad > 0 || import.state == "failed",
        when: shell.clock.when(import.created_at),
    }
}
