//! `/imports`: files are brought in, and what became of each line of them is told.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use caseyos_shared::model::{ImportId, Verdict};
use caseyos_shared::problem::FieldError;
use caseyos_shared::view::imports::{Counts, ImportList, ImportPage, ImportRow, Line, Reason, chip, result};
use caseyos_shared::view::{Place, card, html};
use serde::Deserialize;

use super::complaints;
use super::shell::{Shell, see};
use super::upload::PostedFile;
use crate::app::App;
use crate::clock::new_id;
use crate::http::imports::{ImportView, Ledger, LineView, Which, ledger, own_addresses, refuse_no_mailbox};
use crate::http::{ApiError, Id, Params, Window, no_room};
use crate::jobs::import::{Content, order};
use crate::store::imports::list_imports;

mod mapping;

/// How many reasons the page of an import names, of those that more than one line has.
const REASONS: usize = 8;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/imports", get(list))
        .route("/imports/{id}", get(page))
        .route("/imports/mail", post(mail).layer(DefaultBodyLimit::disable()).get(overview_instead))
        .merge(mapping::router())
}

#[derive(Deserialize)]
struct Query {
    verdict: Option<String>,
    cursor: Option<String>,
}

async fn list(State(app): State<App>, shell: Shell, Params(query): Params<Query>) -> Result<Response, ApiError> {
    overview(&app, shell, query.cursor.as_deref(), Vec::new(), "").await
}

/// The list with the forms, and what is wrong with what was sent by one of them.
async fn overview(
    app: &App,
    shell: Shell,
    cursor: Option<&str>,
    errors: Vec<(String, String)>,
    me: &str,
) -> Result<Response, ApiError> {
    let window = Window::new(None, cursor)?;
    let rows = list_imports(&app.db, shell.caller.workspace(), &window.after, window.to_fetch()).await?;
    let page = window.page(
        rows,
        |import| (import.created_at, import.id.to_string()),
        |import| row(&ImportView::from(import), &shell),
    );
    let next = page
        .next_cursor
        .map(|cursor| form_urlencoded::Serializer::new("/imports?".to_owned()).append_pair("cursor", &cursor).finish());
    let list = ImportList { rows: page.items, next, may_write: shell.frame.may_write(), errors, me: me.to_owned() };
    Ok(shell.page(Place::Imports, "Imports", |frame| html::imports::list(&list, frame)))
}

/// The same page with a refusal's status.
async fn refusal(
    app: &App,
    shell: Shell,
    status: StatusCode,
    field: &str,
    error: ApiError,
    me: &str,
) -> Result<Response, ApiError> {
    let errors = match error {
        ApiError::Invalid(errors) => errors,
        other => return Err(other),
    };
    // A complaint about the file itself belongs to the form that brought it.
    let errors = errors.into_iter().map(|one| FieldError {
        pointer: if one.pointer.is_empty() { format!("/{field}") } else { one.pointer },
        ..one
    });
    let page = overview(app, shell, None, complaints(errors.collect()), me).await?;
    Ok((status, page).into_response())
}

async fn page(
    State(app): State<App>,
    shell: Shell,
    Id(id): Id<ImportId>,
    Params(query): Params<Query>,
) -> Result<Response, ApiError> {
    let window = Window::new(None, query.cursor.as_deref())?;
    let verdict = query.verdict.unwrap_or_default();
    let which = Which::from_word(Some(&verdict)).ok_or(ApiError::NotFound)?;
    let found = ledger(&app, shell.caller.workspace(), id, which, &window).await?;
    let title = found.import.file_name.clone();
    let page = view(found, verdict, &shell);
    Ok(shell.page(Place::Imports, &title, |_| html::imports::page(&page)))
}

fn view(found: Ledger, verdict: String, shell: &Shell) -> ImportPage {
    let Ledger { import, verdicts, lines } = found;
    let row = row(&import, shell);
    let waiting = verdicts.iter().any(|one| one.verdict == Verdict::Waiting);
    let next = lines.next_cursor.map(|cursor| {
        let mut next = form_urlencoded::Serializer::new(format!("/imports/{}?", import.id));
        if !verdict.is_empty() {
            next.append_pair("verdict", &verdict);
        }
        next.append_pair("cursor", &cursor).finish()
    });
    let shared = verdicts
        .into_iter()
        .filter(|one| one.count > 1)
        .filter_map(|one| Some(Reason { verdict: chip(one.verdict.as_str()), reason: one.reason?, count: one.count }));
    let (failed, notes) =
        if row.failed { (import.notes.last().cloned(), Vec::new()) } else { (None, import.notes.clone()) };
    ImportPage {
        noun: if import.kind == "leads" { "Line" } else { "Message" },
        failed,
        notes,
        bad: import.bad,
        reasons: shared.take(REASONS).collect(),
        verdict,
        lines: lines.items.into_iter().map(line).collect(),
        next,
        under_way: row.running || waiting,
        row,
    }
}

fn line(line: LineView) -> Line {
    Line {
        line: line.line,
        verdict: chip(&line.verdict),
        reason: line.reason,
        signal: line.signal_id.map(|id| format!("/signals/{id}")),
        who: line.contact.map(|contact| (contact.name, format!("/contacts/{}", contact.id))),
        moves: line.moves.into_iter().map(card::href).collect(),
    }
}

fn row(import: &ImportView, shell: &Shell) -> ImportRow {
    let leads = import.kind == "leads";
    let counts = Counts { seen: import.seen, added: import.added, known: import.known, bad: import.bad };
    ImportRow {
        id: import.id,
        file: import.file_name.clone(),
        kind: if leads { "Leads" } else { "Mail" }.to_owned(),
        result: result(counts, if leads { ("row", "rows") } else { ("message", "messages") }),
        running: import.state == "running",
        bad: import.bad > 0,
        failed: import.state == "failed",
        when: shell.clock.when(import.created_at),
    }
}

async fn mail(State(app): State<App>, posted: PostedFile) -> Result<Response, ApiError> {
    let shell = posted.shell(&app).await?;
    let me = posted.fields.get("me").to_owned();
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    let Some((file, name)) = posted.file else {
        return refusal(&app, shell, wrong, "mail", nothing_chosen(), &me).await;
    };
    let own = match refuse_no_mailbox(&file).await.and_then(|()| own_addresses(std::iter::once(me.as_str()))) {
        Ok(own) => own,
        Err(error) => return refusal(&app, shell, wrong, "mail", error, &me).await,
    };
    let (workspace, person, id) = (shell.caller.workspace(), shell.caller.person(), new_id(ImportId::new));
    file.keep(&app, workspace, id, &name).await.map_err(no_room)?;
    order(&app, workspace, id, &name, person, Content::Mail { me: own }).await?;
    Ok(see(&format!("/imports/{id}")))
}

/// Where a form is sent to there is no page; who comes back by the browser’s address is led to the forms.
async fn overview_instead() -> Response {
    see("/imports")
}

fn nothing_chosen() -> ApiError {
    ApiError::field("", "no file was chosen, or it is empty")
}
