//! What pages count and tell: figures of the dashboard, moves per day, recent activity. Reads only.

use caseyos_shared::model::{MoveId, Ts, UserId, Verdict, WorkspaceId};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::row::{Json, Text, Time};

/// The figures of the dashboard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Moves that the person took and has not finished.
    pub taken: i64,
    /// People outside.
    pub contacts: i64,
    /// Signals, at most one is counted: whether anything ever came in.
    pub signals: i64,
    /// Signals that could not be read.
    pub failed_signals: i64,
    /// Jobs that were given up.
    pub dead_jobs: i64,
}

/// The figures of the dashboard for a person.
///
/// # Errors
/// When the store cannot answer.
pub async fn counts(db: &Db, workspace: WorkspaceId, person: UserId) -> Result<Counts, StoreError> {
    let (taken, contacts, signals, failed_signals, dead_jobs): (i64, i64, i64, i64, i64) = on_read!(db, pool => sqlx::query_as(
            "select
                (select count(*) from move where workspace_id = $1 and state = 'accepted' and assignee_id = $2),
                (select count(*) from contact where workspace_id = $1),
                (select count(*) from (select 1 from signal where workspace_id = $1 limit 1) as one),
                (select count(*) from signal where workspace_id = $1 and verdict = 'failed'),
                (select count(*) from job where workspace_id = $1 and state = 'dead')",
        )
        .bind(Text(workspace))
        .bind(Text(person))
        .fetch_one(pool)
        .await)?;
    Ok(Counts { taken, contacts, signals, failed_signals, dead_jobs })
}

/// Whether anything ever came in.
///
/// # Errors
/// When the store cannot answer.
pub async fn anything_came_in(db: &Db, workspace: WorkspaceId) -> Result<bool, StoreError> {
    let some: i64 = on_read!(db, pool => sqlx::query_scalar(
        "select count(*) from (select 1 from signal where workspace_id = $1 limit 1) as one",
    )
    .bind(Text(workspace))
    .fetch_one(pool)
    .await)?;
    Ok(some > 0)
}

/// How many signals have this verdict.
///
/// # Errors
/// When the store cannot answer.
pub async fn count_signals(db: &Db, workspace: WorkspaceId, verdict: Verdict) -> Result<i64, StoreError> {
    Ok(on_read!(db, pool => sqlx::query_scalar("select count(*) from signal where workspace_id = $1 and verdict = $2")
        .bind(Text(workspace))
        .bind(Text(verdict))
        .fetch_one(pool)
        .await)?)
}

/// How many moves were made and decided in each of the spans that begin at `starts` (in order; the last one is open).
///
/// # Errors
/// When the store cannot answer.
pub async fn made_and_decided(db: &Db, workspace: WorkspaceId, starts: &[Ts]) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut spans = vec![(0, 0); starts.len()];
    for (at, start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(Ts::from_millis(i64::MAX));
        // Each is a range of the index on (workspace, kind, at): its cost is the day's events, not the table's.
        let (made, decided): (i64, i64) = on_read!(db, pool => sqlx::query_as(
            "select
                (select count(*) from event where workspace_id = $1 and kind = 'move.created' and at >= $2 and at < $3),
                (select count(*) from event where workspace_id = $1 and kind = 'move.changed' and at >= $2 and at < $3
                    and actor_kind = 'person')",
        )
        .bind(Text(workspace))
        .bind(Time(*start))
        .bind(Time(end))
        .fetch_one(pool)
        .await)?;
        spans[at] = (made, decided);
    }
    Ok(spans)
}

/// An event with the names that a line about it needs.
#[derive(Debug, Clone)]
pub struct Happened {
    /// What happened.
    pub kind: String,
    /// When.
    pub at: Ts,
    /// The person who did it.
    pub actor_id: Option<String>,
    /// Their name.
    pub actor_name: Option<String>,
    /// The move it is about.
    pub move_id: Option<MoveId>,
    /// Its title, while it is there.
    pub title: Option<String>,
    /// The rest.
    pub data: serde_json::Value,
}

type HappenedRow =
    (String, Time, Option<String>, Option<String>, Option<Text<MoveId>>, Option<String>, Json<serde_json::Value>);

/// How far back recent activity is looked for, in events: the upkeep of a large import must not make a page slow.
const LOOK_BACK: i64 = 2_000;

/// What people and sources did lately, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn recent_activity(db: &Db, workspace: WorkspaceId, limit: i64) -> Result<Vec<Happened>, StoreError> {
    let rows: Vec<HappenedRow> = on_read!(db, pool => sqlx::query_as(
        "select e.kind, e.at, e.actor_id, p.name, e.move_id, m.title, e.data
         from event e
         left join person p on p.workspace_id = e.workspace_id and p.id = e.actor_id
         left join move m on m.workspace_id = e.workspace_id and m.id = e.move_id
         where e.workspace_id = $1 and e.seq > (select event_seq from workspace where id = $1) - $3
           and e.kind in ('move.changed', 'move.created', 'move.edited', 'person.added', 'key.created', 'key.revoked')
         order by e.seq desc limit $2",
    )
    .bind(Text(workspace))
    .bind(limit)
    .bind(LOOK_BACK)
    .fetch_all(pool)
    .await)?;
    Ok(rows
        .into_iter()
        .map(|(kind, at, actor_id, actor_name, move_id, title, data)| Happened {
            kind,
            at: at.0,
            actor_id,
            actor_name,
            move_id: move_id.map(|id| id.0),
            title,
            data: data.0,
        })
        .collect())
}
