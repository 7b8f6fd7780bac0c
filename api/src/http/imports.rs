//! Imports of files through the API, and the ledger of every import: what became of each line.

use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::capture::fields::Field;
use caseyos_shared::model::{ImportId, Ts};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::paging::PageQuery;
use super::upload::no_room;
use super::{ApiError, Can, Fresh, Page, Params, QueueRead, Sent, SignalsWrite, Window};
use crate::access::callers::Caller;
use crate::app::App;
use crate::jobs::import::{Content, order};
use crate::signals::leads::{LeadFile, LeadsError};
use crate::signals::preview;
use crate::signals::uploads::{Received, safe_name};
use crate::store::imports::{Import, find_import, list_imports};

mod ledger;

pub use ledger::{Ledger, LineView, VerdictView, Which, ledger};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(leads))
        .routes(routes!(mail))
        .routes(routes!(list))
        .merge(ledger::router())
}

/// The most addresses that somebody can have.
const ADDRESSES: usize = 20;

/// What a file would become.
#[derive(Serialize, ToSchema)]
struct Preview {
    /// What each column was taken for.
    columns: Vec<ColumnView>,
    /// What a column can be taken for.
    fields: Vec<&'static str>,
    /// What is missing to tell who the rows are about, if anything.
    missing: Option<String>,
    /// The cells of the first rows that can be taken.
    rows: Vec<serde_json::Value>,
    /// The first lines that cannot be taken.
    problems: Vec<ProblemView>,
    /// How many rows there are.
    seen: i64,
    /// How many of them would be added, if none is known yet.
    good: i64,
    /// How many repeat an earlier row.
    repeated: i64,
    /// How many cannot be taken.
    bad: i64,
    /// How the file was read.
    notes: Vec<String>,
}

/// A column of the file.
#[derive(Serialize, ToSchema)]
struct ColumnView {
    /// Its name.
    name: String,
    /// What it was taken for; `null` is an attribute.
    field: Option<&'static str>,
}

/// A line that was not taken.
#[derive(Serialize, ToSchema)]
struct ProblemView {
    /// The line, or the number of the message.
    line: i64,
    /// Why.
    reason: String,
}

/// One import.
#[derive(Serialize, ToSchema)]
pub struct ImportView {
    /// Its id.
    pub id: ImportId,
    /// `leads` or `mail`.
    pub kind: String,
    /// The file's name.
    pub file_name: String,
    /// `running`, `done` or `failed`.
    pub state: String,
    /// Rows or messages that were read.
    pub seen: i64,
    /// Those that became signals.
    pub added: i64,
    /// Those that were there already.
    pub known: i64,
    /// Those that could not be taken.
    pub bad: i64,
    /// What whoever imported it should know.
    pub notes: Vec<String>,
    /// When it began.
    pub created_at: Ts,
    /// When it ended.
    pub finished_at: Option<Ts>,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        Self {
            id: import.id,
            kind: import.kind,
            file_name: import.file_name,
            state: import.state,
            seen: import.counts.seen,
            added: import.counts.added,
            known: import.counts.known,
            bad: import.counts.bad,
            notes: import.notes,
            created_at: import.created_at,
            finished_at: import.finished_at,
        }
    }
}

/// What a request says beside the file.
#[derive(Default)]
struct Options {
    file_name: String,
    maps: Vec<String>,
    outcome_column: Option<String>,
    me: Vec<String>,
}

impl Options {
    /// Reads those of the options that this address knows.
    fn read(query: Option<&str>, known: &[&str]) -> Result<Self, ApiError> {
        let mut options = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                name if !known.contains(&name) => {
                    return Err(ApiError::field(&format!("/{name}"), format!("expected one of: {}", known.join(", "))));
                }
                "file_name" => options.file_name = safe_name(&value),
                "map" => options.maps.push(value.into_owned()),
                "me" => options.me.push(value.into_owned()),
                _ => options.outcome_column = Some(value.into_owned()).filter(|name| !name.is_empty()),
            }
        }
        Ok(options)
    }

    fn name_or(&self, usual: &str) -> String {
        if self.file_name.is_empty() { usual.to_owned() } else { self.file_name.clone() }
    }
}

/// What a request that brings a lead list may say beside it.
const LEADS: [&str; 3] = ["file_name", "map", "outcome_column"];
/// What a request that brings mail may say beside it.
const MAIL: [&str; 2] = ["file_name", "me"];

/// The complaint about a file that cannot be imported at all.
pub(crate) fn refused(error: LeadsError) -> ApiError {
    match error {
        LeadsError::File(error) => ApiError::field("", error.to_string()),
        LeadsError::Mapping(error) => ApiError::field("/map", error.to_string()),
        error @ LeadsError::NoColumn { .. } => ApiError::field("/outcome_column", error.to_string()),
        LeadsError::Store(error) => error.into(),
    }
}

/// Reads a file, which takes time on the processor and the disk, beside the threads that answer requests.
pub(crate) async fn aside<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, LeadsError> + Send + 'static,
) -> Result<T, ApiError> {
    let read = tokio::task::spawn_blocking(read).await;
    read.map_err(|error| ApiError::Internal(format!("reading an upload: {error}")))?.map_err(refused)
}

/// The addresses that somebody named as their own, in lower case.
///
/// # Errors
/// 422 when one is none, or when there are too many.
pub(crate) fn own_addresses<'a>(named: impl Iterator<Item = &'a str>) -> Result<Vec<String>, ApiError> {
    let all = named.flat_map(|text| text.split(|c: char| c == ',' || c == ';' || c.is_whitespace()));
    let mut own: Vec<String> = Vec::new();
    for text in all.filter(|text| !text.is_empty()) {
        if text.parse::<EmailAddress>().is_err() {
            return Err(ApiError::field("/me", format!("\"{text}\" is no e-mail address")));
        }
        own.push(text.to_lowercase());
    }
    if own.len() > ADDRESSES {
        return Err(ApiError::field("/me", format!("must be at most {ADDRESSES} addresses")));
    }
    Ok(own)
}

/// Refuses a file that cannot be a mailbox, by how it begins.
///
/// # Errors
/// 422 with what to send instead.
pub(crate) async fn refuse_no_mailbox(file: &Received) -> Result<(), ApiError> {
    use tokio::io::AsyncReadExt;
    let mut head = Vec::new();
    let file = tokio::fs::File::open(file.path()).await.map_err(no_room)?;
    file.take(1_024).read_to_end(&mut head).await.map_err(no_room)?;
    let complaint = if head.iter().all(u8::is_ascii_whitespace) {
        "The file is empty: choose an .mbox or .eml file."
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x1f\x8b") {
        "This is an archive, not a mailbox: unpack it and choose the .mbox file in it."
    } else if head.contains(&0) || head.starts_with(b"%PDF-") {
        "This is no mailbox: choose an .mbox or .eml file."
    } else {
        return Ok(());
    };
    Err(ApiError::field("", complaint))
}

/// Shows what a CSV file would become: how its columns were understood, its first rows, and what cannot be taken. Keeps nothing.
#[utoipa::path(post, path = "/api/imports/leads/preview", tag = "imports",
    params(("map" = Option<String>, Query, description = "`COLUMN=FIELD`; may be repeated."),
        ("outcome_column" = Option<String>, Query), ("file_name" = Option<String>, Query)),
    request_body(content = String, content_type = "text/csv", description = "The file, up to 20 MiB."),
    security(("key" = ["signals:write"]), ("session" = [])), responses((status = 200, body = Preview)))]
async fn preview(
    Can(_caller, _): Can<SignalsWrite>,
    RawQuery(query): RawQuery,
    Sent(file): Sent,
) -> Result<axum::Json<Preview>, ApiError> {
    let options = Options::read(query.as_deref(), &LEADS)?;
    let path = file.path();
    let seen = aside(move || preview::preview(&path, &options.maps, options.outcome_column.as_deref())).await?;
    let columns = seen.columns.into_iter();
    Ok(axum::Json(Preview {
        columns: columns.map(|one| ColumnView { name: one.name, field: one.field.map(Field::as_str) }).collect(),
        fields: Field::ALL.iter().map(|field| field.as_str()).collect(),
        missing: seen.missing,
        rows: seen.rows,
        problems: seen.problems.into_iter().map(|one| ProblemView { line: one.line, reason: one.reason }).collect(),
        seen: seen.counts.seen,
        good: seen.counts.added,
        repeated: seen.counts.known,
        bad: seen.counts.bad,
        notes: seen.notes,
    }))
}

type Accepted = (StatusCode, axum::Json<ImportView>);

/// Takes a CSV file of leads. It is `running` when this is answered; its address says how far it is and what became of each row.
#[utoipa::path(post, path = "/api/imports/leads", tag = "imports",
    params(("map" = Option<String>, Query, description = "`COLUMN=FIELD`; may be repeated."),
        ("outcome_column" = Option<String>, Query), ("file_name" = Option<String>, Query)),
    request_body(content = String, content_type = "text/csv", description = "The file, up to 20 MiB."),
    security(("key" = ["signals:write"]), ("session" = [])), responses((status = 202, body = ImportView)))]
async fn leads(
    State(app): State<App>,
    Can(caller, _): Can<SignalsWrite>,
    Fresh(uuid): Fresh,
    RawQuery(query): RawQuery,
    Sent(file): Sent,
) -> Result<Accepted, ApiError> {
    let options = Options::read(query.as_deref(), &LEADS)?;
    let (path, maps, outcome) = (file.path(), options.maps.clone(), options.outcome_column.clone());
    aside(move || LeadFile::open_at(&path, &maps, outcome.as_deref())).await?;
    let name = options.name_or("upload.csv");
    let content = Content::Leads { maps: options.maps, outcome_column: options.outcome_column };
    accept(&app, &caller, ImportId::new(uuid), file, &name, content).await
}

/// Takes a mailbox, as an mbox or a single message. It is `running` when this is answered; its address says how far it is and what became of
/// each message.
#[utoipa::path(post, path = "/api/imports/mail", tag = "imports",
    params(("me" = Option<String>, Query, description = "An address of the mailbox’s owner; may be repeated. Otherwise it is guessed."),
        ("file_name" = Option<String>, Query)),
    request_body(content((String = "application/mbox"), (String = "message/rfc822")),
        description = "The mailbox, up to 64 MiB; the command line takes any."),
    security(("key" = ["signals:write"]), ("session" = [])), responses((status = 202, body = ImportView)))]
async fn mail(
    State(app): State<App>,
    Can(caller, _): Can<SignalsWrite>,
    Fresh(uuid): Fresh,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Sent(file): Sent,
) -> Result<Accepted, ApiError> {
    let options = Options::read(query.as_deref(), &MAIL)?;
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let usual = match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/mbox" => "upload.mbox",
        "message/rfc822" => "upload.eml",
        _ => {
            let right = "Send it with `Content-Type: application/mbox` or `message/rfc822`.";
            return Err(ApiError::WrongType(right.to_owned()));
        }
    };
    refuse_no_mailbox(&file).await?;
    let me = own_addresses(options.me.iter().map(String::as_str))?;
    accept(&app, &caller, ImportId::new(uuid), file, &options.name_or(usual), Content::Mail { me }).await
}

async fn accept(
    app: &App,
    caller: &Caller,
    id: ImportId,
    file: Received,
    name: &str,
    content: Content,
) -> Result<Accepted, ApiError> {
    let workspace = caller.workspace();
    file.keep(app, workspace, id, name).await.map_err(no_room)?;
    order(app, workspace, id, name, caller.person(), content).await?;
    let import = find_import(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::ACCEPTED, axum::Json(import.into())))
}

/// Imports, newest first.
#[utoipa::path(get, path = "/api/imports", tag = "imports", params(PageQuery),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Page<ImportView>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Params(query): Params<PageQuery>,
) -> Result<axum::Json<Page<ImportView>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let rows = list_imports(&app.db, caller.workspace(), &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), ImportView::from)))
}
