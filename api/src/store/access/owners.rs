//! Who stands behind a token: one read for everything that a request needs to know of its caller.

use caseyos_shared::model::{KeyId, Role, Scope, SessionId, Settings, Ts, UserId, WorkspaceId};

use super::super::db::{Db, on_read};
use super::super::error::StoreError;
use super::super::row::{Json, Text, Time};

/// Who stands behind a token: everything that a request needs to know of its caller.
#[derive(Debug, Clone)]
pub struct TokenOwner {
    /// The person's workspace.
    pub workspace: WorkspaceId,
    /// The person.
    pub person: UserId,
    /// The person's name.
    pub name: String,
    /// The person's role.
    pub role: Role,
    /// The workspace's settings.
    pub settings: Settings,
    /// The workspace's time zone.
    pub time_zone: String,
    /// What the token is.
    pub token: TokenKind,
}

/// What sort of token it is.
#[derive(Debug, Clone)]
pub enum TokenKind {
    /// An API key.
    Key {
        /// Its id.
        id: KeyId,
        /// What it may be used for.
        scopes: Vec<Scope>,
    },
    /// A browser's session.
    Session {
        /// Its id.
        id: SessionId,
        /// The secret of its forms.
        csrf: String,
        /// When it began.
        created_at: Ts,
    },
}

type KeyOwnerRow = (Text<KeyId>, Text<UserId>, String, Text<Role>, Json<Vec<Scope>>, Json<Settings>, String);

/// The owner of an API key that is neither revoked nor its person's access disabled.
pub async fn key_owner(db: &Db, workspace: WorkspaceId, token_hash: &str) -> Result<Option<TokenOwner>, StoreError> {
    let row: Option<KeyOwnerRow> = on_read!(db, pool => sqlx::query_as(
        "select k.id, p.id, p.name, p.role, k.scopes, w.settings, w.time_zone
         from api_key k
         join person p on p.workspace_id = k.workspace_id and p.id = k.person_id
         join workspace w on w.id = k.workspace_id
         where k.workspace_id = $1 and k.token_hash = $2 and k.revoked_at is null and p.disabled_at is null",
    )
    .bind(Text(workspace))
    .bind(token_hash)
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(|(id, person, name, role, scopes, settings, time_zone)| TokenOwner {
        workspace,
        person: person.0,
        name,
        role: role.0,
        settings: settings.0,
        time_zone,
        token: TokenKind::Key { id: id.0, scopes: scopes.0 },
    }))
}

type SessionOwnerRow = (Text<SessionId>, Text<UserId>, String, Text<Role>, String, Time, Json<Settings>, String);

/// The owner of a session that has not ended.
pub async fn session_owner(
    db: &Db,
    workspace: WorkspaceId,
    token_hash: &str,
    now: Ts,
) -> Result<Option<TokenOwner>, StoreError> {
    let row: Option<SessionOwnerRow> = on_read!(db, pool => sqlx::query_as(
        "select s.id, p.id, p.name, p.role, s.csrf, s.created_at, w.settings, w.time_zone
         from session s
         join person p on p.workspace_id = s.workspace_id and p.id = s.person_id
         join workspace w on w.id = s.workspace_id
         where s.workspace_id = $1 and s.token_hash = $2 and s.expires_at > $3 and p.disabled_at is null",
    )
    .bind(Text(workspace))
    .bind(token_hash)
    .bind(Time(now))
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(|(id, person, name, role, csrf, created_at, settings, time_zone)| TokenOwner {
        workspace,
        person: person.0,
        name,
        role: role.0,
        settings: settings.0,
        time_zone,
        token: TokenKind::Session { id: id.0, csrf, created_at: created_at.0 },
    }))
}
