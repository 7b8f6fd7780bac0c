//! Webhooks: the addresses that providers call, and making and managing them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use caseyos_shared::model::{HookId, Ts, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check;
use super::paging::PageQuery;
use super::{Admin, ApiError, Body, Can, Fresh, Id, Page, Params, Window};
use crate::access::token::new_public_key;
use crate::app::App;
use crate::store::StoreError;
use crate::store::forms::{Hook, add_hook, delete_hook, find_hook, list_hooks, save_hook};

mod intake;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove)).merge(intake::router())
}

/// Whose rules are known: Standard Webhooks (https://www.standardwebhooks.com). Others come with their connectors.
const STANDARD_WEBHOOKS: &str = "standard";
/// The bytes of a secret: the specification asks for 24 to 64.
const SECRET: usize = 32;
/// The longest name.
const NAME: usize = 100;

/// An address for webhooks.
#[derive(Serialize, ToSchema)]
pub struct HookView {
    /// Its id.
    pub id: HookId,
    /// Whose rules hold there: `standard` is Standard Webhooks.
    pub provider: String,
    /// What it is called.
    pub name: String,
    /// The address to give to the sender.
    pub url: String,
    /// When it was made.
    pub created_at: Ts,
    /// Since when it takes nothing.
    pub disabled_at: Option<Ts>,
}

/// An address for webhooks that was just made.
#[derive(Serialize, ToSchema)]
struct NewHook {
    /// The address.
    #[serde(flatten)]
    hook: HookView,
    /// The secret to give to the sender. It is shown now and never again.
    secret: String,
}

/// An address as the API and the pages show it.
#[must_use]
pub fn view(app: &App, hook: Hook) -> HookView {
    HookView {
        url: format!("{}/hooks/{}/{}", app.config.public_url.trim_end_matches('/'), hook.provider, hook.hook_key),
        id: hook.id,
        provider: hook.provider,
        name: hook.name,
        created_at: hook.created_at,
        disabled_at: hook.disabled_at,
    }
}

/// The place for which the vault seals a hook's secret.
fn place(id: HookId) -> String {
    format!("hook/{id}")
}

/// An address to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HookRequest {
    /// What it is called, up to 100 characters.
    name: String,
    /// `standard`, which it is if absent.
    provider: Option<String>,
}

/// What to change of an address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HookPatch {
    /// What it is called.
    name: Option<String>,
    /// Whether it takes nothing any more.
    disabled: Option<bool>,
}

fn check_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.contains('\0') {
        return Err(ApiError::field("/name", format!("must be 1 to {NAME} characters")));
    }
    Ok(name.to_owned())
}

/// Addresses for webhooks, newest first.
#[utoipa::path(get, path = "/api/hooks", tag = "webhooks", params(PageQuery),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = Page<HookView>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Params(query): Params<PageQuery>,
) -> Result<axum::Json<Page<HookView>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let rows = list_hooks(&app.db, caller.workspace(), &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), |row| view(&app, row))))
}

/// Makes an address for webhooks. Its secret is in this answer only.
#[utoipa::path(post, path = "/api/hooks", tag = "webhooks", request_body = HookRequest,
    security(("key" = ["admin"]), ("session" = [])), responses((status = 201, body = NewHook)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Fresh(uuid): Fresh,
    Body(request): Body<HookRequest>,
) -> Result<Response, ApiError> {
    let (workspace, id) = (caller.workspace(), HookId::new(uuid));
    let provider = request.provider.unwrap_or_else(|| STANDARD_WEBHOOKS.to_owned());
    if provider != STANDARD_WEBHOOKS {
        return Err(ApiError::field("/provider", format!("expected one of: {STANDARD_WEBHOOKS}")));
    }
    let (hook, secret) = make(&app, workspace, id, &request.name).await?;
    let made = axum::Json(NewHook { hook: view(&app, hook), secret });
    Ok(check::made(&format!("/api/hooks/{id}"), made.into_response()))
}

/// Makes an address for Standard Webhooks; answers it with its secret, which is shown once. With an id that is known already nothing
/// new is made.
///
/// # Errors
/// [`ApiError`]: the name, or the store.
pub async fn make(app: &App, workspace: WorkspaceId, id: HookId, name: &str) -> Result<(Hook, String), ApiError> {
    let bytes: [u8; SECRET] = rand::random();
    let secret = format!("whsec_{}", STANDARD.encode(bytes));
    let hook = Hook {
        id,
        provider: STANDARD_WEBHOOKS.to_owned(),
        name: check_name(name)?,
        hook_key: new_public_key(workspace),
        secret: app.vault.seal(workspace, &place(id), secret.as_bytes()),
        created_at: app.clock.now(),
        disabled_at: None,
    };
    let made = app
        .db
        .write::<(), StoreError, _>(move |tx| Box::pin(async move { add_hook(tx, workspace, &hook).await }))
        .await;
    if let Err(error) = made
        && !matches!(error, StoreError::Taken)
    {
        return Err(error.into());
    }
    // What is stored is answered: a repeated request gets the secret of the hook that it made the first time.
    let hook = find_hook(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let secret = secret_of(app, workspace, &hook)?;
    Ok((hook, secret))
}

/// Has an address take nothing any more, or take webhooks again. Answers it as it is then.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none with this id.
pub async fn switch(app: &App, workspace: WorkspaceId, id: HookId, disabled: bool) -> Result<Hook, ApiError> {
    let mut hook = find_hook(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    hook.disabled_at = disabled.then(|| hook.disabled_at.unwrap_or_else(|| app.clock.now()));
    let saved = hook.clone();
    app.db
        .write::<(), StoreError, _>(move |tx| Box::pin(async move { save_hook(tx, workspace, &saved).await }))
        .await?;
    Ok(hook)
}

fn secret_of(app: &App, workspace: WorkspaceId, hook: &Hook) -> Result<String, ApiError> {
    let secret = app.vault.open(workspace, &place(hook.id), &hook.secret);
    let secret = secret.map_err(|error| ApiError::Internal(format!("the secret of hook {}: {error}", hook.id)))?;
    String::from_utf8(secret).map_err(|_| ApiError::Internal(format!("the secret of hook {} is no text", hook.id)))
}

/// One address for webhooks.
#[utoipa::path(get, path = "/api/hooks/{id}", tag = "webhooks", params(("id" = HookId, Path)),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = HookView)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Id(id): Id<HookId>,
) -> Result<axum::Json<HookView>, ApiError> {
    let hook = find_hook(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    Ok(axum::Json(view(&app, hook)))
}

/// Changes an address for webhooks.
#[utoipa::path(patch, path = "/api/hooks/{id}", tag = "webhooks", params(("id" = HookId, Path)), request_body = HookPatch,
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = HookView)))]
async fn update(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Id(id): Id<HookId>,
    Body(patch): Body<HookPatch>,
) -> Result<axum::Json<HookView>, ApiError> {
    let workspace = caller.workspace();
    let mut hook = find_hook(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    if let Some(name) = patch.name {
        hook.name = check_name(&name)?;
    }
    if let Some(disabled) = patch.disabled {
        hook.disabled_at = disabled.then(|| hook.disabled_at.unwrap_or_else(|| app.clock.now()));
    }
    let saved = hook.clone();
    app.db
        .write::<(), StoreError, _>(move |tx| Box::pin(async move { save_hook(tx, workspace, &saved).await }))
        .await?;
    Ok(axum::Json(view(&app, hook)))
}

/// Deletes an address for webhooks; the signals that came by it stay.
#[utoipa::path(delete, path = "/api/hooks/{id}", tag = "webhooks", params(("id" = HookId, Path)),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Id(id): Id<HookId>,
) -> Result<StatusCode, ApiError> {
    let workspace = caller.workspace();
    let deleted = app
        .db
        .write::<bool, StoreError, _>(move |tx| Box::pin(async move { delete_hook(tx, workspace, id).await }))
        .await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
