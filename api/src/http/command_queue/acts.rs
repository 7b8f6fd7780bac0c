//! What people do to moves: one route per transition.

use axum::extract::State;
use axum::response::Response;
use caseyos_shared::model::{Move, MoveId, Ts, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{WORDS, changed, sentence};
use crate::access::callers::Caller;
use crate::app::App;
use crate::http::{ApiError, Body, Can, Id, OptionalBody, QueueWrite};
use crate::queue::change::{self, Command};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(accept))
        .routes(routes!(dismiss))
        .routes(routes!(snooze))
        .routes(routes!(wake))
        .routes(routes!(undo))
        .routes(routes!(complete))
        .routes(routes!(restore))
        .routes(routes!(assign))
}

async fn act(app: &App, caller: &Caller, id: MoveId, command: &Command) -> Result<Response, ApiError> {
    changed(app, caller, change::command(app, caller, id, command).await?).await
}

/// Nothing; an empty object is fine.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Takes a move: it becomes the caller's. Nothing happens outside.
#[utoipa::path(post, path = "/api/command-queue/{id}/accept", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn accept(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Response, ApiError> {
    act(&app, &caller, id, &Command::Accept).await
}

/// Why a move is dismissed.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
struct DismissRequest {
    /// Free text or a code of one's own.
    reason: Option<String>,
}

/// Puts a move away.
#[utoipa::path(post, path = "/api/command-queue/{id}/dismiss", tag = "command queue", params(("id" = MoveId, Path)),
    request_body = Option<DismissRequest>, security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn dismiss(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    OptionalBody(request): OptionalBody<DismissRequest>,
) -> Result<Response, ApiError> {
    let mut errors = Vec::new();
    let reason = request.reason.map(|reason| sentence(&mut errors, "/reason", &reason, 0, WORDS));
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let reason = reason.filter(|reason| !reason.is_empty());
    act(&app, &caller, id, &Command::Dismiss(reason)).await
}

/// Until when a move is put off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SnoozeRequest {
    /// A time within the next year.
    until: Ts,
}

/// Puts a move off.
#[utoipa::path(post, path = "/api/command-queue/{id}/snooze", tag = "command queue", params(("id" = MoveId, Path)),
    request_body = SnoozeRequest, security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn snooze(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    Body(request): Body<SnoozeRequest>,
) -> Result<Response, ApiError> {
    act(&app, &caller, id, &Command::Snooze(request.until)).await
}

/// Ends a snooze.
#[utoipa::path(post, path = "/api/command-queue/{id}/wake", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn wake(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Response, ApiError> {
    act(&app, &caller, id, &Command::Wake).await
}

/// Reverts the caller's own last transition, if nothing followed it.
#[utoipa::path(post, path = "/api/command-queue/{id}/undo", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn undo(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Response, ApiError> {
    act(&app, &caller, id, &Command::Undo).await
}

/// Finishes a move that somebody did by hand.
#[utoipa::path(post, path = "/api/command-queue/{id}/complete", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn complete(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Response, ApiError> {
    act(&app, &caller, id, &Command::Complete).await
}

/// Takes a dismissed move back.
#[utoipa::path(post, path = "/api/command-queue/{id}/restore", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn restore(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Response, ApiError> {
    act(&app, &caller, id, &Command::Restore).await
}

/// Whose a move shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignRequest {
    /// A person's id; `null` for everybody.
    user_id: Option<UserId>,
}

/// Gives a move to somebody, or to everybody.
#[utoipa::path(post, path = "/api/command-queue/{id}/assign", tag = "command queue", params(("id" = MoveId, Path)),
    request_body = AssignRequest, security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn assign(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    Body(request): Body<AssignRequest>,
) -> Result<Response, ApiError> {
    act(&app, &caller, id, &Command::Assign(request.user_id)).await
}
