//! Public forms and the addresses of webhooks: where strangers knock, and what each knock leads to.

use caseyos_shared::model::{FormId, HookId, Ts, UserId, UserRef, WorkspaceId};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::moves::After;
use super::row::{Text, Time};
use super::tx::{Tx, on_tx};

/// A public form.
#[derive(Debug, Clone)]
pub struct Form {
    /// Its id.
    pub id: FormId,
    /// What it is called.
    pub name: String,
    /// The key in its address.
    pub form_key: String,
    /// The kind of the signals it makes.
    pub kind: String,
    /// Where a browser is sent afterwards.
    pub redirect_url: Option<String>,
    /// Whose the moves are that it leads to.
    pub assignee: Option<UserRef>,
    /// When it was made.
    pub created_at: Ts,
    /// Since when it takes nothing.
    pub disabled_at: Option<Ts>,
}

#[derive(sqlx::FromRow)]
struct FormRow {
    id: Text<FormId>,
    name: String,
    form_key: String,
    kind: String,
    redirect_url: Option<String>,
    assignee_id: Option<Text<UserId>>,
    assignee_name: Option<String>,
    created_at: Time,
    disabled_at: Option<Time>,
}

impl From<FormRow> for Form {
    fn from(row: FormRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            form_key: row.form_key,
            kind: row.kind,
            redirect_url: row.redirect_url,
            assignee: row.assignee_id.map(|id| UserRef { id: id.0, name: row.assignee_name.unwrap_or_default() }),
            created_at: row.created_at.0,
            disabled_at: row.disabled_at.map(|time| time.0),
        }
    }
}

macro_rules! select_forms {
    ($rest:literal) => {
        concat!(
            "select f.id, f.name, f.form_key, f.kind, f.redirect_url, f.assignee_id, p.name as assignee_name, f.created_at, f.disabled_at
             from form f left join person p on p.workspace_id = f.workspace_id and p.id = f.assignee_id ",
            $rest
        )
    };
}

/// Adds a form.
///
/// # Errors
/// [`StoreError::Taken`] when one with this id or key is there.
pub async fn add_form(tx: &mut Tx, workspace: WorkspaceId, form: &Form) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into form (workspace_id, id, name, form_key, kind, redirect_url, assignee_id, created_at, disabled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(Text(workspace))
    .bind(Text(form.id))
    .bind(&form.name)
    .bind(&form.form_key)
    .bind(&form.kind)
    .bind(form.redirect_url.as_deref())
    .bind(form.assignee.as_ref().map(|person| Text(person.id)))
    .bind(Time(form.created_at))
    .bind(form.disabled_at.map(Time))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Writes what may change of a form.
///
/// # Errors
/// When the store cannot.
pub async fn save_form(tx: &mut Tx, workspace: WorkspaceId, form: &Form) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update form set name = $3, kind = $4, redirect_url = $5, assignee_id = $6, disabled_at = $7
         where workspace_id = $1 and id = $2",
    )
    .bind(Text(workspace))
    .bind(Text(form.id))
    .bind(&form.name)
    .bind(&form.kind)
    .bind(form.redirect_url.as_deref())
    .bind(form.assignee.as_ref().map(|person| Text(person.id)))
    .bind(form.disabled_at.map(Time))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Deletes a form; its signals stay. Answers whether there was one.
///
/// # Errors
/// When the store cannot.
pub async fn delete_form(tx: &mut Tx, workspace: WorkspaceId, id: FormId) -> Result<bool, StoreError> {
    let deleted = on_tx!(tx, conn => sqlx::query("delete from form where workspace_id = $1 and id = $2")
        .bind(Text(workspace))
        .bind(Text(id))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted == 1)
}

/// One form.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_form(db: &Db, workspace: WorkspaceId, id: FormId) -> Result<Option<Form>, StoreError> {
    let row: Option<FormRow> = on_read!(db, pool => sqlx::query_as(select_forms!("where f.workspace_id = $1 and f.id = $2"))
        .bind(Text(workspace))
        .bind(Text(id))
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(Form::from))
}

/// The form with this key in its address.
///
/// # Errors
/// When the store cannot answer.
pub async fn form_by_key(db: &Db, workspace: WorkspaceId, key: &str) -> Result<Option<Form>, StoreError> {
    let row: Option<FormRow> = on_read!(db, pool => sqlx::query_as(select_forms!("where f.workspace_id = $1 and f.form_key = $2"))
            .bind(Text(workspace))
            .bind(key)
            .fetch_optional(pool)
            .await)?;
    Ok(row.map(Form::from))
}

/// A page of the forms, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_forms(db: &Db, workspace: WorkspaceId, after: &After, limit: i64) -> Result<Vec<Form>, StoreError> {
    let (at, id) = beginning(after);
    let rows: Vec<FormRow> = on_read!(db, pool => sqlx::query_as(select_forms!(
        "where f.workspace_id = $1 and (f.created_at < $2 or (f.created_at = $2 and f.id < $3))
         order by f.created_at desc, f.id desc limit $4"
    ))
    .bind(Text(workspace))
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Form::from).collect())
}

/// Where a page begins, as a moment and an id below which its rows are: after every row when nothing was said.
pub(super) fn beginning(after: &After) -> (i64, String) {
    after.as_ref().map_or((i64::MAX, String::new()), |(at, id)| (at.millis(), id.clone()))
}

/// An address for webhooks.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its id.
    pub id: HookId,
    /// Which provider's rules hold there.
    pub provider: String,
    /// What it is called.
    pub name: String,
    /// The key in its address.
    pub hook_key: String,
    /// Its secret, sealed by the vault.
    pub secret: String,
    /// When it was made.
    pub created_at: Ts,
    /// Since when it takes nothing.
    pub disabled_at: Option<Ts>,
}

#[derive(sqlx::FromRow)]
struct HookRow {
    id: Text<HookId>,
    provider: String,
    name: String,
    hook_key: String,
    secret: String,
    created_at: Time,
    disabled_at: Option<Time>,
}

impl From<HookRow> for Hook {
    fn from(row: HookRow) -> Self {
        Self {
            id: row.id.0,
            provider: row.provider,
            name: row.name,
            hook_key: row.hook_key,
            secret: row.secret,
            created_at: row.created_at.0,
            disabled_at: row.disabled_at.map(|time| time.0),
        }
    }
}

macro_rules! select_hooks {
    ($rest:literal) => {
        concat!("select id, provider, name, hook_key, secret, created_at, disabled_at from hook ", $rest)
    };
}

/// Adds an address for webhooks.
///
/// # Errors
/// [`StoreError::Taken`] when one with this id or key is there.
pub async fn add_hook(tx: &mut Tx, workspace: WorkspaceId, hook: &Hook) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into hook (workspace_id, id, provider, name, hook_key, secret, created_at, disabled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(Text(workspace))
    .bind(Text(hook.id))
    .bind(&hook.provider)
    .bind(&hook.name)
    .bind(&hook.hook_key)
    .bind(&hook.secret)
    .bind(Time(hook.created_at))
    .bind(hook.disabled_at.map(Time))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Writes what may change of an address for webhooks.
///
/// # Errors
/// When the store cannot.
pub async fn save_hook(tx: &mut Tx, workspace: WorkspaceId, hook: &Hook) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query("update hook set name = $3, disabled_at = $4 where workspace_id = $1 and id = $2")
        .bind(Text(workspace))
        .bind(Text(hook.id))
        .bind(&hook.name)
        .bind(hook.disabled_at.map(Time))
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Deletes an address for webhooks; its signals stay. Answers whether there was one.
///
/// # Errors
/// When the store cannot.
pub async fn delete_hook(tx: &mut Tx, workspace: WorkspaceId, id: HookId) -> Result<bool, StoreError> {
    let deleted = on_tx!(tx, conn => sqlx::query("delete from hook where workspace_id = $1 and id = $2")
        .bind(Text(workspace))
        .bind(Text(id))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted == 1)
}

/// One address for webhooks.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_hook(db: &Db, workspace: WorkspaceId, id: HookId) -> Result<Option<Hook>, StoreError> {
    let row: Option<HookRow> = on_read!(db, pool => sqlx::query_as(select_hooks!("where workspace_id = $1 and id = $2"))
        .bind(Text(workspace))
        .bind(Text(id))
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(Hook::from))
}

/// The address with this key.
///
/// # Errors
/// When the store cannot answer.
pub async fn hook_by_key(
    db: &Db,
    workspace: WorkspaceId,
    provider: &str,
    key: &str,
) -> Result<Option<Hook>, StoreError> {
    let row: Option<HookRow> = on_read!(db, pool => sqlx::query_as(
        select_hooks!("where workspace_id = $1 and provider = $2 and hook_key = $3"),
    )
    .bind(Text(workspace))
    .bind(provider)
    .bind(key)
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(Hook::from))
}

/// A page of the addresses for webhooks, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_hooks(db: &Db, workspace: WorkspaceId, after: &After, limit: i64) -> Result<Vec<Hook>, StoreError> {
    let (at, id) = beginning(after);
    let rows: Vec<HookRow> = on_read!(db, pool => sqlx::query_as(select_hooks!(
        "where workspace_id = $1 and (created_at < $2 or (created_at = $2 and id < $3))
         order by created_at desc, id desc limit $4"
    ))
    .bind(Text(workspace))
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Hook::from).collect())
}
