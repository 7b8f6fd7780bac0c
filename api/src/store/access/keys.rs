//! API keys, of which only a digest is kept.

use caseyos_shared::model::{KeyId, Scope, Ts, UserId, WorkspaceId};

use super::super::db::{Db, on_read};
use super::super::error::StoreError;
use super::super::row::{Json, Text, Time};
use super::super::tx::{Tx, on_tx};

/// An API key as lists show it: never the secret.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// Whose it is.
    pub person: UserId,
    /// What its owner calls it.
    pub name: String,
    /// How it begins and ends, to recognise it by.
    pub prefix: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Ts,
    /// When it was last used, to the minute.
    pub used_at: Option<Ts>,
    /// When it was revoked.
    pub revoked_at: Option<Ts>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: Text<KeyId>,
    person_id: Text<UserId>,
    name: String,
    prefix: String,
    scopes: Json<Vec<Scope>>,
    created_at: Time,
    used_at: Option<Time>,
    revoked_at: Option<Time>,
}

impl From<KeyRow> for ApiKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id.0,
            person: row.person_id.0,
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes.0,
            created_at: row.created_at.0,
            used_at: row.used_at.map(|time| time.0),
            revoked_at: row.revoked_at.map(|time| time.0),
        }
    }
}

/// Adds an API key.
pub async fn add_key(tx: &mut Tx, workspace: WorkspaceId, key: &ApiKey, token_hash: &str) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into api_key (workspace_id, id, person_id, name, prefix, token_hash, scopes, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(Text(workspace))
    .bind(Text(key.id))
    .bind(Text(key.person))
    .bind(&key.name)
    .bind(&key.prefix)
    .bind(token_hash)
    .bind(Json(&key.scopes))
    .bind(Time(key.created_at))
    .execute(conn)
    .await
    .map(drop))?;
    tx.callers_touched();
    Ok(())
}

/// The API keys of a workspace, newest first, older than `before`; of one person only where asked.
///
/// # Errors
/// When the store cannot answer.
pub async fn keys(
    db: &Db,
    workspace: WorkspaceId,
    person: Option<UserId>,
    before: Option<KeyId>,
    limit: i64,
) -> Result<Vec<ApiKey>, StoreError> {
    // Ids sort by the time they were made.
    let rows: Vec<KeyRow> = on_read!(db, pool => sqlx::query_as(
        "select id, person_id, name, prefix, scopes, created_at, used_at, revoked_at from api_key
         where workspace_id = $1 and ($2 = '' or person_id = $2) and ($3 = '' or id < $3) order by id desc limit $4",
    )
    .bind(Text(workspace))
    .bind(person.map(|id| id.to_string()).unwrap_or_default())
    .bind(before.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// One API key; `person` limits it to that person's own.
///
/// # Errors
/// When the store cannot answer.
pub async fn key(
    db: &Db,
    workspace: WorkspaceId,
    id: KeyId,
    person: Option<UserId>,
) -> Result<Option<ApiKey>, StoreError> {
    let row: Option<KeyRow> = on_read!(db, pool => sqlx::query_as(
        "select id, person_id, name, prefix, scopes, created_at, used_at, revoked_at from api_key
         where workspace_id = $1 and id = $2 and ($3 = '' or person_id = $3)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(person.map(|id| id.to_string()).unwrap_or_default())
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(ApiKey::from))
}

/// Revokes a key; `person` limits it to that person's own. Answers whether there was one to revoke.
pub async fn revoke_key(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: KeyId,
    person: Option<UserId>,
    now: Ts,
) -> Result<bool, StoreError> {
    let revoked = on_tx!(tx, conn => sqlx::query(
        "update api_key set revoked_at = coalesce(revoked_at, $4)
         where workspace_id = $1 and id = $2 and ($3 = '' or person_id = $3)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(person.map(|id| id.to_string()).unwrap_or_default())
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.callers_touched();
    Ok(revoked > 0)
}

/// Remembers that a key is in use; called about once a minute per key.
pub async fn key_used(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, now: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update api_key set used_at = $3 where workspace_id = $1 and id = $2 and (used_at is null or used_at <= $3)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}
