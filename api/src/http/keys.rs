//! `/api/keys`: API keys, one's own and, for admins, everybody's.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use caseyos_shared::model::{KeyId, Role, Scope, Ts, UserId};
use caseyos_shared::problem::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ApiError, Body, Fresh, Id, Known, Page, Params, Window};
use crate::access::callers::Caller;
use crate::access::{keys, people};
use crate::app::App;
use crate::store::StoreError;
use crate::store::access::{self, ApiKey};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// An API key as lists show it: never the secret.
#[derive(Serialize, ToSchema)]
struct Key {
    /// Its id.
    id: KeyId,
    /// Whose it is.
    user_id: UserId,
    /// What its owner calls it.
    name: String,
    /// How it begins and ends.
    prefix: String,
    /// What it may be used for.
    scopes: Vec<Scope>,
    /// When it was made.
    created_at: Ts,
    /// When it was last used, to the minute.
    used_at: Option<Ts>,
    /// When it was revoked.
    revoked_at: Option<Ts>,
}

impl From<ApiKey> for Key {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            user_id: key.person,
            name: key.name,
            prefix: key.prefix,
            scopes: key.scopes,
            created_at: key.created_at,
            used_at: key.used_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
struct NewKey {
    /// What lists show.
    #[serde(flatten)]
    shown: Key,
    /// The key itself, now and never again.
    key: String,
}

/// A caller who may handle keys: a session its person's, or everybody's as an admin; a key only with the scope `admin`.
struct Holder {
    caller: Caller,
    /// To whose keys the caller is limited.
    only: Option<UserId>,
}

impl FromRequestParts<App> for Holder {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Known(caller) = Known::from_request_parts(parts, app).await?;
        if caller.scopes().is_some() {
            caller.must(Scope::Admin)?;
        }
        let only = (caller.role() < Role::Admin).then(|| caller.person());
        Ok(Self { caller, only })
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// One's own keys, newest first; an admin's list has everybody's.
#[utoipa::path(get, path = "/api/keys", tag = "keys", params(Listing),
    security(("key" = ["admin"]), ("session" = ["viewer"])), responses((status = 200, body = Page<Key>)))]
async fn list(
    State(app): State<App>,
    Holder { caller, only: person }: Holder,
    Params(query): Params<Listing>,
) -> Result<Json<Page<Key>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let before = match &window.after {
        Some((_, id)) => Some(id.parse().map_err(|_| ApiError::field("/cursor", "is no cursor of this list"))?),
        None => None,
    };
    let keys = access::keys(&app.db, caller.workspace(), person, before, window.to_fetch()).await?;
    Ok(Json(window.page(keys, |key| (key.created_at, key.id.to_string()), Key::from)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyRequest {
    /// What to call it.
    name: String,
    /// What it may be used for; no more than its person's role allows.
    scopes: Vec<Scope>,
    /// Whose it is, when an admin makes one for somebody else.
    #[serde(default)]
    user_id: Option<UserId>,
}

/// Makes a key; the answer is the only place where it can be read.
#[utoipa::path(post, path = "/api/keys", tag = "keys", request_body = KeyRequest,
    security(("key" = ["admin"]), ("session" = ["viewer"])), responses((status = 201, body = NewKey)))]
async fn create(
    State(app): State<App>,
    Holder { caller, .. }: Holder,
    Fresh(id): Fresh,
    Body(body): Body<KeyRequest>,
) -> Result<Response, ApiError> {
    let workspace = caller.workspace();
    let (person, role) = match body.user_id.filter(|id| *id != caller.person()) {
        None => (caller.person(), caller.role()),
        Some(other) => {
            caller.must(Scope::Admin)?;
            let other = access::person(&app.db, workspace, other).await?.filter(|one| one.disabled_at.is_none());
            let other = other.ok_or_else(|| ApiError::field("/user_id", "is nobody who can sign in here"))?;
            (other.id, other.role)
        }
    };
    let mut errors = Vec::new();
    let name = people::name(&body.name).unwrap_or_else(|complaint| {
        errors.push(FieldError::new("/name", complaint));
        String::new()
    });
    if let Some(complaint) = keys::complaint(&body.scopes, role) {
        errors.push(FieldError::new("/scopes", complaint));
    }
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let (key, secret) = keys::make(workspace, KeyId::new(id), person, &name, &body.scopes, app.clock.now());
    let (shown, text, actor) = (Key::from(key.clone()), secret.clone(), caller.actor());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { keys::add(tx, workspace, &key, &secret, actor).await })
        })
        .await
        .map_err(|error| match error {
            StoreError::Taken => ApiError::Conflict(
                "This key was made already, and its answer was lost. Revoke it, and make another with a new Idempotency-Key."
                    .to_owned(),
            ),
            other => other.into(),
        })?;
    Ok((StatusCode::CREATED, Json(NewKey { shown, key: text })).into_response())
}

/// Revokes a key: it is refused from the next request on.
#[utoipa::path(delete, path = "/api/keys/{id}", tag = "keys", params(("id" = KeyId, Path)),
    security(("key" = ["admin"]), ("session" = ["viewer"])), responses((status = 204, description = "Revoked.")))]
async fn revoke(
    State(app): State<App>,
    Holder { caller, only: person }: Holder,
    Id(id): Id<KeyId>,
) -> Result<StatusCode, ApiError> {
    let (workspace, actor, now) = (caller.workspace(), caller.actor(), app.clock.now());
    let is_there = app
        .db
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move { keys::revoke(tx, workspace, id, person, actor, now).await })
        })
        .await?;
    if is_there { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
