//! People, and how they prove who they are.

use caseyos_shared::aps::Weights;
use caseyos_shared::model::{Role, Ts, UserId, WorkspaceId};

use super::super::db::{Db, on_read};
use super::super::error::StoreError;
use super::super::row::{Json, Text, Time};
use super::super::tx::{Conn, Tx, on_tx};

/// A person of a workspace as stored.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its id.
    pub id: UserId,
    /// The e-mail address, in lower case.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The person's own weights, where they differ from the workspace's.
    pub weights: Option<Weights>,
    /// Until when the person is on leave.
    pub absent_until: Option<Ts>,
    /// Since when the person may not sign in any more.
    pub disabled_at: Option<Ts>,
    /// When the person was added.
    pub created_at: Ts,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: Text<UserId>,
    email: String,
    name: String,
    role: Text<Role>,
    weights: Option<Json<Weights>>,
    absent_until: Option<Time>,
    disabled_at: Option<Time>,
    created_at: Time,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id.0,
            email: row.email,
            name: row.name,
            role: row.role.0,
            weights: row.weights.map(|weights| weights.0),
            absent_until: row.absent_until.map(|time| time.0),
            disabled_at: row.disabled_at.map(|time| time.0),
            created_at: row.created_at.0,
        }
    }
}

const PERSON: &str = "select id, email, name, role, weights, absent_until, disabled_at, created_at from person";

/// Adds a person.
///
/// # Errors
/// [`StoreError::Taken`] when the workspace has somebody with this e-mail address.
pub async fn add_person(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: UserId,
    email: &str,
    name: &str,
    role: Role,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into person (workspace_id, id, email, name, role, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(email)
    .bind(name)
    .bind(Text(role))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    tx.callers_touched();
    Ok(())
}

/// The people of a workspace, by name.
pub async fn people(db: &Db, workspace: WorkspaceId) -> Result<Vec<Person>, StoreError> {
    let rows: Vec<PersonRow> = on_read!(db, pool => sqlx::query_as(
        sqlx::AssertSqlSafe(format!("{PERSON} where workspace_id = $1 order by name, id")),
    )
    .bind(Text(workspace))
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Person::from).collect())
}

/// One person.
pub async fn person(db: &Db, workspace: WorkspaceId, id: UserId) -> Result<Option<Person>, StoreError> {
    let row: Option<PersonRow> = on_read!(db, pool => sqlx::query_as(
        sqlx::AssertSqlSafe(format!("{PERSON} where workspace_id = $1 and id = $2")),
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(Person::from))
}

/// Whether anybody at all can sign in; while nobody can, the set-up page is open to who has its link.
pub async fn somebody_exists(db: &Db) -> Result<bool, StoreError> {
    let count: i64 = on_read!(db, pool => sqlx::query_scalar("select count(*) from (select 1 from person limit 1) as one")
        .fetch_one(pool)
        .await)?;
    Ok(count > 0)
}

/// Changes what an admin may change of a person.
///
/// # Errors
/// [`StoreError::Stale`] when there is no such person.
pub async fn save_person(tx: &mut Tx, workspace: WorkspaceId, person: &Person, now: Ts) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update person set name = $3, role = $4, weights = $5, absent_until = $6, disabled_at = $7, updated_at = $8
         where workspace_id = $1 and id = $2",
    )
    .bind(Text(workspace))
    .bind(Text(person.id))
    .bind(&person.name)
    .bind(Text(person.role))
    .bind(person.weights.as_ref().map(Json))
    .bind(person.absent_until.map(Time))
    .bind(person.disabled_at.map(Time))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.callers_touched();
    tx.queue_touched(workspace);
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// How many admins of a workspace can sign in: the last one cannot be taken away.
pub async fn count_admins(tx: &mut Tx, workspace: WorkspaceId) -> Result<i64, StoreError> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "select count(*) from person where workspace_id = $1 and role = 'admin' and disabled_at is null",
    )
    .bind(Text(workspace))
    .fetch_one(conn)
    .await)?)
}

/// The provider word of an identity that is a password.
pub const PASSWORD: &str = "password";

/// Sets how a person proves who they are; for a password the subject is the e-mail address and the secret its hash.
pub async fn set_identity(
    tx: &mut Tx,
    workspace: WorkspaceId,
    person: UserId,
    provider: &str,
    subject: &str,
    secret: Option<&str>,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into identity (workspace_id, provider, subject, person_id, secret, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (workspace_id, provider, subject) do update set secret = excluded.secret, updated_at = excluded.updated_at",
    )
    .bind(Text(workspace))
    .bind(provider)
    .bind(subject)
    .bind(Text(person))
    .bind(secret)
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Who may claim to be `subject`: the people of every workspace with that identity, and the secret to check.
pub async fn identities(
    db: &Db,
    provider: &str,
    subject: &str,
) -> Result<Vec<(WorkspaceId, UserId, Option<String>)>, StoreError> {
    let rows: Vec<(Text<WorkspaceId>, Text<UserId>, Option<String>)> = on_read!(db, pool => sqlx::query_as(
        "select i.workspace_id, i.person_id, i.secret
         from workspace w
         join identity i on i.workspace_id = w.id and i.provider = $1 and i.subject = $2
         join person p on p.workspace_id = i.workspace_id and p.id = i.person_id
         where p.disabled_at is null
         order by w.created_at, w.id",
    )
    .bind(provider)
    .bind(subject)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(|(workspace, person, secret)| (workspace.0, person.0, secret)).collect())
}

/// One person, inside a transaction that is going to change them.
///
/// # Errors
/// When the store cannot answer.
pub async fn person_to_change(tx: &mut Tx, workspace: WorkspaceId, id: UserId) -> Result<Option<Person>, StoreError> {
    let row: Option<PersonRow> = on_tx!(tx, conn => sqlx::query_as(
        sqlx::AssertSqlSafe(format!("{PERSON} where workspace_id = $1 and id = $2")),
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .fetch_optional(conn)
    .await)?;
    Ok(row.map(Person::from))
}

/// The lock that stands for "I make the first person" on PostgreSQL.
const FIRST_PERSON_LOCK: i64 = 0x0ca5_e706;

/// Whether there is still nobody; until the transaction ends nobody else can be the first.
///
/// # Errors
/// When the store cannot answer.
pub async fn nobody_exists_yet(tx: &mut Tx) -> Result<bool, StoreError> {
    if let Conn::Postgres(conn) = &mut tx.conn {
        sqlx::query("select pg_advisory_xact_lock($1)").bind(FIRST_PERSON_LOCK).execute(&mut **conn).await?;
    }
    let count: i64 = on_tx!(tx, conn => sqlx::query_scalar("select count(*) from (select 1 from person limit 1) as one")
        .fetch_one(conn)
        .await)?;
    Ok(count == 0)
}
