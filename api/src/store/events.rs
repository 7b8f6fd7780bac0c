//! Events: what happened inside a workspace, numbered without gaps in the order of the commits.

use caseyos_shared::model::{Act, MoveId, MoveState, Ts, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;

use super::db::{Db, on_read};
use super::error::StoreError;
use super::row::{Json, Text, Time};
use super::tx::{Tx, on_tx};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person, on any surface.
    Person(UserId),
    /// The core itself: a schedule, the job loop.
    System,
    /// Somebody outside, by a form or a webhook.
    Outside,
}

impl Actor {
    /// The word for the column.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::System => "system",
            Self::Outside => "outside",
        }
    }

    /// The person, where it is one.
    #[must_use]
    pub const fn person(&self) -> Option<UserId> {
        match self {
            Self::Person(id) => Some(*id),
            Self::System | Self::Outside => None,
        }
    }
}

/// An event that is about to be written.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// What happened: `move.created`, `person.signed_in` …
    pub kind: &'static str,
    /// When.
    pub at: Ts,
    /// Who did it.
    pub actor: Actor,
    /// The move it is about.
    pub move_id: Option<MoveId>,
    /// What else it is about.
    pub subject_id: Option<String>,
    /// The rest, as JSON.
    pub data: serde_json::Value,
}

/// An event as it was written.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// Its number in the workspace.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// When.
    pub at: Ts,
    /// `person`, `system` or `outside`.
    pub actor_kind: String,
    /// The person who did it.
    pub actor_id: Option<String>,
    /// The move it is about.
    pub move_id: Option<MoveId>,
    /// What else it is about.
    pub subject_id: Option<String>,
    /// The rest.
    pub data: serde_json::Value,
}

/// What the event of a transition keeps beside the columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TransitionData {
    /// Which transition.
    pub act: Act,
    /// The state before.
    pub from: MoveState,
    /// The state after.
    pub to: MoveState,
    /// A reason that was given, a time, another person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What undo needs to put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

/// The values that a transition overwrote and its undo puts back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Whose the move was.
    pub assignee: Option<UserId>,
    /// Until when it was put off.
    pub snoozed_until: Option<Ts>,
}

/// Rows in one insert: under SQLite's limit of 32,766 bound values, and enough to make the statement's own cost small.
const ROWS: usize = 200;

pub(super) async fn append(tx: &mut Tx, mut events: Vec<NewEvent>) -> Result<(), StoreError> {
    // Stable: within a workspace the order in which things happened stays.
    events.sort_by_key(|event| event.workspace);
    let mut rest = events.as_slice();
    while let Some(first) = rest.first() {
        let workspace = first.workspace;
        let of_one = rest.partition_point(|event| event.workspace == workspace);
        let (mine, others) = rest.split_at(of_one);
        rest = others;
        let count = i64::try_from(mine.len()).unwrap_or(i64::MAX);
        let last: i64 = on_tx!(tx, conn => sqlx::query_scalar(
            "update workspace set event_seq = event_seq + $2 where id = $1 returning event_seq",
        )
        .bind(Text(workspace))
        .bind(count)
        .fetch_one(conn)
        .await)?;
        let mut seq = last - count;
        for rows in mine.chunks(ROWS) {
            on_tx!(tx, conn => {
                let mut insert = QueryBuilder::new(
                    "insert into event (workspace_id, seq, kind, at, actor_kind, actor_id, move_id, subject_id, data) ",
                );
                insert.push_values(rows, |mut row, event| {
                    seq += 1;
                    row.push_bind(Text(event.workspace))
                        .push_bind(seq)
                        .push_bind(event.kind)
                        .push_bind(Time(event.at))
                        .push_bind(event.actor.kind())
                        .push_bind(event.actor.person().map(Text))
                        .push_bind(event.move_id.map(Text))
                        .push_bind(event.subject_id.clone())
                        .push_bind(Json(&event.data));
                });
                insert.build().persistent(rows.len() == 1).execute(conn).await.map(drop)
            })?;
        }
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct EventRow {
    seq: i64,
    kind: String,
    at: Time,
    actor_kind: String,
    actor_id: Option<String>,
    move_id: Option<Text<MoveId>>,
    subject_id: Option<String>,
    data: Json<serde_json::Value>,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            seq: row.seq,
            kind: row.kind,
            at: row.at.0,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            move_id: row.move_id.map(|id| id.0),
            subject_id: row.subject_id,
            data: row.data.0,
        }
    }
}

/// The events after `seq`, oldest first, at most `limit`.
pub async fn events_after(db: &Db, workspace: WorkspaceId, seq: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<EventRow> = on_read!(db, pool => sqlx::query_as(
        "select seq, kind, at, actor_kind, actor_id, move_id, subject_id, data from event
         where workspace_id = $1 and seq > $2 order by seq limit $3",
    )
    .bind(Text(workspace))
    .bind(seq)
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Event::from).collect())
}

/// The number of the workspace's newest event.
pub async fn newest_event(db: &Db, workspace: WorkspaceId) -> Result<i64, StoreError> {
    let seq: Option<i64> = on_read!(db, pool => sqlx::query_scalar("select event_seq from workspace where id = $1")
        .bind(Text(workspace))
        .fetch_optional(pool)
        .await)?;
    Ok(seq.unwrap_or(0))
}

/// What happened to a move, newest first, at most `limit`, older than `before`.
pub async fn events_of_move(
    db: &Db,
    workspace: WorkspaceId,
    id: MoveId,
    before: i64,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<EventRow> = on_read!(db, pool => sqlx::query_as(
        "select seq, kind, at, actor_kind, actor_id, move_id, subject_id, data from event
         where workspace_id = $1 and move_id = $2 and seq < $3 order by seq desc limit $4",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(before)
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Event::from).collect())
}
