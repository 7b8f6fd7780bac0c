//! Sessions: a browser that somebody signed in with.

use caseyos_shared::model::{SessionId, Ts, UserId, WorkspaceId};

use super::super::db::{Db, on_read};
use super::super::error::StoreError;
use super::super::row::{Text, Time};
use super::super::tx::{Tx, on_tx};

/// A session as lists show it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub person: UserId,
    /// The browser, as it called itself.
    pub agent: String,
    /// When it began.
    pub created_at: Ts,
    /// When it was last used, to the minute.
    pub seen_at: Ts,
    /// When it ends at the latest.
    pub expires_at: Ts,
}

/// A session that begins.
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// The digest of its token.
    pub token_hash: &'a str,
    /// Who signed in.
    pub person: UserId,
    /// The secret of its forms.
    pub csrf: &'a str,
    /// The browser, as it calls itself.
    pub agent: &'a str,
    /// When it ends at the latest.
    pub expires_at: Ts,
}

/// Begins a session.
pub async fn add_session(
    tx: &mut Tx,
    workspace: WorkspaceId,
    session: &NewSession<'_>,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into session (workspace_id, id, token_hash, person_id, csrf, agent, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
    )
    .bind(Text(workspace))
    .bind(Text(session.id))
    .bind(session.token_hash)
    .bind(Text(session.person))
    .bind(session.csrf)
    .bind(session.agent)
    .bind(Time(now))
    .bind(Time(session.expires_at))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

type SessionRow = (Text<SessionId>, Text<UserId>, String, Time, Time, Time);

/// The sessions of a person that have not ended, newest first.
pub async fn sessions(db: &Db, workspace: WorkspaceId, person: UserId, now: Ts) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<SessionRow> = on_read!(db, pool => sqlx::query_as(
        "select id, person_id, agent, created_at, seen_at, expires_at from session
         where workspace_id = $1 and person_id = $2 and expires_at > $3 order by created_at desc limit 100",
    )
    .bind(Text(workspace))
    .bind(Text(person))
    .bind(Time(now))
    .fetch_all(pool)
    .await)?;
    Ok(rows
        .into_iter()
        .map(|(id, person, agent, created_at, seen_at, expires_at)| Session {
            id: id.0,
            person: person.0,
            agent,
            created_at: created_at.0,
            seen_at: seen_at.0,
            expires_at: expires_at.0,
        })
        .collect())
}

/// Ends one session of a person. Answers whether there was one.
///
/// # Errors
/// When the store cannot.
pub async fn end_session(
    tx: &mut Tx,
    workspace: WorkspaceId,
    person: UserId,
    id: SessionId,
) -> Result<bool, StoreError> {
    let ended = on_tx!(tx, conn => sqlx::query(
        "delete from session where workspace_id = $1 and person_id = $2 and id = $3",
    )
    .bind(Text(workspace))
    .bind(Text(person))
    .bind(Text(id))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.callers_touched();
    Ok(ended > 0)
}

/// Ends every session of a person, but for one where `keep` says so.
pub async fn end_sessions(
    tx: &mut Tx,
    workspace: WorkspaceId,
    person: UserId,
    keep: Option<SessionId>,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query("delete from session where workspace_id = $1 and person_id = $2 and id <> $3")
        .bind(Text(workspace))
        .bind(Text(person))
        .bind(keep.map(|id| id.to_string()).unwrap_or_default())
        .execute(conn)
        .await
        .map(drop))?;
    tx.callers_touched();
    Ok(())
}

/// Forgets the sessions of a workspace that have ended.
pub async fn forget_ended_sessions(tx: &mut Tx, workspace: WorkspaceId, now: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query("delete from session where workspace_id = $1 and expires_at < $2")
        .bind(Text(workspace))
        .bind(Time(now))
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Remembers that a session is in use and moves its end; called about once a minute per session. Of two that overtake each other
/// the later use stands.
pub async fn session_seen(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: SessionId,
    now: Ts,
    expires_at: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update session set seen_at = $3, expires_at = $4 where workspace_id = $1 and id = $2 and seen_at <= $3",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(Time(now))
    .bind(Time(expires_at))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}
