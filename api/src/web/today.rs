//! `/today`: the piles of moves, and adding one by hand.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use caseyos_shared::model::{ContactRef, MoveId, MoveKind, MoveState, Scope};
use caseyos_shared::problem::FieldError;
use caseyos_shared::view::today::{Known, Pile, TodayList};
use caseyos_shared::view::{Extra, MoveCard, Place, html};
use serde::Deserialize;

use super::flash::Happened;
use super::shell::{Posted, Shell, back, html_response};
use crate::app::App;
use crate::http::{ApiError, Params};
use crate::queue::action::on_the_wire;
use crate::queue::change::{ByHand, make_by_hand};
use crate::store::contacts::contact_by_email;
use crate::store::moves::{MoveFilter, StoredMove, best_moves, list_moves};
use crate::store::pages::anything_came_in;

/// How many moves are now.
const NOW: i64 = 5;
/// How many a pile shows at most.
const PILE: i64 = 100;

pub(super) fn router() -> Router<App> {
    Router::new().route("/today", get(page)).route("/queue", post(add))
}

#[derive(Deserialize)]
struct Query {
    pile: Option<String>,
    all: Option<String>,
    fragment: Option<String>,
}

async fn page(State(app): State<App>, shell: Shell, Params(query): Params<Query>) -> Result<Response, ApiError> {
    let pile = Pile::from_word(query.pile.as_deref().unwrap_or_default());
    let rows = rows(&app, &shell, pile, query.all.is_some()).await?;
    let pending = shell.frame.visitor.as_ref().map_or(0, |visitor| visitor.pending);
    let total = if pile == Pile::Now { pending } else { i64::try_from(rows.len()).unwrap_or(0) };
    let minutes = rows.iter().map(|row| row.minutes).sum();
    let known = Known {
        any_signal: !rows.is_empty() || anything_came_in(&app.db, shell.caller.workspace()).await?,
        may_write: shell.frame.may_write(),
    };
    let cards = rows.into_iter().map(|row| card(row, &shell)).collect();
    let list = TodayList::new(pile, cards, minutes, total, known, shell.clock.when(shell.clock.now));
    if query.fragment.as_deref() == Some("list") {
        return Ok(html_response(&html::today::list(&list, &shell.frame)));
    }
    Ok(shell.page(Place::Today, "Today’s Moves", |frame| html::today::page(&list, frame)))
}

async fn rows(app: &App, shell: &Shell, pile: Pile, all: bool) -> Result<Vec<StoredMove>, ApiError> {
    let (workspace, person) = (shell.caller.workspace(), shell.caller.person());
    let filter = match pile {
        Pile::Now => return Ok(best_moves(&app.db, workspace, person, if all { PILE } else { NOW }).await?),
        Pile::Taken => {
            MoveFilter { states: vec![MoveState::Accepted], assignee: Some(Some(person)), ..MoveFilter::default() }
        }
        Pile::Later => MoveFilter {
            states: vec![MoveState::Pending, MoveState::Snoozed],
            ready: Some(false),
            ..MoveFilter::default()
        },
        Pile::Decided => {
            let states = vec![MoveState::Done, MoveState::Dismissed, MoveState::Expired, MoveState::RolledBack];
            MoveFilter { states, ..MoveFilter::default() }
        }
    };
    Ok(list_moves(&app.db, workspace, &filter, &None, PILE).await?)
}

/// The card of a stored move, for who looks.
pub(super) fn card(row: StoredMove, shell: &Shell) -> MoveCard {
    let extra = Extra { urgent: row.urgent, minutes: row.minutes, role: shell.caller.role() };
    MoveCard::new(&on_the_wire(row), extra, &shell.clock)
}

/// Adds a move by hand; an address that nobody has is told, not guessed at.
async fn add(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::QueueWrite)?;
    let fields = &posted.fields;
    let (title, email, due) = (fields.get("title"), fields.get("email"), fields.get("due"));
    let mut errors = Vec::new();
    if title.is_empty() || title.chars().count() > 200 {
        errors.push(FieldError::new("/title", "must have 1 to 200 characters"));
    }
    if fields.get("why").chars().count() > 4_000 {
        errors.push(FieldError::new("/why", "must have at most 4,000 characters"));
    }
    let clock = super::words::clockface(app.clock.now(), posted.caller.time_zone());
    let due_at = clock.from_field(due);
    if !due.is_empty() && due_at.is_none() {
        errors.push(FieldError::new("/due", "must be a date and a time"));
    }
    let contact: Option<ContactRef> = if email.is_empty() {
        None
    } else {
        let known = contact_by_email(&app.db, posted.caller.workspace(), email).await?;
        if known.is_none() {
            errors.push(FieldError::new("/email", "nobody here has this address; add the person under Contacts first"));
        }
        known.map(|known| known.as_ref())
    };
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let id = MoveId::new(crate::clock::new_uuid());
    let by_hand = ByHand {
        id,
        title: title.to_owned(),
        why: fields.get("why").to_owned(),
        kind: MoveKind::Task,
        contact: contact.map(|contact| contact.id),
        deal: None,
        due_at,
        minutes: None,
        action: None,
    };
    make_by_hand(&app, &posted.caller, by_hand).await?;
    Ok(back("/today", Happened::Added, Some(id)))
}
