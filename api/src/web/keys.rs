//! `/admin/keys`: what programs may enter with; a key is shown once, on the page that answers its making.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use caseyos_shared::model::{KeyId, Scope};
use caseyos_shared::view::admin::{KeyRow, Room, Secret};
use caseyos_shared::view::{Place, html};

use super::flash::Happened;
use super::shell::{Posted, Shell, back};
use crate::access::{keys, people};
use crate::app::App;
use crate::http::{ApiError, Id};
use crate::store::StoreError;
use crate::store::access::{keys as every_key, people as everybody};

/// How many keys the page shows.
const KEYS: i64 = 200;

pub(super) fn router() -> Router<App> {
    Router::new().route("/admin/keys", get(page).post(make)).route("/admin/keys/{id}/revoke", post(revoke))
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
    let workspace = shell.caller.workspace();
    let people = everybody(&app.db, workspace).await?;
    let rows: Vec<_> = every_key(&app.db, workspace, None, None, KEYS)
        .await?
        .into_iter()
        .map(|key| KeyRow {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            person: people.iter().find(|one| one.id == key.person).map(|one| one.name.clone()).unwrap_or_default(),
            scopes: key.scopes,
            created: shell.clock.when(key.created_at),
            used: key.used_at.map(|at| shell.clock.when(at)),
            revoked: key.revoked_at.is_some(),
        })
        .collect();
    Ok(shell.page(Place::Admin, Room::Keys.name(), |frame| html::admin::keys(&rows, secret, errors, frame)))
}

async fn make(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let scopes: Vec<Scope> = posted.fields.every("scopes").filter_map(|word| word.parse().ok()).collect();
    let mut errors = Vec::new();
    let name = people::name(posted.fields.get("name")).unwrap_or_else(|complaint| {
        errors.push(("name".to_owned(), complaint));
        String::new()
    });
    if let Some(complaint) = keys::complaint(&scopes, posted.caller.role()) {
        errors.push(("scopes".to_owned(), complaint));
    }
    let shell = posted.shell(&app).await?;
    if !errors.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&app, shell, None, &errors).await?).into_response());
    }
    let (workspace, actor) = (posted.caller.workspace(), posted.caller.actor());
    let id = KeyId::new(crate::clock::new_uuid());
    let (key, text) = keys::make(workspace, id, posted.caller.person(), &name, &scopes, app.clock.now());
    let kept = text.clone();
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { keys::add(tx, workspace, &key, &kept, actor).await })
        })
        .await?;
    let hint = "Nobody can see it again, not even you. Send it as: Authorization: Bearer …".to_owned();
    shown(&app, shell, Some(&Secret { name, text, hint }), &[]).await
}

async fn revoke(State(app): State<App>, Id(id): Id<KeyId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let (workspace, actor, now) = (posted.caller.workspace(), posted.caller.actor(), app.clock.now());
    let revoked = app
        .db
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move { keys::revoke(tx, workspace, id, None, actor, now).await })
        })
        .await?;
    if !revoked {
        return Err(ApiError::NotFound);
    }
    Ok(back(Room::Keys.href(), Happened::Revoked, None))
}
