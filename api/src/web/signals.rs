//! `/signals`: what came in, and what became of it.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use caseyos_shared::model::{ImportId, SignalId, Verdict};
use caseyos_shared::view::signals::{SignalList, SignalPage, SignalRow};
use caseyos_shared::view::{Place, html};
use serde::Deserialize;

use super::shell::Shell;
use crate::app::App;
use crate::http::{ApiError, Id, Params, Window};
use crate::store::signals::{SignalFilter, find_signal, list_signals};

pub(super) fn router() -> Router<App> {
    Router::new().route("/signals", get(list)).route("/signals/{id}", get(page))
}

#[derive(Deserialize)]
struct Query {
    verdict: Option<String>,
    import: Option<String>,
    cursor: Option<String>,
}

async fn list(State(app): State<App>, shell: Shell, Params(query): Params<Query>) -> Result<Response, ApiError> {
    let window = Window::new(None, query.cursor.as_deref())?;
    let verdict: Option<Verdict> = query.verdict.as_deref().and_then(|word| word.parse().ok());
    let import: Option<ImportId> = query.import.as_deref().and_then(|id| id.parse().ok());
    let filter = SignalFilter { verdict, import, ..SignalFilter::default() };
    let rows = list_signals(&app.db, shell.caller.workspace(), &filter, &window.after, window.to_fetch()).await?;
    let page = window.page(rows, |row| (row.received_at, row.id.to_string()), |row| SignalRow::new(&row, &shell.clock));
    let next = page.next_cursor.map(|cursor| {
        let mut next = form_urlencoded::Serializer::new("/signals?".to_owned());
        if let Some(verdict) = verdict {
            next.append_pair("verdict", verdict.as_str());
        }
        if let Some(import) = import {
            next.append_pair("import", &import.to_string());
        }
        next.append_pair("cursor", &cursor).finish()
    });
    let list = SignalList { verdict, rows: page.items, next, may_write: shell.frame.may_write() };
    Ok(shell.page(Place::Signals, "Signals", |_| html::signals::list(&list)))
}

async fn page(State(app): State<App>, shell: Shell, Id(id): Id<SignalId>) -> Result<Response, ApiError> {
    let signal = find_signal(&app.db, shell.caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    let page = SignalPage::new(&signal, &shell.clock);
    let title = page.row.what.clone();
    Ok(shell.page(Place::Signals, &title, |_| html::signals::page(&page)))
}
