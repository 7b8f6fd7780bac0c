//! Deals: found by id in bulk, listed, made, edited, and the percentile that their worth is measured against.

use std::collections::HashMap;

use caseyos_shared::model::{
    CompanyId, CompanyRef, ContactId, ContactRef, Deal, DealId, DealRef, DealState, Money, Ts, UserId, UserRef,
    WorkspaceId,
};
use sqlx::{Database, QueryBuilder};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::list::{push_page, push_text, push_texts};
use super::moves::{After, look_again_at_contact};
use super::row::{Text, Time};
use super::tx::{Tx, on_tx};

/// A deal as it is stored, with the names that surfaces show beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDeal {
    /// Its id.
    pub id: DealId,
    /// Its name.
    pub name: String,
    /// Its stage, in the workspace's words.
    pub stage: String,
    /// How it stands.
    pub state: DealState,
    /// How likely it closes at this stage, in percent.
    pub probability: u8,
    /// Its value.
    pub amount: Option<Money>,
    /// When it should close.
    pub close_at: Option<Ts>,
    /// Whom it is with.
    pub contact: Option<ContactRef>,
    /// Which company it is with.
    pub company: Option<CompanyRef>,
    /// Whose deal it is.
    pub owner: Option<UserRef>,
    /// When the record was made.
    pub created_at: Ts,
    /// When the record last changed; goes up with every edit.
    pub updated_at: Ts,
}

impl StoredDeal {
    /// The deal as surfaces get it.
    #[must_use]
    pub fn on_the_wire(self) -> Deal {
        Deal {
            id: self.id,
            name: self.name,
            stage: self.stage,
            state: self.state,
            probability: self.probability,
            amount: self.amount,
            close_date: self.close_at,
            contact: self.contact,
            company: self.company,
            owner: self.owner,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// As much of it as a move shows.
    #[must_use]
    pub fn as_ref(&self) -> DealRef {
        DealRef {
            id: self.id,
            name: self.name.clone(),
            stage: self.stage.clone(),
            amount: self.amount.clone(),
            close_date: self.close_at,
        }
    }
}

/// What is written of a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeal {
    /// Its id.
    pub id: DealId,
    /// Its name.
    pub name: String,
    /// Its stage, in the workspace's words.
    pub stage: String,
    /// How it stands.
    pub state: DealState,
    /// How likely it closes at this stage, in percent.
    pub probability: u8,
    /// Its value.
    pub amount: Option<Money>,
    /// When it should close.
    pub close_at: Option<Ts>,
    /// Whom it is with; must be there.
    pub contact: Option<ContactId>,
    /// Which company it is with; must be there.
    pub company: Option<CompanyId>,
    /// Whose deal it is.
    pub owner: Option<UserId>,
}

#[derive(sqlx::FromRow)]
struct DealRow {
    id: Text<DealId>,
    name: String,
    stage: String,
    state: Text<DealState>,
    probability: i64,
    amount_minor: Option<i64>,
    currency: Option<String>,
    close_at: Option<Time>,
    contact_id: Option<Text<ContactId>>,
    contact_name: Option<String>,
    contact_email: Option<String>,
    contact_title: Option<String>,
    contact_company: Option<String>,
    company_id: Option<Text<CompanyId>>,
    company_name: Option<String>,
    owner_id: Option<Text<UserId>>,
    owner_name: Option<String>,
    created_at: Time,
    updated_at: Time,
}

impl From<DealRow> for StoredDeal {
    fn from(row: DealRow) -> Self {
        let contact = row.contact_id.map(|id| ContactRef {
            id: id.0,
            name: row.contact_name.unwrap_or_default(),
            email: row.contact_email,
            company: row.contact_company,
            title: row.contact_title,
        });
        Self {
            id: row.id.0,
            name: row.name,
            stage: row.stage,
            state: row.state.0,
            probability: u8::try_from(row.probability.clamp(0, 100)).unwrap_or(0),
            amount: row.amount_minor.zip(row.currency).map(|(minor, currency)| Money { minor, currency }),
            close_at: row.close_at.map(|time| time.0),
            contact,
            company: row.company_id.map(|id| CompanyRef { id: id.0, name: row.company_name.unwrap_or_default() }),
            owner: row.owner_id.map(|id| UserRef { id: id.0, name: row.owner_name.unwrap_or_default() }),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

/// The columns of a [`StoredDeal`], with the names that are joined to it.
macro_rules! select_deals {
    ($($rest:literal)?) => {
        concat!(
            "select d.id, d.name, d.stage, d.state, d.probability, d.amount_minor, d.currency, d.close_at, d.contact_id, \
             c.name as contact_name, c.email as contact_email, c.title as contact_title, co.name as contact_company, d.company_id, \
             o.name as company_name, d.owner_id, p.name as owner_name, d.created_at, d.updated_at from deal d \
             left join contact c on c.workspace_id = d.workspace_id and c.id = d.contact_id \
             left join company co on co.workspace_id = c.workspace_id and co.id = c.company_id \
             left join company o on o.workspace_id = d.workspace_id and o.id = d.company_id \
             left join person p on p.workspace_id = d.workspace_id and p.id = d.owner_id where d.workspace_id = ",
            $($rest)?
        )
    };
}

/// One deal.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_deal(db: &Db, workspace: WorkspaceId, id: DealId) -> Result<Option<StoredDeal>, StoreError> {
    let row: Option<DealRow> = on_read!(db, pool => sqlx::query_as(select_deals!("$1 and d.id = $2"))
        .bind(Text(workspace))
        .bind(Text(id))
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(StoredDeal::from))
}

/// The deals with these ids.
///
/// # Errors
/// When the store cannot answer.
pub async fn deals_by_ids(
    db: &Db,
    workspace: WorkspaceId,
    ids: &[DealId],
) -> Result<HashMap<DealId, StoredDeal>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(super::CHUNK) {
        let rows: Vec<DealRow> = on_read!(db, pool => {
            let mut query = QueryBuilder::new(select_deals!());
            query.push_bind(workspace.to_string()).push(" and d.id in (");
            push_texts(&mut query, some.iter().map(ToString::to_string));
            query.build_query_as().persistent(some.len() == super::CHUNK).fetch_all(pool).await
        })?;
        found.extend(rows.into_iter().map(|row| (row.id.0, StoredDeal::from(row))));
    }
    Ok(found)
}

/// Which deals a list holds.
#[derive(Debug, Clone, Default)]
pub struct DealFilter {
    /// With this text in the name, the stage, or the contact's or company's name.
    pub text: Option<String>,
    /// Standing so.
    pub state: Option<DealState>,
    /// With this contact.
    pub contact: Option<ContactId>,
    /// With this company.
    pub company: Option<CompanyId>,
    /// Whose: `Some(None)` is nobody's.
    pub owner: Option<Option<UserId>>,
}

/// A page of deals, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_deals(
    db: &Db,
    workspace: WorkspaceId,
    filter: &DealFilter,
    after: &After,
    limit: i64,
) -> Result<Vec<StoredDeal>, StoreError> {
    fn build<DB: Database>(query: &mut QueryBuilder<DB>, workspace: WorkspaceId, filter: &DealFilter)
    where
        String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
    {
        query.push_bind(workspace.to_string());
        if let Some(text) = &filter.text {
            push_text(query, &["d.name", "d.stage", "coalesce(c.search, '')", "coalesce(o.name, '')"], text);
        }
        if let Some(state) = filter.state {
            query.push(" and d.state = ").push_bind(state.as_str().to_owned());
        }
        if let Some(contact) = filter.contact {
            query.push(" and d.contact_id = ").push_bind(contact.to_string());
        }
        if let Some(company) = filter.company {
            query.push(" and d.company_id = ").push_bind(company.to_string());
        }
        match filter.owner {
            Some(Some(owner)) => {
                query.push(" and d.owner_id = ").push_bind(owner.to_string());
            }
            Some(None) => {
                query.push(" and d.owner_id is null");
            }
            None => {}
        }
    }
    let rows: Vec<DealRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(select_deals!());
        build(&mut query, workspace, filter);
        push_page(&mut query, "d", after, limit);
        query.build_query_as().persistent(false).fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(StoredDeal::from).collect())
}

/// Makes a deal.
///
/// # Errors
/// [`StoreError::Taken`] when there is one with this id.
pub async fn add_deal(tx: &mut Tx, workspace: WorkspaceId, new: &NewDeal, now: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into deal (workspace_id, id, name, stage, state, probability, amount_minor, currency, close_at, contact_id, company_id,
             owner_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
    )
    .bind(Text(workspace))
    .bind(Text(new.id))
    .bind(&new.name)
    .bind(&new.stage)
    .bind(Text(new.state))
    .bind(i64::from(new.probability))
    .bind(new.amount.as_ref().map(|amount| amount.minor))
    .bind(new.amount.as_ref().map(|amount| amount.currency.as_str()))
    .bind(new.close_at.map(Time))
    .bind(new.contact.map(Text))
    .bind(new.company.map(Text))
    .bind(new.owner.map(Text))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    look_again(tx, workspace, new.id, new.contact, now).await
}

/// Writes an edited deal if it is still as it was read, and has the open moves about it and its contact scored again.
///
/// # Errors
/// [`StoreError::Stale`] when it changed in the meantime.
pub async fn save_deal(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: &StoredDeal,
    after: &NewDeal,
    now: Ts,
) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update deal set name = $4, stage = $5, state = $6, probability = $7, amount_minor = $8, currency = $9, close_at = $10,
             contact_id = $11, company_id = $12, owner_id = $13, updated_at = $14
         where workspace_id = $1 and id = $2 and updated_at = $3",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(Time(before.updated_at))
    .bind(&after.name)
    .bind(&after.stage)
    .bind(Text(after.state))
    .bind(i64::from(after.probability))
    .bind(after.amount.as_ref().map(|amount| amount.minor))
    .bind(after.amount.as_ref().map(|amount| amount.currency.as_str()))
    .bind(after.close_at.map(Time))
    .bind(after.contact.map(Text))
    .bind(after.company.map(Text))
    .bind(after.owner.map(Text))
    .bind(Time(now.max(before.updated_at + 1)))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    let contact_before = before.contact.as_ref().map(|contact| contact.id);
    if contact_before != after.contact
        && let Some(contact) = contact_before
    {
        look_again_at_contact(tx, workspace, contact, None, now).await?;
    }
    look_again(tx, workspace, before.id, after.contact, now).await
}

/// Has the open moves about a deal and its contact scored again.
async fn look_again(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: DealId,
    contact: Option<ContactId>,
    now: Ts,
) -> Result<(), StoreError> {
    let touched = on_tx!(tx, conn => sqlx::query(
        "update move set next_change = $3 where workspace_id = $1 and deal_id = $2 and state = 'pending'",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if touched > 0 {
        tx.work_added();
    }
    if let Some(contact) = contact {
        look_again_at_contact(tx, workspace, contact, None, now).await?;
    }
    tx.queue_touched(workspace);
    Ok(())
}

/// Deletes a deal; what is finished stays without it. Answers whether it was there.
///
/// # Errors
/// [`StoreError::Stale`] when a move that is not finished refers to it.
pub async fn delete_deal(tx: &mut Tx, workspace: WorkspaceId, id: DealId) -> Result<bool, StoreError> {
    let open: bool = on_tx!(tx, conn => sqlx::query_scalar(
        "select exists (select 1 from move where workspace_id = $1 and deal_id = $2
         and state in ('pending', 'accepted', 'executing', 'failed', 'blocked', 'snoozed'))",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .fetch_one(conn)
    .await)?;
    if open {
        return Err(StoreError::Stale);
    }
    const LEAVE: [&str; 3] = [
        "update move set deal_id = null, version = version + 1 where workspace_id = $1 and deal_id = $2",
        "update signal set deal_id = null where workspace_id = $1 and deal_id = $2",
        "update outcome set deal_id = null where workspace_id = $1 and deal_id = $2",
    ];
    for leave in LEAVE {
        on_tx!(tx, conn => sqlx::query(leave)
            .bind(Text(workspace))
            .bind(Text(id))
            .execute(conn)
            .await
            .map(drop))?;
    }
    let gone = on_tx!(tx, conn => sqlx::query("delete from deal where workspace_id = $1 and id = $2")
        .bind(Text(workspace))
        .bind(Text(id))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    tx.queue_touched(workspace);
    Ok(gone == 1)
}

/// The worth below which so many percent of the open deals are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Percentile {
    /// The stage-weighted amount in minor units.
    pub minor: i64,
    /// The currency that most of the open deals are in; deals in others are not counted.
    pub currency: String,
    /// How many deals were counted.
    pub deals: i64,
}

/// The given percentile of the stage-weighted amounts of the open deals, by nearest rank; `None` when no open deal has an amount.
///
/// # Errors
/// When the store cannot answer.
pub async fn open_amount_percentile(
    db: &Db,
    workspace: WorkspaceId,
    percent: u8,
) -> Result<Option<Percentile>, StoreError> {
    let commonest: Option<(String, i64)> = on_read!(db, pool => sqlx::query_as(
        "select currency, count(*) as deals from deal where workspace_id = $1 and state = 'open' and amount_minor > 0
         and currency is not null group by currency order by deals desc, currency limit 1",
    )
    .bind(Text(workspace))
    .fetch_optional(pool)
    .await)?;
    let Some((currency, deals)) = commonest else { return Ok(None) };
    let rank = (deals * i64::from(percent.min(100))).div_euclid(100);
    let exact = rank * 100 == deals * i64::from(percent.min(100));
    let below = if exact { rank - 1 } else { rank }.clamp(0, deals - 1);
    let minor: Option<i64> = on_read!(db, pool => sqlx::query_scalar(
        "select amount_minor / 100 * probability + amount_minor % 100 * probability / 100 as worth from deal
         where workspace_id = $1 and state = 'open' and amount_minor > 0 and currency = $2 order by worth limit 1 offset $3",
    )
    .bind(Text(workspace))
    .bind(&currency)
    .bind(below)
    .fetch_optional(pool)
    .await)?;
    Ok(minor.map(|minor| Percentile { minor, currency, deals }))
}
