//! Answers kept by `Idempotency-Key`, so that the same request changes the world once.

use caseyos_shared::model::{Ts, WorkspaceId};

use super::error::StoreError;
use super::row::{Text, Time};
use super::tx::{Tx, on_tx};

/// What a key stands for.
#[derive(Debug, Clone)]
pub enum Claim {
    /// The caller may work: nobody else is at it. The time is when the key was first used.
    Yours(Ts),
    /// Another request with this key is being worked.
    InFlight,
    /// The key was used with another body.
    OtherRequest,
    /// The answer that was given.
    Answered(Answer),
}

/// An answer as it was given.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: Option<String>,
    /// The address of what was made.
    pub location: Option<String>,
    /// The entity tag of what was answered.
    pub etag: Option<String>,
    /// The body.
    pub body: String,
}

type Row = (String, Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>, Time, Time);

/// Claims a key until `locked_until`, or says what it stands for already.
///
/// # Errors
/// When the store cannot answer.
pub async fn claim(
    tx: &mut Tx,
    workspace: WorkspaceId,
    key_hash: &str,
    request_hash: &str,
    now: Ts,
    locked_until: Ts,
) -> Result<Claim, StoreError> {
    let made = on_tx!(tx, conn => sqlx::query(
        "insert into idempotency (workspace_id, key_hash, request_hash, locked_until, created_at) values ($1, $2, $3, $4, $5)
         on conflict (workspace_id, key_hash) do nothing",
    )
    .bind(Text(workspace))
    .bind(key_hash)
    .bind(request_hash)
    .bind(Time(locked_until))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if made == 1 {
        return Ok(Claim::Yours(now));
    }
    let row: Option<Row> = on_tx!(tx, conn => sqlx::query_as(
        "select request_hash, status, content_type, location, etag, body, locked_until, created_at from idempotency
         where workspace_id = $1 and key_hash = $2",
    )
    .bind(Text(workspace))
    .bind(key_hash)
    .fetch_optional(conn)
    .await)?;
    let Some((stored_hash, status, content_type, location, etag, body, locked, created_at)) = row else {
        return Ok(Claim::InFlight);
    };
    if stored_hash != request_hash {
        return Ok(Claim::OtherRequest);
    }
    if let Some(status) = status {
        let status = u16::try_from(status).unwrap_or(500);
        return Ok(Claim::Answered(Answer { status, content_type, location, etag, body: body.unwrap_or_default() }));
    }
    if locked.0 > now {
        return Ok(Claim::InFlight);
    }
    // Whoever claimed it is gone. The same ids are made again from the time of the first claim, so working it twice is safe.
    let taken = on_tx!(tx, conn => sqlx::query(
        "update idempotency set locked_until = $3 where workspace_id = $1 and key_hash = $2 and locked_until = $4 and status is null",
    )
    .bind(Text(workspace))
    .bind(key_hash)
    .bind(Time(locked_until))
    .bind(locked)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(if taken == 1 { Claim::Yours(created_at.0) } else { Claim::InFlight })
}

/// Keeps the answer.
///
/// # Errors
/// When the store cannot.
pub async fn keep(tx: &mut Tx, workspace: WorkspaceId, key_hash: &str, answer: &Answer) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update idempotency set status = $3, content_type = $4, location = $5, etag = $6, body = $7 where workspace_id = $1 and key_hash = $2",
    )
    .bind(Text(workspace))
    .bind(key_hash)
    .bind(i64::from(answer.status))
    .bind(answer.content_type.as_deref())
    .bind(answer.location.as_deref())
    .bind(answer.etag.as_deref())
    .bind(&answer.body)
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Gives a key back that changed nothing: the next request with it is worked afresh.
///
/// # Errors
/// When the store cannot.
pub async fn release(tx: &mut Tx, workspace: WorkspaceId, key_hash: &str) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query("delete from idempotency where workspace_id = $1 and key_hash = $2 and status is null")
        .bind(Text(workspace))
        .bind(key_hash)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Forgets the answers older than `before`.
///
/// # Errors
/// When the store cannot.
pub async fn forget_before(tx: &mut Tx, workspace: WorkspaceId, before: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query("delete from idempotency where workspace_id = $1 and created_at < $2")
        .bind(Text(workspace))
        .bind(Time(before))
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}
