//! Companies: found by domain, name and id in bulk, listed, made, edited.

use std::collections::{BTreeMap, HashMap};

use caseyos_shared::model::{Company, CompanyId, CompanyRef, Ts, WorkspaceId};
use sqlx::QueryBuilder;

use super::db::{Db, on_read};
use super::error::StoreError;
use super::list::{push_page, push_text, push_texts};
use super::moves::After;
use super::row::{Json, Text, Time};
use super::tx::{Tx, on_tx};

/// A company as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCompany {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its domain in lower case.
    pub domain: Option<String>,
    /// Everything else that sources said.
    pub attributes: BTreeMap<String, String>,
    /// When the record was made.
    pub created_at: Ts,
    /// When the record last changed; goes up with every edit.
    pub updated_at: Ts,
}

impl StoredCompany {
    /// The company as surfaces get it.
    #[must_use]
    pub fn on_the_wire(self) -> Company {
        Company {
            id: self.id,
            name: self.name,
            domain: self.domain,
            attributes: self.attributes,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// Its id and name.
    #[must_use]
    pub fn as_ref(&self) -> CompanyRef {
        CompanyRef { id: self.id, name: self.name.clone() }
    }
}

/// A company that is about to be made.
#[derive(Debug, Clone)]
pub struct NewCompany {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its domain, in any case.
    pub domain: Option<String>,
    /// Everything else.
    pub attributes: BTreeMap<String, String>,
}

#[derive(sqlx::FromRow)]
struct CompanyRow {
    id: Text<CompanyId>,
    name: String,
    domain: Option<String>,
    attributes: Json<BTreeMap<String, String>>,
    created_at: Time,
    updated_at: Time,
}

impl From<CompanyRow> for StoredCompany {
    fn from(row: CompanyRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            domain: row.domain,
            attributes: row.attributes.0,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

/// The columns of a [`StoredCompany`].
macro_rules! select_companies {
    ($($rest:literal)?) => {
        concat!("select o.id, o.name, o.domain, o.attributes, o.created_at, o.updated_at from company o where o.workspace_id = ", $($rest)?)
    };
}

/// One company.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_company(db: &Db, workspace: WorkspaceId, id: CompanyId) -> Result<Option<StoredCompany>, StoreError> {
    let row: Option<CompanyRow> = on_read!(db, pool => sqlx::query_as(select_companies!("$1 and o.id = $2"))
        .bind(Text(workspace))
        .bind(Text(id))
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(StoredCompany::from))
}

/// Which column companies are looked up by.
#[derive(Debug, Clone, Copy)]
enum By {
    Domain,
    Name,
}

async fn companies_by(
    db: &Db,
    workspace: WorkspaceId,
    by: By,
    texts: impl Iterator<Item = String>,
) -> Result<Vec<StoredCompany>, StoreError> {
    let texts: Vec<String> = texts.collect();
    let mut found = Vec::with_capacity(texts.len());
    for some in texts.chunks(super::CHUNK) {
        let rows: Vec<CompanyRow> = on_read!(db, pool => {
            let mut query = QueryBuilder::new(select_companies!());
            query.push_bind(workspace.to_string()).push(match by {
                By::Domain => " and o.domain in (",
                By::Name => " and o.name in (",
            });
            push_texts(&mut query, some.iter().cloned());
            query.push(" order by o.created_at desc, o.id desc");
            query.build_query_as().persistent(some.len() == super::CHUNK).fetch_all(pool).await
        })?;
        found.extend(rows.into_iter().map(StoredCompany::from));
    }
    Ok(found)
}

/// The companies with these domains, by domain in lower case.
///
/// # Errors
/// When the store cannot answer.
pub async fn companies_by_domain(
    db: &Db,
    workspace: WorkspaceId,
    domains: &[String],
) -> Result<HashMap<String, StoredCompany>, StoreError> {
    let found = companies_by(db, workspace, By::Domain, domains.iter().map(|domain| domain.to_lowercase())).await?;
    Ok(found.into_iter().filter_map(|company| Some((company.domain.clone()?, company))).collect())
}

/// The companies with exactly these names, the oldest where several share one.
///
/// # Errors
/// When the store cannot answer.
pub async fn companies_by_name(
    db: &Db,
    workspace: WorkspaceId,
    names: &[String],
) -> Result<HashMap<String, StoredCompany>, StoreError> {
    let found = companies_by(db, workspace, By::Name, names.iter().cloned()).await?;
    // Newest first: the oldest is put in last and stays.
    Ok(found.into_iter().map(|company| (company.name.clone(), company)).collect())
}

/// Inside a transaction: which of these domains are known, and whose they are. After [`add_companies`] it names the company
/// of each domain, whoever made it.
///
/// # Errors
/// When the store cannot answer.
pub async fn refs_by_domain(
    tx: &mut Tx,
    workspace: WorkspaceId,
    domains: &[String],
) -> Result<HashMap<String, CompanyRef>, StoreError> {
    let mut found = HashMap::with_capacity(domains.len());
    for some in domains.chunks(super::CHUNK) {
        let rows: Vec<(String, Text<CompanyId>, String)> = on_tx!(tx, conn => {
            let mut query = QueryBuilder::new("select domain, id, name from company where workspace_id = ");
            query.push_bind(workspace.to_string()).push(" and domain in (");
            push_texts(&mut query, some.iter().map(|domain| domain.to_lowercase()));
            query.build_query_as().persistent(some.len() == super::CHUNK).fetch_all(conn).await
        })?;
        found.extend(rows.into_iter().map(|(domain, id, name)| (domain, CompanyRef { id: id.0, name })));
    }
    Ok(found)
}

/// Inside a transaction: the oldest company with exactly this name.
///
/// # Errors
/// When the store cannot answer.
pub async fn ref_by_name(tx: &mut Tx, workspace: WorkspaceId, name: &str) -> Result<Option<CompanyRef>, StoreError> {
    let row: Option<Text<CompanyId>> = on_tx!(tx, conn => sqlx::query_scalar(
        "select id from company where workspace_id = $1 and name = $2 order by created_at, id limit 1",
    )
    .bind(Text(workspace))
    .bind(name)
    .fetch_optional(conn)
    .await)?;
    Ok(row.map(|id| CompanyRef { id: id.0, name: name.to_owned() }))
}

/// Inside a transaction: the company with this domain, else (where no domain is given) with this name, else a new one with this id.
///
/// # Errors
/// When the store cannot.
pub async fn company_for(
    tx: &mut Tx,
    workspace: WorkspaceId,
    name: &str,
    domain: Option<&str>,
    id: CompanyId,
    now: Ts,
) -> Result<CompanyRef, StoreError> {
    let Some(domain) = domain.map(str::to_lowercase) else {
        if let Some(known) = ref_by_name(tx, workspace, name).await? {
            return Ok(known);
        }
        let new = NewCompany { id, name: name.to_owned(), domain: None, attributes: BTreeMap::new() };
        add_company(tx, workspace, &new, now).await?;
        return Ok(CompanyRef { id, name: name.to_owned() });
    };
    let domains = [domain.clone()];
    if let Some(known) = refs_by_domain(tx, workspace, &domains).await?.remove(&domain) {
        return Ok(known);
    }
    let new = NewCompany { id, name: name.to_owned(), domain: Some(domain.clone()), attributes: BTreeMap::new() };
    add_companies(tx, workspace, &[new], now).await?;
    // Ours, or the one that somebody else made in the meantime.
    refs_by_domain(tx, workspace, &domains).await?.remove(&domain).ok_or(StoreError::Busy)
}

/// A page of companies, newest first; `text` is looked for in the name and domain.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_companies(
    db: &Db,
    workspace: WorkspaceId,
    text: Option<&str>,
    after: &After,
    limit: i64,
) -> Result<Vec<StoredCompany>, StoreError> {
    let rows: Vec<CompanyRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(select_companies!());
        query.push_bind(workspace.to_string());
        if let Some(text) = text {
            push_text(&mut query, &["o.name", "coalesce(o.domain, '')"], text);
        }
        push_page(&mut query, "o", after, limit);
        query.build_query_as().persistent(false).fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(StoredCompany::from).collect())
}

/// Makes a company.
///
/// # Errors
/// [`StoreError::Taken`] when there is one with this domain or id.
pub async fn add_company(tx: &mut Tx, workspace: WorkspaceId, new: &NewCompany, now: Ts) -> Result<(), StoreError> {
    let made = add_companies(tx, workspace, std::slice::from_ref(new), now).await?;
    if made.is_empty() { Err(StoreError::Taken) } else { Ok(()) }
}

/// Rows in one insert.
const ROWS: usize = 200;

/// Makes these companies, except those whose domain or id is taken; answers the ids of the ones it made.
///
/// # Errors
/// When the store cannot.
pub async fn add_companies(
    tx: &mut Tx,
    workspace: WorkspaceId,
    new: &[NewCompany],
    now: Ts,
) -> Result<Vec<CompanyId>, StoreError> {
    let mut made = Vec::with_capacity(new.len());
    for some in new.chunks(ROWS) {
        let ids: Vec<Text<CompanyId>> = on_tx!(tx, conn => {
            let mut insert = QueryBuilder::new(
                "insert into company (workspace_id, id, name, domain, attributes, created_at, updated_at) ",
            );
            insert.push_values(some, |mut row, new| {
                row.push_bind(Text(workspace))
                    .push_bind(Text(new.id))
                    .push_bind(new.name.clone())
                    .push_bind(new.domain.as_ref().map(|domain| domain.to_lowercase()))
                    .push_bind(Json(&new.attributes))
                    .push_bind(Time(now))
                    .push_bind(Time(now));
            });
            insert.push(" on conflict do nothing returning id");
            let whole = some.len() == 1 || some.len() == ROWS;
            insert.build_query_scalar().persistent(whole).fetch_all(conn).await
        })?;
        made.extend(ids.into_iter().map(|id| id.0));
    }
    Ok(made)
}

/// Writes an edited company if it is still as it was read. A new name is found by the text filter of contacts, too, and
/// the company's open moves are scored again.
///
/// # Errors
/// [`StoreError::Stale`] when it changed in the meantime, [`StoreError::Taken`] when the new domain is another company's.
pub async fn save_company(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: &StoredCompany,
    after: &StoredCompany,
    now: Ts,
) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update company set name = $4, domain = $5, attributes = $6, updated_at = $7
         where workspace_id = $1 and id = $2 and updated_at = $3",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(Time(before.updated_at))
    .bind(&after.name)
    .bind(after.domain.as_ref().map(|domain| domain.to_lowercase()))
    .bind(Json(&after.attributes))
    .bind(Time(now.max(before.updated_at + 1)))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    if before.name != after.name {
        // The company's name is the last line of what contacts are searched by.
        on_tx!(tx, conn => sqlx::query(
            "update contact set search = substr(search, 1, length(search) - length(cast($3 as text))) || cast($4 as text)
             where workspace_id = $1 and company_id = $2 and length(search) >= length(cast($3 as text))",
        )
        .bind(Text(workspace))
        .bind(Text(before.id))
        .bind(before.name.to_lowercase())
        .bind(after.name.to_lowercase())
        .execute(conn)
        .await
        .map(drop))?;
    }
    let touched = on_tx!(tx, conn => sqlx::query(
        "update move set next_change = $3 where workspace_id = $1 and state = 'pending'
         and contact_id in (select id from contact where workspace_id = $1 and company_id = $2)",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if touched > 0 {
        tx.work_added();
    }
    tx.queue_touched(workspace);
    Ok(())
}

/// Whether a contact or deal refers to a company.
async fn is_in_use(tx: &mut Tx, workspace: WorkspaceId, id: CompanyId) -> Result<bool, StoreError> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "select exists (select 1 from contact where workspace_id = $1 and company_id = $2)
             or exists (select 1 from deal where workspace_id = $1 and company_id = $2)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .fetch_one(conn)
    .await)?)
}

/// Deletes a company that nothing refers to. Answers whether it was there.
///
/// # Errors
/// [`StoreError::Stale`] when a contact or deal refers to it.
pub async fn delete_company(tx: &mut Tx, workspace: WorkspaceId, id: CompanyId) -> Result<bool, StoreError> {
    if is_in_use(tx, workspace, id).await? {
        return Err(StoreError::Stale);
    }
    on_tx!(tx, conn => sqlx::query("update signal set company_id = null where workspace_id = $1 and company_id = $2")
        .bind(Text(workspace))
        .bind(Text(id))
        .execute(conn)
        .await
        .map(drop))?;
    let gone = on_tx!(tx, conn => sqlx::query("delete from company where workspace_id = $1 and id = $2")
        .bind(Text(workspace))
        .bind(Text(id))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(gone == 1)
}
