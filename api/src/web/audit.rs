//! `/admin/audit`: the chain of receipts, in words.

use std::collections::HashMap;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use caseyos_shared::model::{Scope, Ts, UserId};
use caseyos_shared::receipt::{Actor, Receipt, ReceiptKind};
use caseyos_shared::view::admin::{AuditPage, ReceiptRow, Room};
use caseyos_shared::view::{Place, html};
use serde::Deserialize;

use super::shell::Shell;
use crate::app::App;
use crate::http::{ApiError, Params, Window};
use crate::store::access::people;
use crate::store::receipts::receipts_before;

pub(super) fn router() -> Router<App> {
    Router::new().route("/admin/audit", get(page))
}

#[derive(Deserialize)]
struct Query {
    cursor: Option<String>,
}

async fn page(State(app): State<App>, shell: Shell, Params(query): Params<Query>) -> Result<Response, ApiError> {
    shell.caller.must(Scope::AuditRead)?;
    let workspace = shell.caller.workspace();
    let window = Window::new(None, query.cursor.as_deref())?;
    // The cursor of this list is the receipt's number, kept in the place of a time.
    let before = window.after.as_ref().map_or(i64::MAX, |(seq, _)| seq.millis());
    let receipts = receipts_before(&app.db, workspace, None, before, window.to_fetch()).await?;
    let names: HashMap<UserId, String> =
        people(&app.db, workspace).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let key = |receipt: &Receipt| (Ts::from_millis(receipt.entry.seq.cast_signed()), String::new());
    let page = window.page(receipts, key, |receipt| row(receipt, &names, &shell));
    let next = page.next_cursor.map(|cursor| {
        form_urlencoded::Serializer::new("/admin/audit?".to_owned()).append_pair("cursor", &cursor).finish()
    });
    let page = AuditPage { rows: page.items, next };
    Ok(shell.page(Place::Admin, Room::Audit.name(), |_| html::admin::audit(&page)))
}

fn row(receipt: Receipt, names: &HashMap<UserId, String>, shell: &Shell) -> ReceiptRow {
    let entry = receipt.entry;
    let who = match &entry.actor {
        Actor::Person { user_id } => names.get(user_id).cloned().unwrap_or_else(|| "Somebody who is gone".to_owned()),
        Actor::Rule { version, .. } => match &entry.grounds.rule {
            Some(rule) => format!("The rule “{}”, version {version}", rule.name),
            None => format!("A rule, version {version}"),
        },
        Actor::System { part } => format!("CaseyOS ({part})"),
    };
    let mut what = tells(entry.kind).to_owned();
    if let Some(action) = entry.action {
        what = format!("{what}: {}", action.as_str().replace('_', " "));
    }
    if let Some(result) = &entry.result {
        what = format!("{what}, {}", result.state.replace('_', " "));
    }
    ReceiptRow {
        seq: entry.seq,
        what,
        who,
        when: shell.clock.when(entry.at),
        move_id: entry.move_id,
        hash: receipt.hash.to_string(),
    }
}

const fn tells(kind: ReceiptKind) -> &'static str {
    match kind {
        ReceiptKind::Execution => "Execution",
        ReceiptKind::Rollback => "Rollback",
        ReceiptKind::Undo => "Called off in time",
        ReceiptKind::Resolution => "Settled by a person",
        ReceiptKind::Erasure => "Personal data erased",
        ReceiptKind::Kill => "Kill switch thrown",
        ReceiptKind::Release => "Kill switch released",
        ReceiptKind::Rule => "Decided by a rule",
        ReceiptKind::Autonomy => "A rule\u{2019}s autonomy changed",
        ReceiptKind::Weights => "Weights of the score",
    }
}
