//! Live events: what happens in the workspace, as server-sent events, for pages and programs that follow along.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use caseyos_shared::model::{MoveId, Role, Scope, Ts};
use futures::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ApiError, Can, Params, QueueRead, door};
use crate::access::callers::Caller;
use crate::access::token;
use crate::app::App;
use crate::store::access::{key_owner, session_owner};
use crate::store::events::{Event, events_after, newest_event};
use crate::store::{Db, StoreError};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// How often a quiet stream says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a quiet stream looks whether its caller may still listen.
const LOOK: Duration = Duration::from_secs(2);
/// How long a caller may listen unasked: a session can also end by itself.
const TRUST: Duration = Duration::from_secs(30);
/// After a change a stream waits so long for more of them, so that a burst costs few reads.
const GATHER: Duration = Duration::from_millis(100);
/// How many events are read at once; no more wait in memory for a slow listener.
const BATCH: i64 = 200;
/// The families of events that everybody in the workspace may see; the others are for admins.
const FAMILIES: [&str; 9] = ["move", "signal", "contact", "company", "deal", "outcome", "import", "form", "fact"];

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FollowQuery {
    /// The number of the last event that is known; without it (and without Last-Event-ID) only new ones come.
    after: Option<i64>,
}

/// The data of one event.
#[derive(Serialize, ToSchema)]
struct EventData {
    /// Its number in the workspace.
    id: i64,
    /// What happened.
    #[serde(rename = "type")]
    kind: String,
    /// When.
    at: Ts,
    /// The move it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    move_id: Option<MoveId>,
}

/// What happens in the workspace, from now on or from where `Last-Event-ID` left off, until either side ends it.
#[utoipa::path(get, path = "/api/events", tag = "events", operation_id = "follow_events",
    params(FollowQuery, ("Last-Event-ID" = Option<String>, Header, description = "The number of the last event that came.")),
    security(("key" = ["queue:read"]), ("session" = [])),
    responses((status = 200, description = "Server-sent events: `id` is the number, `event` the kind, `data` as below.",
        body = EventData, content_type = "text/event-stream")))]
async fn follow(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Params(query): Params<FollowQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, ApiError> {
    let token = door::token(&headers, app.config.session_cookie()).ok_or(ApiError::Unauthenticated)?;
    // Subscribed before the number is read: what is written in between wakes the stream.
    let ticks = app.db.changes().ticks();
    let newest = newest_event(&app.db, caller.workspace()).await?;
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.trim().parse().ok());
    let after = resumed.or(query.after).map_or(newest, |after: i64| after.clamp(0, newest));
    let listener = Listener {
        callers: app.db.changes().callers(),
        app,
        caller,
        token,
        after,
        seen: None,
        waiting: VecDeque::new(),
        ticks,
        checked: Instant::now(),
    };
    let stream = futures::stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// One who listens. It does nothing but when its connection asks for more, and goes with the connection.
struct Listener {
    app: App,
    caller: Caller,
    token: String,
    /// The number of the last event that was read.
    after: i64,
    /// The generation of the workspace at which nothing was left to read.
    seen: Option<(u64, u64)>,
    waiting: VecDeque<sse::Event>,
    ticks: watch::Receiver<u64>,
    /// The generation of callers at which this one was looked at last, and when that was.
    callers: (u64, u64),
    checked: Instant,
}

impl Listener {
    /// The next event; `None` when the server stops, the caller's right has ended, or the store fails.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.app.stopping.is_cancelled() || !self.may_listen().await {
                return None;
            }
            self.ticks.mark_unchanged();
            match self.read().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "a stream of events ends; its listener may resume it");
                    return None;
                }
            }
            let stopping = self.app.stopping.clone();
            tokio::select! {
                () = stopping.cancelled() => return None,
                () = tokio::time::sleep(LOOK) => {}
                changed = self.ticks.changed() => match changed {
                    Ok(()) => tokio::time::sleep(GATHER).await,
                    Err(_) => return None,
                },
            }
        }
    }

    /// Reads the next events, if the workspace has changed since there were none; answers whether any were read.
    async fn read(&mut self) -> Result<bool, StoreError> {
        let workspace = self.caller.workspace();
        // Read before the rows: a write in between is seen at the next look.
        let generation = self.app.db.changes().queue(workspace);
        if self.seen == Some(generation) {
            return Ok(false);
        }
        let events = events_after(&self.app.db, workspace, self.after, BATCH).await?;
        let Some(last) = events.last() else {
            self.seen = Some(generation);
            return Ok(false);
        };
        self.after = last.seq;
        let everything = self.sees_everything();
        self.waiting.extend(events.into_iter().filter(|event| everything || is_for_all(&event.kind)).map(on_the_wire));
        Ok(true)
    }

    fn sees_everything(&self) -> bool {
        self.caller.role() == Role::Admin && self.caller.scopes().is_none_or(|held| Scope::Admin.granted_by(held))
    }

    /// Whether the key or session still stands: looked up when something about callers changed, and now and then.
    async fn may_listen(&mut self) -> bool {
        let callers = self.app.db.changes().callers();
        if callers == self.callers && self.checked.elapsed() < TRUST {
            return true;
        }
        (self.callers, self.checked) = (callers, Instant::now());
        match still_stands(&self.app.db, &self.caller, &self.token, self.app.clock.now()).await {
            Ok(stands) => stands,
            Err(error) => {
                tracing::warn!(%error, "a listener's right cannot be looked up");
                false
            }
        }
    }
}

async fn still_stands(db: &Db, caller: &Caller, text: &str, now: Ts) -> Result<bool, StoreError> {
    let digest = token::digest(text);
    let owner = if text.starts_with(token::KEY_PREFIX) {
        key_owner(db, caller.workspace(), &digest).await?
    } else {
        session_owner(db, caller.workspace(), &digest, now).await?
    };
    // A role that was taken or given changes what is shown; the listener comes back with the new one.
    Ok(owner.is_some_and(|owner| owner.role == caller.role()))
}

fn is_for_all(kind: &str) -> bool {
    let family = kind.split('.').next().unwrap_or_default();
    FAMILIES.contains(&family)
}

fn on_the_wire(event: Event) -> sse::Event {
    let data = EventData { id: event.seq, kind: event.kind, at: event.at, move_id: event.move_id };
    // Plain data; writing it cannot fail, and JSON has no line breaks of its own.
    let json = serde_json::to_string(&data).unwrap_or_default();
    sse::Event::default().id(data.id.to_string()).event(data.kind).data(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_to_people_and_keys_is_for_admins() {
        for kind in ["move.created", "contact.changed", "deal.changed", "outcome.recorded", "signal.received"] {
            assert!(is_for_all(kind), "{kind}");
        }
        for kind in ["person.signed_in", "key.created", "requests.counted", "moves", ""] {
            assert!(!is_for_all(kind), "{kind}");
        }
    }
}
