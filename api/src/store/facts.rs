//! Versioned facts that scores share (the learned model, the percentile of deal values) and the marks of schedules.

use caseyos_shared::model::{Ts, WorkspaceId};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::row::{Text, Time};
use super::tx::{Tx, on_tx};

/// Stores a new version of a fact.
///
/// # Errors
/// When the store cannot.
pub async fn save_fact(tx: &mut Tx, workspace: WorkspaceId, name: &str, body: &str, now: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into fact (workspace_id, name, version, body, created_at) values ($1, $2, 1, $3, $4)
         on conflict (workspace_id, name) do update
         set version = fact.version + 1, body = excluded.body, created_at = excluded.created_at",
    )
    .bind(Text(workspace))
    .bind(name)
    .bind(body)
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    tx.queue_touched(workspace);
    Ok(())
}

/// Marks a moment of a schedule as planned. Answers whether it was not yet.
///
/// # Errors
/// When the store cannot.
pub async fn mark_moment(
    tx: &mut Tx,
    workspace: WorkspaceId,
    name: &str,
    moment: Ts,
    now: Ts,
) -> Result<bool, StoreError> {
    let marked = on_tx!(tx, conn => sqlx::query(
        "insert into fact (workspace_id, name, version, body, created_at) values ($1, $2, $3, '', $4)
         on conflict (workspace_id, name) do update set version = excluded.version, created_at = excluded.created_at
         where fact.version < excluded.version",
    )
    .bind(Text(workspace))
    .bind(format!("schedule {name}"))
    .bind(moment.millis())
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(marked == 1)
}

/// The names and versions of a workspace's facts.
///
/// # Errors
/// When the store cannot answer.
pub async fn fact_versions(db: &Db, workspace: WorkspaceId) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on_read!(db, pool => sqlx::query_as(
        "select name, version from fact where workspace_id = $1 and name not like 'schedule %' order by name",
    )
    .bind(Text(workspace))
    .fetch_all(pool)
    .await)?)
}

/// The body of one fact.
///
/// # Errors
/// When the store cannot answer.
pub async fn fact(db: &Db, workspace: WorkspaceId, name: &str) -> Result<Option<String>, StoreError> {
    Ok(on_read!(db, pool => sqlx::query_scalar("select body from fact where workspace_id = $1 and name = $2")
        .bind(Text(workspace))
        .bind(name)
        .fetch_optional(pool)
        .await)?)
}

/// The name of the fact that holds the names of the columns that said what came of leads.
const OUTCOME_COLUMNS: &str = "outcome columns";

/// Remembers that a column of lead lists says what came of them: nothing may be guessed from it.
///
/// # Errors
/// When the store cannot.
pub async fn note_outcome_column(db: &Db, workspace: WorkspaceId, column: &str, now: Ts) -> Result<(), StoreError> {
    let mut known = outcome_columns(db, workspace).await?;
    if known.iter().any(|one| one == column) {
        return Ok(());
    }
    known.push(column.to_owned());
    let body = serde_json::to_string(&known).map_err(|error| StoreError::Other(error.to_string()))?;
    db.write(move |tx| Box::pin(async move { save_fact(tx, workspace, OUTCOME_COLUMNS, &body, now).await })).await
}

/// The names of the columns that said what came of leads.
///
/// # Errors
/// When the store cannot answer.
pub async fn outcome_columns(db: &Db, workspace: WorkspaceId) -> Result<Vec<String>, StoreError> {
    let body = fact(db, workspace, OUTCOME_COLUMNS).await?;
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default())
}
