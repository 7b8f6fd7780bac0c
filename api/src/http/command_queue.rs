//! The command queue: Today's Moves, the badge, lists, moves by hand, their transitions and their explanation.

use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use caseyos_shared::aps::{Change, Gate, Points, Term};
use caseyos_shared::model::{ActionKind, Badge, ContactId, DealId, Move, MoveId, MoveKind, MoveState, Today, Ts};
use caseyos_shared::problem::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check;
use super::paging::{Page, Window};
use super::{ApiError, Body, Can, Fresh, Id, IfMatch, Params, QueueRead, QueueWrite};
use crate::access::callers::Caller;
use crate::app::App;
use crate::queue::action::on_the_wire;
use crate::queue::change::{self, ByHand, Edit};
use crate::queue::scoring::explain as explain_score;
use crate::queue::today::{Answer, badge as badge_of, today as todays_moves};
use crate::store::events::{Event, events_of_move};
use crate::store::moves::{MoveFilter, StoredAction, StoredMove, find_move, list_moves};

mod acts;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(today))
        .routes(routes!(badge))
        .routes(routes!(list, create))
        .routes(routes!(read, update, remove))
        .merge(acts::router())
        .routes(routes!(explain))
        .routes(routes!(history))
}

/// The longest title.
const TITLE: usize = 200;
/// The longest why, and the longest reason for a dismissal.
const WORDS: usize = 4_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TodayQuery {
    /// How many moves, 1 to 50; 5 if absent.
    limit: Option<i64>,
}

/// Today's Moves: the caller's and the unassigned moves that pass every gate, best first.
#[utoipa::path(get, path = "/api/command-queue/today", tag = "command queue", params(TodayQuery),
    security(("key" = ["queue:read"]), ("session" = [])),
    responses((status = 200, body = Today), (status = 304, description = "Unchanged since the entity tag in If-None-Match.")))]
async fn today(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Params(query): Params<TodayQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let limit = query.limit.unwrap_or(5);
    if !(1..=50).contains(&limit) {
        return Err(ApiError::field("/limit", "must be 1 to 50"));
    }
    let answer = todays_moves(&app, caller.workspace(), caller.person(), limit).await?;
    Ok(unless_unchanged(&headers, answer))
}

/// How many moves wait, and how many of them are urgent.
#[utoipa::path(get, path = "/api/command-queue/badge", tag = "command queue",
    security(("key" = ["queue:read"]), ("session" = [])),
    responses((status = 200, body = Badge), (status = 304, description = "Unchanged since the entity tag in If-None-Match.")))]
async fn badge(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let answer = badge_of(&app, caller.workspace(), caller.person()).await?;
    Ok(unless_unchanged(&headers, answer))
}

/// 304 when the caller has this answer already (RFC 9110 §13.1.2).
fn unless_unchanged(headers: &HeaderMap, answer: Answer) -> Response {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| {
        tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == answer.etag)
    });
    let tag = HeaderValue::from_str(&answer.etag).unwrap_or(HeaderValue::from_static("\"\""));
    let caching = [(ETAG, tag), (axum::http::header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let json = [(axum::http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (caching, json, answer.body).into_response()
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// One state, or several with commas between them.
    state: Option<String>,
    /// `me`, `none`, or a person's id.
    assignee: Option<String>,
    /// A contact's id.
    contact: Option<String>,
    /// A source.
    source: Option<String>,
    /// Words in the title, the why, or the contact's name, address or company.
    text: Option<String>,
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Moves, newest first.
#[utoipa::path(get, path = "/api/command-queue", tag = "command queue", params(ListQuery),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Page<Move>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<Page<Move>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = filter(&caller, &query)?;
    let rows = list_moves(&app.db, caller.workspace(), &filter, &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), on_the_wire)))
}

fn filter(caller: &Caller, query: &ListQuery) -> Result<MoveFilter, ApiError> {
    let mut filter =
        MoveFilter { text: query.text.clone().filter(|text| !text.trim().is_empty()), ..MoveFilter::default() };
    for word in query.state.iter().flat_map(|states| states.split(',')) {
        let state: MoveState = word.trim().parse().map_err(|error| ApiError::field("/state", format!("{error}")))?;
        filter.states.push(state);
    }
    filter.assignee = match query.assignee.as_deref() {
        None => None,
        Some("me") => Some(Some(caller.person())),
        Some("none") => Some(None),
        Some(id) => {
            Some(Some(id.parse().map_err(|_| ApiError::field("/assignee", "must be `me`, `none` or a person's id"))?))
        }
    };
    filter.contact = match query.contact.as_deref() {
        None => None,
        Some(id) => Some(id.parse().map_err(|error| ApiError::field("/contact", format!("{error}")))?),
    };
    filter.source.clone_from(&query.source);
    Ok(filter)
}

/// A move that somebody makes by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMoveRequest {
    /// A verb and a name, up to 200 characters.
    title: String,
    /// Why.
    why: Option<String>,
    /// `custom` if absent.
    kind: Option<MoveKind>,
    /// Whom it is about; a contact with this address is found or made.
    contact: Option<ContactByHand>,
    /// The deal it is about.
    deal_id: Option<DealId>,
    /// When it should be done by.
    due_at: Option<Ts>,
    /// How long it takes, 1 to 1440 minutes.
    minutes: Option<i64>,
    /// What executing it would do: `kind` and that kind's fields.
    #[schema(value_type = Option<Object>)]
    action: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A contact named in passing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactByHand {
    /// The e-mail address.
    email: String,
    /// The name.
    name: Option<String>,
    /// The company's name.
    company: Option<String>,
}

/// Makes a move by hand.
#[utoipa::path(post, path = "/api/command-queue", tag = "command queue", request_body = NewMoveRequest,
    security(("key" = ["queue:write"]), ("session" = [])), responses((status = 201, body = Move)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Fresh(uuid): Fresh,
    Body(request): Body<NewMoveRequest>,
) -> Result<Response, ApiError> {
    let mut errors = Vec::new();
    let title = sentence(&mut errors, "/title", &request.title, 1, TITLE);
    let why = sentence(&mut errors, "/why", request.why.as_deref().unwrap_or_default(), 0, WORDS);
    check_minutes(&mut errors, request.minutes);
    let action = check_action(&mut errors, request.action);
    let email = request.contact.as_ref().map(|contact| {
        contact.email.parse::<caseyos_shared::capture::email::EmailAddress>().map_err(|error| {
            errors.push(FieldError::new("/contact/email", error.to_string()));
        })
    });
    if let Some(contact) = &request.contact {
        for (pointer, text) in [("/contact/name", &contact.name), ("/contact/company", &contact.company)] {
            if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty())
                && let Err(complaint) = crate::access::people::name(text)
            {
                errors.push(FieldError::new(pointer, complaint));
            }
        }
    }
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let contact = match (request.contact, email) {
        (Some(contact), Some(Ok(email))) => {
            Some(contact_by_hand(&app, &caller, email.key().to_owned(), contact.name, contact.company).await?)
        }
        _ => None,
    };
    if let Some(deal) = request.deal_id
        && !crate::store::evidence::of_deals(&app.db, caller.workspace(), &[deal]).await?.contains_key(&deal)
    {
        return Err(ApiError::field("/deal_id", "there is no deal with this id"));
    }
    let by_hand = ByHand {
        id: MoveId::new(uuid),
        title,
        why,
        kind: request.kind.unwrap_or(MoveKind::Custom),
        contact,
        deal: request.deal_id,
        due_at: request.due_at,
        minutes: request.minutes,
        action,
    };
    let made = change::make_by_hand(&app, &caller, by_hand).await?;
    let address = format!("/api/command-queue/{}", made.id);
    Ok(check::made(&address, changed(&app, &caller, made).await?))
}

/// Finds the contact with this address, or makes one.
async fn contact_by_hand(
    app: &App,
    caller: &Caller,
    email: String,
    name: Option<String>,
    company: Option<String>,
) -> Result<ContactId, ApiError> {
    let hint = crate::signals::people::Hint {
        email: Some(email),
        name: name.filter(|name| !name.trim().is_empty()),
        company: company.filter(|company| !company.trim().is_empty()),
        source: "manual".to_owned(),
        ..crate::signals::people::Hint::default()
    };
    Ok(crate::signals::people::find_or_make(app, caller.workspace(), hint).await?)
}

fn sentence(errors: &mut Vec<FieldError>, pointer: &str, text: &str, least: usize, most: usize) -> String {
    let text = text.trim();
    let length = text.chars().count();
    if length < least {
        errors.push(FieldError::new(pointer, "must not be empty"));
    } else if length > most {
        errors.push(FieldError::new(pointer, format!("must have at most {most} characters, not {length}")));
    } else if text.contains('\0') {
        errors.push(FieldError::new(pointer, "must not contain the character U+0000"));
    }
    text.to_owned()
}

fn check_minutes(errors: &mut Vec<FieldError>, minutes: Option<i64>) {
    if minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes)) {
        errors.push(FieldError::new("/minutes", "must be 1 to 1440"));
    }
}

fn check_action(
    errors: &mut Vec<FieldError>,
    action: Option<serde_json::Map<String, serde_json::Value>>,
) -> Option<StoredAction> {
    let mut fields = action?;
    if serde_json::to_vec(&fields).is_ok_and(|bytes| bytes.len() > change::LARGEST_ACTION) {
        errors.push(FieldError::new("/action", "must have at most 64 KiB"));
        return None;
    }
    match fields.remove("kind").map(serde_json::from_value::<ActionKind>) {
        Some(Ok(kind)) => Some(StoredAction { kind, fields }),
        Some(Err(error)) => {
            errors.push(FieldError::new("/action/kind", error.to_string()));
            None
        }
        None => {
            errors.push(FieldError::new("/action/kind", "is missing"));
            None
        }
    }
}

/// One move.
#[utoipa::path(get, path = "/api/command-queue/{id}", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:read"]), ("session" = [])),
    responses((status = 200, body = Move), (status = 304, description = "Unchanged since the entity tag in If-None-Match.")))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<MoveId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = find_move(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    let etag = entity_tag(&row);
    let body = serde_json::to_vec(&on_the_wire(row)).unwrap_or_default().into();
    Ok(unless_unchanged(&headers, Answer { body, etag }))
}

/// The tag of a move: the version that an edit must name, and the moment of its score.
fn entity_tag(row: &StoredMove) -> String {
    format!("\"{}-{}\"", row.version, row.scored_at.millis())
}

/// The answer to a change of a move, with the tag that the next edit names; without one when somebody has changed it again already.
async fn changed(app: &App, caller: &Caller, moved: Move) -> Result<Response, ApiError> {
    let row = find_move(&app.db, caller.workspace(), moved.id).await?;
    let tag = row.map(|row| (entity_tag(&row), on_the_wire(row))).filter(|(_, now)| *now == moved).map(|(tag, _)| tag);
    let mut response = axum::Json(moved).into_response();
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// The version in an `If-Match`; a new score alone does not make an edit stale.
fn version(if_match: Option<String>) -> Option<i64> {
    let tag = if_match?;
    let tag = tag.trim_start_matches("W/").trim_matches('"');
    Some(tag.split('-').next().and_then(|version| version.parse().ok()).unwrap_or(-1))
}

/// What to change of a move; what is absent stays, `null` empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MovePatch {
    /// A verb and a name.
    title: Option<String>,
    /// Why.
    why: Option<String>,
    /// When it should be done by; `null` for no time.
    #[serde(default, deserialize_with = "super::extract::present")]
    #[schema(value_type = Option<Ts>)]
    due_at: Option<Option<Ts>>,
    /// How long it takes, 1 to 1440 minutes.
    minutes: Option<i64>,
    /// Fields of its action.
    #[schema(value_type = Option<Object>)]
    action: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Edits a move. With `If-Match` and the entity tag of a read, only what has not been changed since.
#[utoipa::path(patch, path = "/api/command-queue/{id}", tag = "command queue", params(("id" = MoveId, Path)),
    request_body = MovePatch, security(("key" = ["queue:write"]), ("session" = [])), responses((status = 200, body = Move)))]
async fn update(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
    IfMatch(if_match): IfMatch,
    Body(patch): Body<MovePatch>,
) -> Result<Response, ApiError> {
    let mut errors = Vec::new();
    let title = patch.title.map(|title| sentence(&mut errors, "/title", &title, 1, TITLE));
    let why = patch.why.map(|why| sentence(&mut errors, "/why", &why, 0, WORDS));
    check_minutes(&mut errors, patch.minutes);
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let edit = Edit { title, why, due_at: patch.due_at, minutes: patch.minutes, action: patch.action };
    let edited = change::edit(&app, &caller, id, version(if_match), &edit).await?;
    changed(&app, &caller, edited).await
}

/// Deletes a move for good; what a source made is better dismissed.
#[utoipa::path(delete, path = "/api/command-queue/{id}", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:write"]), ("session" = [])), responses((status = 204, description = "Gone.")))]
async fn remove(
    State(app): State<App>,
    Can(caller, _): Can<QueueWrite>,
    Id(id): Id<MoveId>,
) -> Result<StatusCode, ApiError> {
    change::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a move has its score.
#[derive(Serialize, ToSchema)]
struct Explanation {
    /// The score now.
    value: Points,
    /// Its terms, largest first; they add up to the value.
    terms: Vec<Term>,
    /// What keeps the move out of Today.
    gates: Vec<Gate>,
    /// When the score next differs by a point, or a gate opens.
    next_change: Option<Ts>,
    /// What would change it: time, an answer of theirs or ours.
    would_change: Vec<Change>,
    /// Whether it is urgent.
    urgent: bool,
    /// The version of the weights, the learned model and the percentile of deal values it was made with.
    facts_version: i64,
    /// When the score in the lists was made.
    scored_at: Ts,
}

/// Why this score, and what would change it.
#[utoipa::path(get, path = "/api/command-queue/{id}/explain", tag = "command queue", params(("id" = MoveId, Path)),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Explanation)))]
async fn explain(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<MoveId>,
) -> Result<axum::Json<Explanation>, ApiError> {
    let row = find_move(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    let explained = explain_score(&app, caller.workspace(), &row, None).await?;
    Ok(axum::Json(Explanation {
        value: explained.aps.value,
        terms: explained.aps.terms,
        gates: explained.aps.gates,
        next_change: explained.aps.next_change,
        would_change: explained.would_change,
        urgent: explained.aps.urgent,
        facts_version: explained.version,
        scored_at: row.scored_at,
    }))
}

/// One thing that happened to a move.
#[derive(Serialize, ToSchema)]
struct HistoryEntry {
    /// Its number among the workspace's events.
    seq: i64,
    /// When.
    at: Ts,
    /// What happened: `move.created`, `move.changed`, `move.edited`, `move.assigned` …
    kind: String,
    /// `person`, `system` or `outside`.
    actor: String,
    /// The person who did it.
    actor_id: Option<String>,
    /// What is known of it: for a transition `act`, `from`, `to`, `note`.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

impl From<Event> for HistoryEntry {
    fn from(event: Event) -> Self {
        Self {
            seq: event.seq,
            at: event.at,
            kind: event.kind,
            actor: event.actor_kind,
            actor_id: event.actor_id,
            data: event.data,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Who did what to a move, newest first.
#[utoipa::path(get, path = "/api/command-queue/{id}/history", tag = "command queue", params(("id" = MoveId, Path), HistoryQuery),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Page<HistoryEntry>)))]
async fn history(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<MoveId>,
    Params(query): Params<HistoryQuery>,
) -> Result<axum::Json<Page<HistoryEntry>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    find_move(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    let before = window.after.as_ref().map_or(i64::MAX, |(seq, _)| seq.millis());
    let events = events_of_move(&app.db, caller.workspace(), id, before, window.to_fetch()).await?;
    // The cursor of this list is the event's number, kept in the place of a time.
    Ok(axum::Json(window.page(events, |event| (Ts::from_millis(event.seq), String::new()), HistoryEntry::from)))
}
