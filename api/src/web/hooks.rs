//! `/admin/hooks`: the addresses that other systems post to; a secret is shown once, on the page that answers its making.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use caseyos_shared::model::{HookId, Scope};
use caseyos_shared::view::admin::{HookRow, Room, Secret};
use caseyos_shared::view::{Place, html};

use super::flash::Happened;
use super::shell::{Posted, Shell, back};
use crate::app::App;
use crate::http::hooks::{make as make_hook, switch, view};
use crate::http::{ApiError, Id};
use crate::store::forms::list_hooks;

/// How many addresses the page shows.
const HOOKS: i64 = 200;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/hooks", get(page).post(make))
        .route("/admin/hooks/{id}/close", post(close))
        .route("/admin/hooks/{id}/open", post(open))
}

async fn page(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    shell.caller.must(Scope::Admin)?;
    shown(&app, shell, None, &[]).await
}

async fn shown(
    app: &App,
    shell: Shell,
    secret: Option<&Secret>,
    errors: &[(String, String)],
) -> Result<Response, ApiError> {
    let hooks = list_hooks(&app.db, shell.caller.workspace(), &None, HOOKS).await?;
    let rows: Vec<HookRow> = hooks
        .into_iter()
        .map(|hook| {
            let (created, open) = (shell.clock.when(hook.created_at), hook.disabled_at.is_none());
            let seen = view(app, hook);
            HookRow { id: seen.id, name: seen.name, address: seen.url, created, open }
        })
        .collect();
    Ok(shell.page(Place::Admin, Room::Hooks.name(), |frame| html::admin::hooks(&rows, secret, errors, frame)))
}

async fn make(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let workspace = posted.caller.workspace();
    let made = make_hook(&app, workspace, HookId::new(crate::clock::new_uuid()), posted.fields.get("name")).await;
    let shell = posted.shell(&app).await?;
    match made {
        Ok((hook, text)) => {
            let hint = "Nobody can see it again, not even you. Give it to the sender together with the address below; \
                        it signs with it, as Standard Webhooks say."
                .to_owned();
            shown(&app, shell, Some(&Secret { name: hook.name, text, hint }), &[]).await
        }
        Err(ApiError::Invalid(errors)) => {
            let errors = super::complaints(errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&app, shell, None, &errors).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn close(State(app): State<App>, Id(id): Id<HookId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    switch(&app, posted.caller.workspace(), id, true).await?;
    Ok(back(Room::Hooks.href(), Happened::Closed, None))
}

async fn open(State(app): State<App>, Id(id): Id<HookId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    switch(&app, posted.caller.workspace(), id, false).await?;
    Ok(back(Room::Hooks.href(), Happened::Opened, None))
}
