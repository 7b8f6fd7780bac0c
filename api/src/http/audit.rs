//! The audit: what was done, by whom, on what grounds and with what result, as a chain that can be verified elsewhere.

use axum::body::Body as Stream;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use caseyos_shared::model::{MoveId, Ts, WorkspaceId};
use caseyos_shared::receipt::Receipt;
use futures::stream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::paging::PageQuery;
use super::{ApiError, AuditRead, Can, Id, Page, Params, QueueRead, Window};
use crate::access::callers::Caller;
use crate::app::App;
use crate::store::StoreError;
use crate::store::moves::find_move;
use crate::store::receipts::{links_after, receipts_before};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export)).routes(routes!(of_move))
}

/// Receipts that are read at once for an export: a few hundred kilobytes.
const BATCH: i64 = 500;

/// The receipts, the newest first.
#[utoipa::path(get, path = "/api/audit", tag = "audit", operation_id = "list_receipts", params(PageQuery),
    security(("key" = ["audit:read"]), ("session" = [])), responses((status = 200, body = Page<Receipt>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<AuditRead>,
    Params(query): Params<PageQuery>,
) -> Result<axum::Json<Page<Receipt>>, ApiError> {
    page(&app, &caller, None, &query).await
}

/// What was done about a move, the newest first.
#[utoipa::path(get, path = "/api/command-queue/{id}/receipts", tag = "command queue", operation_id = "receipts_of_move",
    params(("id" = MoveId, Path), PageQuery), security(("key" = ["queue:read"]), ("session" = [])),
    responses((status = 200, body = Page<Receipt>)))]
async fn of_move(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<MoveId>,
    Params(query): Params<PageQuery>,
) -> Result<axum::Json<Page<Receipt>>, ApiError> {
    find_move(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    page(&app, &caller, Some(id), &query).await
}

async fn page(
    app: &App,
    caller: &Caller,
    id: Option<MoveId>,
    query: &PageQuery,
) -> Result<axum::Json<Page<Receipt>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let before = window.after.as_ref().map_or(i64::MAX, |(seq, _)| seq.millis());
    let receipts = receipts_before(&app.db, caller.workspace(), id, before, window.to_fetch()).await?;
    // The cursor of this list is the receipt's number, kept in the place of a time.
    let key = |receipt: &Receipt| (Ts::from_millis(receipt.entry.seq.cast_signed()), String::new());
    Ok(axum::Json(window.page(receipts, key, |receipt| receipt)))
}

/// The whole chain as JSON Lines, the oldest first. `docs/receipts.md` says how another program verifies it.
///
/// An export that breaks off was not finished: compare the number of its last line with the newest receipt's.
#[utoipa::path(get, path = "/api/audit/export", tag = "audit", operation_id = "export_receipts",
    security(("key" = ["audit:read"]), ("session" = [])),
    responses((status = 200, description = "One receipt a line.", body = Receipt, content_type = "application/jsonl")))]
async fn export(State(app): State<App>, Can(caller, _): Can<AuditRead>) -> Response {
    let lines = stream::try_unfold((app, caller.workspace(), 0), next_lines);
    let headers =
        [(CONTENT_TYPE, "application/jsonl"), (CONTENT_DISPOSITION, "attachment; filename=\"receipts.jsonl\"")];
    (headers, Stream::from_stream(lines)).into_response()
}

type From = (App, WorkspaceId, i64);

async fn next_lines((app, workspace, after): From) -> Result<Option<(String, From)>, StoreError> {
    let links = links_after(&app.db, workspace, after, BATCH).await?;
    let Some(last) = links.last().map(|link| link.seq) else { return Ok(None) };
    let mut text = String::with_capacity(links.iter().map(|link| link.line.len() + 1).sum());
    for link in links {
        text.push_str(&link.line);
        text.push('\n');
    }
    Ok(Some((text, (app, workspace, last))))
}
