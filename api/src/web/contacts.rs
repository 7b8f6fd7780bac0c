//! `/contacts`: the list, and one person's page.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use caseyos_shared::model::ContactId;
use caseyos_shared::view::contacts::{ContactList, ContactPage, ContactRow, OutcomeRow};
use caseyos_shared::view::signals::SignalRow;
use caseyos_shared::view::{Place, html, words};
use serde::Deserialize;

use super::shell::Shell;
use super::today::card;
use crate::app::App;
use crate::http::{ApiError, Id, Params, Window};
use crate::store::contacts::{ContactFilter, find_contact, list_contacts};
use crate::store::moves::{MoveFilter, list_moves};
use crate::store::outcomes::{OutcomeFilter, list_outcomes};
use crate::store::signals::{SignalFilter, list_signals};

/// How much of what happened around somebody their page shows.
const AROUND: i64 = 20;

pub(super) fn router() -> Router<App> {
    Router::new().route("/contacts", get(list)).route("/contacts/{id}", get(page))
}

#[derive(Deserialize)]
struct Query {
    q: Option<String>,
    cursor: Option<String>,
}

async fn list(State(app): State<App>, shell: Shell, Params(query): Params<Query>) -> Result<Response, ApiError> {
    let window = Window::new(None, query.cursor.as_deref())?;
    let text = query.q.unwrap_or_default().trim().to_owned();
    let filter = ContactFilter { text: (!text.is_empty()).then(|| text.clone()), ..ContactFilter::default() };
    let rows = list_contacts(&app.db, shell.caller.workspace(), &filter, &window.after, window.to_fetch()).await?;
    let page = window.page(
        rows,
        |row| (row.created_at, row.id.to_string()),
        |row| ContactRow::new(&row.on_the_wire(), &shell.clock),
    );
    let list = ContactList {
        next: page.next_cursor.map(|cursor| {
            let mut next = form_urlencoded::Serializer::new("/contacts?".to_owned());
            next.append_pair("q", &text).append_pair("cursor", &cursor).finish()
        }),
        query: text,
        rows: page.items,
        may_write: false,
    };
    Ok(shell.page(Place::Contacts, "Contacts", |frame| html::contacts::list(&list, frame)))
}

async fn page(State(app): State<App>, shell: Shell, Id(id): Id<ContactId>) -> Result<Response, ApiError> {
    let workspace = shell.caller.workspace();
    let contact = find_contact(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?.on_the_wire();
    let of_them = MoveFilter { contact: Some(id), ..MoveFilter::default() };
    let moves = list_moves(&app.db, workspace, &of_them, &None, AROUND).await?;
    let from_them = SignalFilter { contact: Some(id), ..SignalFilter::default() };
    let signals = list_signals(&app.db, workspace, &from_them, &None, AROUND).await?;
    let of_them = OutcomeFilter { contact: Some(id), ..OutcomeFilter::default() };
    let outcomes = list_outcomes(&app.db, workspace, &of_them, &None, AROUND).await?;
    let mut page = ContactPage::new(&contact, &shell.clock);
    let mut moves = moves;
    // What can still be done stands first, best first.
    moves.sort_by_key(|row| (!row.state.is_open(), std::cmp::Reverse(row.aps)));
    page.moves = moves.into_iter().map(|row| card(row, &shell)).collect();
    page.signals = signals.iter().map(|signal| SignalRow::new(signal, &shell.clock)).collect();
    page.outcomes = outcomes
        .into_iter()
        .map(|outcome| OutcomeRow {
            what: words::outcome(outcome.kind),
            note: outcome.note,
            when: shell.clock.when(outcome.occurred_at),
        })
        .collect();
    Ok(shell.page(Place::Contacts, &contact.name, |_| html::contacts::page(&page)))
}
