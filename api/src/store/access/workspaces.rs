//! Workspaces: their names, time zones and settings.

use caseyos_shared::model::{Settings, Ts, WorkspaceId};

use super::super::db::{Db, on_read};
use super::super::error::StoreError;
use super::super::row::{Json, Text, Time};
use super::super::tx::{Tx, on_tx};

/// A tenant as it is stored.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// What an admin set.
    pub settings: Settings,
    /// Goes up with every change of the settings.
    pub version: i64,
    /// When it was made.
    pub created_at: Ts,
    /// When its name, zone or settings last changed.
    pub updated_at: Ts,
}

#[derive(sqlx::FromRow)]
struct WorkspaceRow {
    id: Text<WorkspaceId>,
    name: String,
    time_zone: String,
    settings: Json<Settings>,
    version: i64,
    created_at: Time,
    updated_at: Time,
}

impl From<WorkspaceRow> for Workspace {
    fn from(row: WorkspaceRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            time_zone: row.time_zone,
            settings: row.settings.0,
            version: row.version,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

/// Makes a workspace.
pub async fn add_workspace(
    tx: &mut Tx,
    id: WorkspaceId,
    name: &str,
    time_zone: &str,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into workspace (id, name, time_zone, settings, version, event_seq, created_at, updated_at)
         values ($1, $2, $3, $4, 1, 0, $5, $5)",
    )
    .bind(Text(id))
    .bind(name)
    .bind(time_zone)
    .bind(Json(Settings::default()))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    tx.callers_touched();
    Ok(())
}

/// Every workspace, oldest first.
pub async fn workspaces(db: &Db) -> Result<Vec<Workspace>, StoreError> {
    let rows: Vec<WorkspaceRow> = on_read!(db, pool => sqlx::query_as(
        "select id, name, time_zone, settings, version, created_at, updated_at from workspace order by created_at, id",
    )
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Workspace::from).collect())
}

/// One workspace.
pub async fn workspace(db: &Db, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
    let row: Option<WorkspaceRow> = on_read!(db, pool => sqlx::query_as(
        "select id, name, time_zone, settings, version, created_at, updated_at from workspace where id = $1",
    )
    .bind(Text(id))
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(Workspace::from))
}

/// Stores a workspace's name, zone and settings if nobody else changed them since `version`.
///
/// # Errors
/// [`StoreError::Stale`] when somebody did.
pub async fn save_workspace(
    tx: &mut Tx,
    id: WorkspaceId,
    version: i64,
    name: &str,
    time_zone: &str,
    settings: &Settings,
    now: Ts,
) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update workspace set name = $3, time_zone = $4, settings = $5, version = version + 1, updated_at = $6
         where id = $1 and version = $2",
    )
    .bind(Text(id))
    .bind(version)
    .bind(name)
    .bind(time_zone)
    .bind(Json(settings))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.callers_touched();
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Makes everybody else who wants to hold this workspace wait until the transaction ends: for rules over many rows, such as
/// "there is always an admin". SQLite's one writer needs no more than that it is a write.
///
/// # Errors
/// [`StoreError::Stale`] when there is no such workspace.
pub async fn hold_workspace(tx: &mut Tx, id: WorkspaceId) -> Result<(), StoreError> {
    let held = on_tx!(tx, conn => sqlx::query("update workspace set version = version where id = $1")
        .bind(Text(id))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if held == 1 { Ok(()) } else { Err(StoreError::Stale) }
}
