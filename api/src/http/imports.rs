//! Imports of lead lists through the web app, and the ledger of every import: what became of each line.

use std::io::Cursor;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::StatusCode;
use caseyos_shared::capture::fields::Field;
use caseyos_shared::model::{ContactRef, ImportId, MoveId, SignalId, Ts, Verdict, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::unreadable;
use super::paging::PageQuery;
use super::{ApiError, Can, Fresh, Id, Page, Params, QueueRead, SignalsWrite, Window};
use crate::app::App;
use crate::signals::leads::{self, LeadFile, LeadImport, LeadsError};
use crate::store::StoreError;
use crate::store::imports::{Import, find_import, finish_import, list_imports, problems_of_import};
use crate::store::signals::{count_verdicts, signals_of_import};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(create))
        .layer(DefaultBodyLimit::max(LIMIT))
        .routes(routes!(list))
        .routes(routes!(read))
}

/// The largest file that the web app takes; the command line takes any.
const LIMIT: usize = 20 * 1024 * 1024;
/// Rows that a preview shows.
const SHOWN: usize = 10;
/// Problems that a preview names.
const NAMED: usize = 20;
/// How long a request waits for its import to end before it answers that it goes on.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest file name.
const NAME: usize = 200;

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
}

impl Options {
    fn read(query: Option<&str>) -> Result<Self, ApiError> {
        let mut options = Self { file_name: "upload.csv".to_owned(), ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "file_name" => {
                    options.file_name = value.chars().filter(|c| !c.is_control()).take(NAME).collect();
                }
                "map" => options.maps.push(value.into_owned()),
                "outcome_column" => options.outcome_column = Some(value.into_owned()).filter(|name| !name.is_empty()),
                other => {
                    let known = "expected one of: file_name, map, outcome_column";
                    return Err(ApiError::field(&format!("/{other}"), known));
                }
            }
        }
        Ok(options)
    }

    fn open(&self, body: Bytes) -> Result<LeadFile, ApiError> {
        LeadFile::open(Cursor::new(body), &self.maps, self.outcome_column.as_deref()).map_err(refused)
    }
}

fn refused(error: LeadsError) -> ApiError {
    match error {
        LeadsError::File(error) => ApiError::field("", error.to_string()),
        LeadsError::Mapping(error) => ApiError::field("/map", error.to_string()),
        error @ LeadsError::NoColumn { .. } => ApiError::field("/outcome_column", error.to_string()),
        LeadsError::Store(error) => error.into(),
    }
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
    body: Result<Bytes, BytesRejection>,
) -> Result<axum::Json<Preview>, ApiError> {
    let options = Options::read(query.as_deref())?;
    let body = body.map_err(|rejection| unreadable(&rejection))?;
    let look = move || -> Result<Preview, ApiError> {
        let mut file = options.open(body.clone())?;
        let columns = file.mapping().columns().iter();
        let columns =
            columns.map(|column| ColumnView { name: column.name.clone(), field: column.field.map(Field::as_str) });
        let columns = columns.collect();
        let (missing, notes) = (file.mapping().missing(), file.notes());
        let mut problems = Vec::new();
        let counts = leads::try_out(&mut file, |problem| {
            if problems.len() < NAMED {
                problems.push(ProblemView { line: problem.line, reason: problem.reason.clone() });
            }
        });
        let mut again = options.open(body)?;
        let rows = std::iter::from_fn(|| again.next_lead())
            .filter_map(|(_, lead)| lead.ok())
            .take(SHOWN)
            .map(|lead| lead.cells)
            .collect();
        let fields = Field::ALL.iter().map(|field| field.as_str()).collect();
        Ok(Preview {
            columns,
            fields,
            missing,
            rows,
            problems,
            seen: counts.seen,
            good: counts.added,
            repeated: counts.known,
            bad: counts.bad,
            notes,
        })
    };
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map_err(|error| ApiError::Internal(format!("a preview: {error}")))?.map(axum::Json)
}

/// Imports a CSV file of leads. A large one is still `running` when this is answered; its address says how far it is.
#[utoipa::path(post, path = "/api/imports/leads", tag = "imports",
    params(("map" = Option<String>, Query, description = "`COLUMN=FIELD`; may be repeated."),
        ("outcome_column" = Option<String>, Query), ("file_name" = Option<String>, Query)),
    request_body(content = String, content_type = "text/csv", description = "The file, up to 20 MiB."),
    security(("key" = ["signals:write"]), ("session" = [])), responses((status = 202, body = ImportView)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<SignalsWrite>,
    Fresh(uuid): Fresh,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, axum::Json<ImportView>), ApiError> {
    let options = Options::read(query.as_deref())?;
    let file = options.open(body.map_err(|rejection| unreadable(&rejection))?)?;
    let (workspace, id) = (caller.workspace(), ImportId::new(uuid));
    let what = LeadImport { workspace, id, file_name: options.file_name, by: Some(caller.person()) };
    // A task of its own: a caller that goes away, or a long file, does not cut it off in the middle.
    let mut work = tokio::spawn(run(app.clone(), what, file));
    if let Ok(done) = tokio::time::timeout(PATIENCE, &mut work).await {
        done.map_err(|error| ApiError::Internal(format!("an import: {error}")))??;
    }
    let import = find_import(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::ACCEPTED, axum::Json(import.into())))
}

async fn run(app: App, what: LeadImport, file: LeadFile) -> Result<(), ApiError> {
    let (workspace, id) = (what.workspace, what.id);
    match leads::import(&app, &what, file, |_, _| {}).await {
        // A repeated request finds the import that it began the first time.
        Ok(_) | Err(LeadsError::Store(StoreError::Taken)) => Ok(()),
        Err(error) => {
            tracing::warn!(%error, import = %id, "an import was not finished");
            let (notes, now) = (
                vec![format!("It was not finished: {error}. Import the file again; what was added is known.")],
                app.clock.now(),
            );
            let noted = app
                .db
                .write::<(), StoreError, _>(move |tx| {
                    Box::pin(async move { finish_import(tx, workspace, id, true, &notes, now).await })
                })
                .await;
            noted.map_err(ApiError::from).and(Err(refused(error)))
        }
    }
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

/// What became of an import.
#[derive(Serialize, ToSchema)]
pub struct Ledger {
    /// The import.
    pub import: ImportView,
    /// How many signals have the same verdict for the same reason.
    pub verdicts: Vec<VerdictView>,
    /// Its lines, in their order; those that were known from earlier imports are in the counts only.
    pub lines: Page<LineView>,
}

/// Signals with the same verdict for the same reason.
#[derive(Serialize, ToSchema)]
pub struct VerdictView {
    /// The verdict.
    pub verdict: Verdict,
    /// The reason.
    pub reason: Option<String>,
    /// How many.
    pub count: i64,
}

/// What became of one line.
#[derive(Serialize, ToSchema)]
pub struct LineView {
    /// The line, or the number of the message.
    pub line: i64,
    /// `waiting`, `moved`, `merged`, `no_move`, `failed`; `known` repeats an earlier line, `bad` could not be taken.
    pub verdict: String,
    /// Why.
    pub reason: Option<String>,
    /// The signal it became.
    pub signal_id: Option<SignalId>,
    /// Whom it is about.
    pub contact: Option<ContactRef>,
    /// The moves it led to.
    pub moves: Vec<MoveId>,
}

/// The ledger of an import, a page of its lines at a time.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none with this id.
pub async fn ledger(app: &App, workspace: WorkspaceId, id: ImportId, window: &Window) -> Result<Ledger, ApiError> {
    let import = find_import(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let after = window.after.as_ref().map_or(-1, |(line, _)| line.millis());
    let signals = signals_of_import(&app.db, workspace, id, after, window.to_fetch()).await?;
    let problems = problems_of_import(&app.db, workspace, id, after, window.to_fetch()).await?;
    let mut lines: Vec<LineView> = signals
        .into_iter()
        .map(|(line, signal)| LineView {
            line,
            verdict: signal.verdict.to_string(),
            reason: signal.reason,
            signal_id: Some(signal.id),
            contact: signal.contact,
            moves: signal.moves,
        })
        .chain(problems.into_iter().map(|problem| LineView {
            line: problem.line,
            verdict: if problem.known { "known" } else { "bad" }.to_owned(),
            reason: Some(problem.reason),
            signal_id: None,
            contact: None,
            moves: Vec::new(),
        }))
        .collect();
    lines.sort_by_key(|line| line.line);
    lines.truncate(usize::try_from(window.to_fetch()).unwrap_or(usize::MAX));
    let verdicts = count_verdicts(&app.db, workspace, id).await?;
    let verdicts = verdicts
        .into_iter()
        .map(|one| VerdictView { verdict: one.verdict, reason: one.reason, count: one.count })
        .collect();
    let lines = window.page(lines, |line| (Ts::from_millis(line.line), String::new()), |line| line);
    Ok(Ledger { import: import.into(), verdicts, lines })
}

/// One import: what became of each line, and why not a move.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "imports", params(("id" = ImportId, Path), PageQuery),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Ledger)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<ImportId>,
    Params(query): Params<PageQuery>,
) -> Result<axum::Json<Ledger>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    Ok(axum::Json(ledger(&app, caller.workspace(), id, &window).await?))
}
