//! `/queue/{id}`: one move's page, and the buttons that work without a script.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use caseyos_shared::aps::Weights;
use caseyos_shared::model::{Act, MoveId, Scope, UserId};
use caseyos_shared::problem::FieldError;
use caseyos_shared::view::detail::{
    Assignable, EditForm, Evidence, Happened as Line, MoveDetail, bars, changes, exact, gates, happened,
};
use caseyos_shared::view::{Place, html, words};
use serde::Deserialize;

use super::flash::Happened;
use super::shell::{Posted, Shell, back};
use crate::app::App;
use crate::http::{ApiError, Id, Params};
use crate::queue::change::{CHANGED, Command, EXPLAINED, Edit, command, edit};
use crate::queue::refused::Refused;
use crate::queue::scoring::explain;
use crate::store::access::{Person, people};
use crate::store::events::{Event, TransitionData, events_of_move};
use crate::store::moves::{StoredMove, find_move};

/// How much of a move's history its page shows.
const HISTORY: i64 = 100;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/queue/{id}", get(page))
        .route("/queue/{id}/accept", post(accept))
        .route("/queue/{id}/dismiss", post(dismiss))
        .route("/queue/{id}/because", post(because))
        .route("/queue/{id}/snooze", post(snooze))
        .route("/queue/{id}/wake", post(wake))
        .route("/queue/{id}/restore", post(restore))
        .route("/queue/{id}/complete", post(complete))
        .route("/queue/{id}/undo", post(undo))
        .route("/queue/{id}/assign", post(assign))
        .route("/queue/{id}/edit", post(save))
}

#[derive(Deserialize)]
struct Query {
    edit: Option<String>,
}

async fn page(
    State(app): State<App>,
    shell: Shell,
    Id(id): Id<MoveId>,
    Params(query): Params<Query>,
) -> Result<Response, ApiError> {
    let workspace = shell.caller.workspace();
    let row = find_move(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let explained = explain(&app, workspace, &row, None::<&Weights>).await?;
    let people = people(&app.db, workspace).await?;
    let history = events_of_move(&app.db, workspace, id, i64::MAX, HISTORY).await?;
    let clock = &shell.clock;
    let factors: Vec<_> = explained
        .aps
        .terms
        .iter()
        .map(|term| caseyos_shared::model::Factor {
            name: term.name,
            points: term.points,
            because: term.because.clone(),
        })
        .collect();
    let evidence = row
        .reasons
        .iter()
        .rev()
        .filter(|one| !one.why.is_empty())
        .map(|one| Evidence::new(&one.why, one.at, &one.source, one.signal, clock))
        .collect();
    let mut head = row.clone();
    head.aps = explained.aps.value;
    head.factors.clone_from(&factors);
    let detail = MoveDetail {
        exact: exact(explained.aps.value),
        bars: bars(&factors),
        gates: gates(&explained.aps.gates, clock),
        changes: changes(&explained.would_change, clock),
        scored: clock.when(clock.now),
        versions: format!("Facts version {}.", explained.version),
        evidence,
        history: history.iter().filter_map(|event| line(event, &people, &shell)).collect(),
        facts: facts(&row, &shell),
        edit: shell.frame.may_write().then(|| form(&row, &shell)),
        assignable: if shell.frame.may_write() && row.state.is_open() { assignable(&row, &people) } else { Vec::new() },
        editing: query.edit.is_some(),
        card: super::today::card(head, &shell),
    };
    Ok(shell.page(Place::Today, &row.title, |frame| html::detail::page(&detail, frame)))
}

fn facts(row: &StoredMove, shell: &Shell) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Kind", words::kind(row.kind).to_owned()), ("State", words::state(row.state).to_owned())];
    facts.push(("Came from", words::source(&row.source)));
    if let Some(deal) = &row.deal {
        facts.push(("Deal", format!("{}, {}", deal.name, deal.stage)));
    }
    for (name, at) in [
        ("Due", row.due_at),
        ("Snoozed until", row.snoozed_until),
        ("They wait since", row.waiting_since),
        ("Expires", row.expires_at),
    ] {
        if let Some(at) = at {
            facts.push((name, shell.clock.absolute(at)));
        }
    }
    facts.push(("Takes", words::count(row.minutes, "minute", "minutes")));
    if let Some(reason) = &row.dismiss_reason {
        facts.push(("Dismissed because", reason.clone()));
    }
    facts
}

fn form(row: &StoredMove, shell: &Shell) -> EditForm {
    EditForm {
        title: row.title.clone(),
        why: row.why.clone(),
        due: row.due_at.map(|due| shell.clock.field(due)).unwrap_or_default(),
        minutes: row.minutes,
    }
}

fn assignable(row: &StoredMove, people: &[Person]) -> Vec<Assignable> {
    let whose = row.assignee.as_ref().map(|person| person.id);
    let mut all = vec![Assignable { id: String::new(), name: "Everybody’s".to_owned(), chosen: whose.is_none() }];
    all.extend(people.iter().filter(|person| person.disabled_at.is_none()).map(|person| Assignable {
        id: person.id.to_string(),
        name: person.name.clone(),
        chosen: whose == Some(person.id),
    }));
    all
}

/// An event of the move as a line; those of the score's upkeep say nothing to a reader.
fn line(event: &Event, people: &[Person], shell: &Shell) -> Option<Line> {
    let who = match event.actor_id.as_deref() {
        Some(id) if id == shell.caller.person().to_string() => "You",
        Some(id) => people.iter().find(|person| person.id.to_string() == id).map_or("Somebody", |person| &person.name),
        None => "CaseyOS",
    };
    let (text, note) = match event.kind.as_str() {
        CHANGED => {
            let data: TransitionData = serde_json::from_value(event.data.clone()).ok()?;
            (happened(who, data.act, None), data.note.filter(|_| data.act == Act::Dismiss))
        }
        EXPLAINED => (format!("{who} said why"), event.data["reason"].as_str().map(str::to_owned)),
        "move.edited" => (format!("{who} edited it"), None),
        "move.assigned" => (format!("{who} handed it over"), None),
        "move.merged" => ("Another signal joined it".to_owned(), None),
        _ => return None,
    };
    Some(Line { text, note, when: shell.clock.when(event.at) })
}

async fn act(app: &App, posted: &Posted, id: MoveId, asked: &Command, what: Happened) -> Result<Response, ApiError> {
    posted.must(Scope::QueueWrite)?;
    match command(app, &posted.caller, id, asked).await {
        Ok(_) => Ok(back(&posted.from, what, Some(id))),
        Err(Refused::Impossible(_)) => Ok(back(&posted.from, Happened::Late, Some(id))),
        Err(refused) => Err(refused.into()),
    }
}

macro_rules! acts {
    ($($name:ident: $command:expr, $what:ident;)*) => {$(
        async fn $name(State(app): State<App>, Id(id): Id<MoveId>, posted: Posted) -> Result<Response, ApiError> {
            act(&app, &posted, id, &$command, Happened::$what).await
        }
    )*};
}

acts! {
    accept: Command::Accept, Accept;
    wake: Command::Wake, Wake;
    restore: Command::Restore, Restore;
    complete: Command::Complete, Complete;
    undo: Command::Undo, Undo;
}

/// The reason that was given, if one was.
fn reason(posted: &Posted) -> Result<Option<String>, ApiError> {
    let reason = posted.fields.get("reason");
    if reason.chars().count() > 4_000 {
        return Err(ApiError::field("/reason", "must have at most 4,000 characters"));
    }
    Ok((!reason.is_empty()).then(|| reason.to_owned()))
}

async fn dismiss(State(app): State<App>, Id(id): Id<MoveId>, posted: Posted) -> Result<Response, ApiError> {
    let reason = reason(&posted)?;
    // Who said why is not asked again.
    let what = if reason.is_some() { Happened::Because } else { Happened::Dismiss };
    act(&app, &posted, id, &Command::Dismiss(reason), what).await
}

async fn because(State(app): State<App>, Id(id): Id<MoveId>, posted: Posted) -> Result<Response, ApiError> {
    let reason = reason(&posted)?.ok_or_else(|| ApiError::field("/reason", "say why, in a word or a sentence"))?;
    let answer = act(&app, &posted, id, &Command::Because(reason), Happened::Because).await?;
    Ok(if posted.wants_page { answer } else { StatusCode::NO_CONTENT.into_response() })
}

async fn snooze(State(app): State<App>, Id(id): Id<MoveId>, posted: Posted) -> Result<Response, ApiError> {
    let clock = super::words::clockface(app.clock.now(), posted.caller.time_zone());
    let until = posted.fields.get("until").parse().ok().or_else(|| clock.from_field(posted.fields.get("local")));
    let until = until.ok_or_else(|| ApiError::field("/until", "must be a date and a time"))?;
    act(&app, &posted, id, &Command::Snooze(until), Happened::Snooze).await
}

async fn assign(State(app): State<App>, Id(id): Id<MoveId>, posted: Posted) -> Result<Response, ApiError> {
    let person = match posted.fields.get("user_id") {
        "" => None,
        text => Some(
            text.parse::<UserId>().map_err(|_| ApiError::field("/user_id", "must be a person of this workspace"))?,
        ),
    };
    act(&app, &posted, id, &Command::Assign(person), Happened::Assign).await
}

async fn save(State(app): State<App>, Id(id): Id<MoveId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::QueueWrite)?;
    let fields = &posted.fields;
    let clock = super::words::clockface(app.clock.now(), posted.caller.time_zone());
    let (title, why, due) = (fields.get("title"), fields.get("why"), fields.get("due"));
    let minutes = fields.get("minutes").parse::<i64>().ok().filter(|minutes| (1..=1_440).contains(minutes));
    let due_at = clock.from_field(due);
    let mut errors = Vec::new();
    let mut complain = |wrong: bool, pointer: &str, detail: &str| {
        if wrong {
            errors.push(FieldError::new(pointer, detail));
        }
    };
    complain(title.is_empty() || title.chars().count() > 200, "/title", "must have 1 to 200 characters");
    complain(why.chars().count() > 4_000, "/why", "must have at most 4,000 characters");
    complain(!due.is_empty() && due_at.is_none(), "/due", "must be a date and a time");
    complain(minutes.is_none(), "/minutes", "must be 1 to 1,440");
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let before = find_move(&app.db, posted.caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    // The field holds minutes only: what was not touched keeps its seconds.
    let untouched = before.due_at.map(|due| clock.field(due)).unwrap_or_default() == due;
    let change = Edit {
        title: Some(title.to_owned()),
        why: Some(why.to_owned()),
        due_at: (!untouched).then_some(due_at),
        minutes,
        action: None,
    };
    edit(&app, &posted.caller, id, None, &change).await?;
    Ok(back(&format!("/queue/{id}"), Happened::Edit, Some(id)))
}
