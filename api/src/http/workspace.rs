//! `/api/workspace`: the workspace's name, time zone and settings.

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use caseyos_shared::model::{Settings, SettingsPatch, Ts, WorkspaceId};
use caseyos_shared::problem::FieldError;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Admin, ApiError, Body, Can, IfMatch, QueueRead};
use crate::access::callers::Caller;
use crate::access::settings::{self, Change};
use crate::access::{people, sign_in};
use crate::app::App;
use crate::store::StoreError;
use crate::store::access::{self, Workspace};

/// How often a change is laid over what somebody else has just changed, when nobody insists on a version.
const ATTEMPTS: usize = 5;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, update))
}

/// The workspace.
#[derive(Serialize, ToSchema)]
#[schema(as = Workspace)]
struct Tenant {
    /// Its id.
    id: WorkspaceId,
    /// Its name.
    name: String,
    /// Its IANA time zone.
    time_zone: String,
    /// What an admin can set.
    #[serde(flatten)]
    settings: Settings,
    /// When it was made.
    created_at: Ts,
    /// When it was last changed.
    updated_at: Ts,
}

fn etag(workspace: &Workspace) -> String {
    format!("\"{}\"", workspace.version)
}

fn answer(workspace: Workspace) -> Response {
    let etag = etag(&workspace);
    let tenant = Tenant {
        id: workspace.id,
        name: workspace.name,
        time_zone: workspace.time_zone,
        settings: workspace.settings,
        created_at: workspace.created_at,
        updated_at: workspace.updated_at,
    };
    ([(ETAG, etag)], Json(tenant)).into_response()
}

/// The workspace's name, time zone and settings.
#[utoipa::path(get, path = "/api/workspace", tag = "workspace", security(("key" = ["queue:read"]), ("session" = [])),
    responses((status = 200, body = Tenant)))]
async fn read(State(app): State<App>, Can(caller, _): Can<QueueRead>) -> Result<Response, ApiError> {
    Ok(answer(mine(&app, &caller).await?))
}

async fn mine(app: &App, caller: &Caller) -> Result<Workspace, ApiError> {
    access::workspace(&app.db, caller.workspace()).await?.ok_or(ApiError::NotFound)
}

/// Changes what is present. With `If-Match` and the entity tag of a read, only what nobody has changed since.
#[utoipa::path(patch, path = "/api/workspace", tag = "workspace", request_body = SettingsPatch,
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = Tenant)))]
async fn update(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    IfMatch(if_match): IfMatch,
    Body(patch): Body<SettingsPatch>,
) -> Result<Response, ApiError> {
    let mut attempts = ATTEMPTS;
    loop {
        let before = mine(&app, &caller).await?;
        if if_match.as_ref().is_some_and(|tag| *tag != etag(&before)) {
            return Err(ApiError::OutOfDate);
        }
        attempts -= 1;
        match save(&app, &caller, &before, &patch).await {
            Err(ApiError::OutOfDate) if if_match.is_none() && attempts > 0 => {}
            saved => {
                saved?;
                return Ok(answer(mine(&app, &caller).await?));
            }
        }
    }
}

async fn save(app: &App, caller: &Caller, before: &Workspace, patch: &SettingsPatch) -> Result<(), ApiError> {
    let (name, time_zone, settings) = patched(before, patch).map_err(ApiError::Invalid)?;
    let change = Change { name, time_zone, settings };
    let (before, now, actor) = (before.clone(), app.clock.now(), caller.actor());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { settings::change(tx, &before, &change, actor, now).await })
        })
        .await?;
    Ok(())
}

fn patched(before: &Workspace, patch: &SettingsPatch) -> Result<(String, String, Settings), Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut take = |pointer: &str, now: &str, new: Option<&String>, check: fn(&str) -> Result<String, String>| {
        new.map_or_else(|| Ok(now.to_owned()), |new| check(new)).unwrap_or_else(|complaint| {
            errors.push(FieldError::new(pointer, complaint));
            String::new()
        })
    };
    let name = take("/name", &before.name, patch.name.as_ref(), people::name);
    let time_zone = take("/time_zone", &before.time_zone, patch.time_zone.as_ref(), sign_in::time_zone);
    match before.settings.patched(patch) {
        Ok(settings) if errors.is_empty() => Ok((name, time_zone, settings)),
        Ok(_) => Err(errors),
        Err(more) => Err(errors.into_iter().chain(more).collect()),
    }
}
