//! `/api/auth`: signing in and out, who one is, one's password and one's sessions.

use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use caseyos_shared::model::{KeyId, Role, Scope, SessionId, Ts, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ApiError, Body, ClientAddress, Id, Known, Page, SignedIn};
use crate::access::callers::Caller;
use crate::access::sign_in::{self, SignInError};
use crate::app::App;
use crate::store::{StoreError, access};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enter))
        .routes(routes!(leave))
        .routes(routes!(who))
        .routes(routes!(set_password))
        .routes(routes!(sessions, end_others))
        .routes(routes!(end_one))
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Self::WrongPassword,
            SignInError::Several(workspaces) => {
                let names: Vec<_> = workspaces.iter().map(|(id, name)| format!("{name:?} ({id})")).collect();
                Self::field("/workspace", format!("they fit several; name one of {}", names.join(", ")))
            }
            SignInError::TooMany(retry_after) => Self::TooMany { retry_after },
            SignInError::BadPassword(complaint) => Self::field("/new", complaint),
            SignInError::Store(error) => error.into(),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// The e-mail address.
    email: String,
    /// The password.
    password: String,
    /// The workspace, by name or id; needed when the address and the password fit more than one.
    #[serde(default)]
    workspace: Option<String>,
}

/// Who calls, and what they may do.
#[derive(Serialize, ToSchema)]
struct Session {
    /// The person.
    user: Person,
    /// The workspace.
    workspace: Tenant,
    /// What the person may do.
    role: Role,
    /// What state-changing requests of this session send as `x-csrf-token`; `null` for a key.
    csrf_token: Option<String>,
    /// What the key may be used for; `null` for a session, which may do all that the role may.
    scopes: Option<Vec<Scope>>,
    /// The key's id; `null` for a session.
    key_id: Option<KeyId>,
    /// When the session ends if it is not used; `null` for a key.
    expires_at: Option<Ts>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SessionUser)]
struct Person {
    id: UserId,
    name: String,
    email: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SessionWorkspace)]
struct Tenant {
    id: WorkspaceId,
    name: String,
    time_zone: String,
}

async fn session(app: &App, caller: &Caller) -> Result<Session, ApiError> {
    let (workspace, person) = (caller.workspace(), caller.person());
    let me = access::person(&app.db, workspace, person).await?.ok_or(ApiError::Unauthenticated)?;
    let tenant = access::workspace(&app.db, workspace).await?.ok_or(ApiError::Unauthenticated)?;
    let open = match caller.session() {
        Some(_) => access::sessions(&app.db, workspace, person, app.clock.now()).await?,
        None => Vec::new(),
    };
    Ok(Session {
        user: Person { id: person, name: me.name, email: me.email },
        workspace: Tenant { id: workspace, name: tenant.name, time_zone: tenant.time_zone },
        role: me.role,
        csrf_token: caller.csrf().map(str::to_owned),
        scopes: caller.scopes().map(<[Scope]>::to_vec),
        key_id: caller.key(),
        expires_at: open.iter().find(|one| Some(one.id) == caller.session()).map(|one| one.expires_at),
    })
}

/// Signs in with a password; the answer's cookie is the session.
#[utoipa::path(post, path = "/api/auth/sign-in", tag = "auth", request_body = SignIn, security(()),
    responses((status = 200, body = Session)))]
async fn enter(
    State(app): State<App>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Result<Response, ApiError> {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let begun =
        sign_in::sign_in(&app, &body.email, &body.password, body.workspace.as_deref(), agent, &address.0).await?;
    let session = session(&app, &begun.caller).await?;
    Ok(([(SET_COOKIE, begun.cookie)], Json(session)).into_response())
}

/// Ends this session.
#[utoipa::path(post, path = "/api/auth/sign-out", tag = "auth", security(("session" = ["viewer"])),
    responses((status = 204, description = "Signed out.")))]
async fn leave(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Response, ApiError> {
    let cookie = sign_in::sign_out(&app, &caller).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// Who calls, by session or key, and what they may do.
#[utoipa::path(get, path = "/api/auth/session", tag = "auth", security(("key" = []), ("session" = ["viewer"])),
    responses((status = 200, body = Session)))]
async fn who(State(app): State<App>, Known(caller): Known) -> Result<Json<Session>, ApiError> {
    session(&app, &caller).await.map(Json)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password until now.
    current: String,
    /// The password from now on.
    new: String,
}

/// Changes one's own password; every other session ends.
#[utoipa::path(post, path = "/api/auth/password", tag = "auth", request_body = NewPassword,
    security(("session" = ["viewer"])), responses((status = 204, description = "Changed.")))]
async fn set_password(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Body(body): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    sign_in::change_password(&app, &caller, &body.current, &body.new).await.map_err(|error| match error {
        // 401 would say that the session is over.
        SignInError::Wrong => ApiError::field("/current", "is not your password"),
        other => other.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// A browser that one is signed in with.
#[derive(Serialize, ToSchema)]
struct OpenSession {
    /// Its id.
    id: SessionId,
    /// The browser, as it calls itself.
    agent: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When it began.
    created_at: Ts,
    /// When it was last used, to the minute.
    seen_at: Ts,
    /// When it ends if it is not used.
    expires_at: Ts,
}

/// One's own sessions, newest first, at most 100.
#[utoipa::path(get, path = "/api/auth/sessions", tag = "auth", security(("session" = ["viewer"])),
    responses((status = 200, body = Page<OpenSession>)))]
async fn sessions(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Json<Page<OpenSession>>, ApiError> {
    let open = access::sessions(&app.db, caller.workspace(), caller.person(), app.clock.now()).await?;
    let current = caller.session();
    let items = open
        .into_iter()
        .map(|one| OpenSession {
            id: one.id,
            agent: one.agent,
            current: Some(one.id) == current,
            created_at: one.created_at,
            seen_at: one.seen_at,
            expires_at: one.expires_at,
        })
        .collect();
    Ok(Json(Page { items, next_cursor: None }))
}

/// Ends one's other sessions.
#[utoipa::path(delete, path = "/api/auth/sessions", tag = "auth", security(("session" = ["viewer"])),
    responses((status = 204, description = "Ended.")))]
async fn end_others(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<StatusCode, ApiError> {
    let (workspace, person, keep) = (caller.workspace(), caller.person(), caller.session());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { access::end_sessions(tx, workspace, person, keep).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of one's sessions.
#[utoipa::path(delete, path = "/api/auth/sessions/{id}", tag = "auth",
    params(("id" = SessionId, Path)), security(("session" = ["viewer"])),
    responses((status = 204, description = "Ended.")))]
async fn end_one(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Id(id): Id<SessionId>,
) -> Result<StatusCode, ApiError> {
    let (workspace, person) = (caller.workspace(), caller.person());
    let ended = app
        .db
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move { access::end_session(tx, workspace, person, id).await })
        })
        .await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
