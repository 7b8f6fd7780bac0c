//! Contacts: found by address and id in bulk, listed, made; what changes them is in `change.rs`.

use std::collections::{BTreeMap, HashMap};

use caseyos_shared::model::{
    CompanyId, CompanyRef, Contact, ContactId, ContactRef, Suppression, Ts, UserId, UserRef, WorkspaceId,
};
use sqlx::{Database, QueryBuilder};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::list::{like_anywhere, push_page, push_texts};
use super::moves::After;
use super::row::{Json, Text, Time};
use super::tx::{Tx, on_tx};

mod change;

pub use change::{delete_contact, fill_contact, has_open_moves, save_contact, suppress, touch_inbound, touch_outbound};

/// A contact as it is stored, with the names of its company and owner.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredContact {
    /// Its id.
    pub id: ContactId,
    /// The name, or the e-mail address where there is none.
    pub name: String,
    /// The e-mail address in lower case.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The company.
    pub company: Option<CompanyRef>,
    /// Where they are.
    pub location: Option<String>,
    /// Their IANA time zone.
    pub time_zone: Option<String>,
    /// The address of their LinkedIn profile.
    pub linkedin_url: Option<String>,
    /// Where they first came from.
    pub source: String,
    /// Whose contact this is.
    pub owner: Option<UserRef>,
    /// Why nothing may be sent to them.
    pub suppressed: Option<Suppression>,
    /// Whether they asked not to be called.
    pub do_not_call: bool,
    /// Everything else that sources said.
    pub attributes: BTreeMap<String, String>,
    /// When they last wrote or acted.
    pub last_inbound_at: Option<Ts>,
    /// When somebody of the workspace last wrote to them.
    pub last_outbound_at: Option<Ts>,
    /// When the record was made.
    pub created_at: Ts,
    /// When the record last changed; goes up with every edit, so it is also the edit's version.
    pub updated_at: Ts,
}

impl StoredContact {
    /// The contact as surfaces get it.
    #[must_use]
    pub fn on_the_wire(self) -> Contact {
        Contact {
            id: self.id,
            name: self.name,
            email: self.email,
            phone: self.phone,
            title: self.title,
            company: self.company,
            location: self.location,
            time_zone: self.time_zone,
            linkedin_url: self.linkedin_url,
            source: self.source,
            owner: self.owner,
            suppressed: self.suppressed,
            do_not_call: self.do_not_call,
            attributes: self.attributes,
            last_inbound_at: self.last_inbound_at,
            last_outbound_at: self.last_outbound_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// As much of it as a move or signal shows.
    #[must_use]
    pub fn as_ref(&self) -> ContactRef {
        ContactRef {
            id: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            company: self.company.as_ref().map(|company| company.name.clone()),
            title: self.title.clone(),
        }
    }

    /// The contact with its empty fields filled from a source, or `None` when the source says nothing new. What is there
    /// stays: a person may have set it, and an earlier source is as good as a later one.
    #[must_use]
    pub fn filled(&self, patch: &ContactPatch) -> Option<Self> {
        fn fill<T: Clone>(field: &mut Option<T>, new: Option<&T>) {
            if field.is_none() {
                *field = new.cloned();
            }
        }
        let mut filled = self.clone();
        let unnamed = self.name.is_empty() || self.email.as_deref() == Some(self.name.as_str());
        if let Some(name) = patch.name.as_ref().filter(|name| unnamed && !name.is_empty()) {
            filled.name.clone_from(name);
        }
        fill(&mut filled.phone, patch.phone.as_ref());
        fill(&mut filled.title, patch.title.as_ref());
        fill(&mut filled.company, patch.company.as_ref());
        fill(&mut filled.location, patch.location.as_ref());
        fill(&mut filled.time_zone, patch.time_zone.as_ref());
        fill(&mut filled.linkedin_url, patch.linkedin_url.as_ref());
        fill(&mut filled.owner, patch.owner.as_ref());
        filled.do_not_call |= patch.do_not_call;
        for (name, value) in &patch.attributes {
            if !filled.attributes.contains_key(name) {
                filled.attributes.insert(name.clone(), value.clone());
            }
        }
        (filled != *self).then_some(filled)
    }
}

/// What a source knows of a contact that is there already.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContactPatch {
    /// The name.
    pub name: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The company.
    pub company: Option<CompanyRef>,
    /// Where they are.
    pub location: Option<String>,
    /// Their IANA time zone.
    pub time_zone: Option<String>,
    /// The address of their LinkedIn profile.
    pub linkedin_url: Option<String>,
    /// Whose contact this is.
    pub owner: Option<UserRef>,
    /// Whether they asked not to be called; only ever sets it.
    pub do_not_call: bool,
    /// Everything else; names that are there already keep their values.
    pub attributes: BTreeMap<String, String>,
}

/// A contact that is about to be made.
#[derive(Debug, Clone)]
pub struct NewContact {
    /// Its id.
    pub id: ContactId,
    /// The name; where it is empty the e-mail address stands for it.
    pub name: String,
    /// The e-mail address, in any case.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The company, which must be there.
    pub company: Option<CompanyRef>,
    /// Where they are.
    pub location: Option<String>,
    /// Their IANA time zone.
    pub time_zone: Option<String>,
    /// The address of their LinkedIn profile.
    pub linkedin_url: Option<String>,
    /// Where they come from.
    pub source: String,
    /// Whose contact this is.
    pub owner: Option<UserId>,
    /// Why nothing may be sent to them.
    pub suppressed: Option<Suppression>,
    /// Whether they asked not to be called.
    pub do_not_call: bool,
    /// Everything else.
    pub attributes: BTreeMap<String, String>,
}

/// An e-mail address as it is stored: in lower case.
fn stored_email(email: Option<&str>) -> Option<String> {
    email.map(str::to_lowercase)
}

/// What the text filter of lists looks in. The company comes last, so that its new name can replace the old one.
fn search_text(name: &str, email: Option<&str>, title: Option<&str>, company: Option<&str>) -> String {
    let parts = [name, email.unwrap_or_default(), title.unwrap_or_default(), company.unwrap_or_default()];
    parts.join("\n").to_lowercase()
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: Text<ContactId>,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    title: Option<String>,
    company_id: Option<Text<CompanyId>>,
    company_name: Option<String>,
    location: Option<String>,
    time_zone: Option<String>,
    linkedin_url: Option<String>,
    source: String,
    owner_id: Option<Text<UserId>>,
    owner_name: Option<String>,
    suppressed: Option<Text<Suppression>>,
    do_not_call: bool,
    attributes: Json<BTreeMap<String, String>>,
    last_inbound_at: Option<Time>,
    last_outbound_at: Option<Time>,
    created_at: Time,
    updated_at: Time,
}

impl From<ContactRow> for StoredContact {
    fn from(row: ContactRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            email: row.email,
            phone: row.phone,
            title: row.title,
            company: row.company_id.map(|id| CompanyRef { id: id.0, name: row.company_name.unwrap_or_default() }),
            location: row.location,
            time_zone: row.time_zone,
            linkedin_url: row.linkedin_url,
            source: row.source,
            owner: row.owner_id.map(|id| UserRef { id: id.0, name: row.owner_name.unwrap_or_default() }),
            suppressed: row.suppressed.map(|word| word.0),
            do_not_call: row.do_not_call,
            attributes: row.attributes.0,
            last_inbound_at: row.last_inbound_at.map(|time| time.0),
            last_outbound_at: row.last_outbound_at.map(|time| time.0),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

/// The columns of a [`StoredContact`], with the names that are joined to it.
macro_rules! select_contacts {
    ($($rest:literal)?) => {
        concat!(
            "select c.id, c.name, c.email, c.phone, c.title, c.company_id, o.name as company_name, c.location, c.time_zone, \
             c.linkedin_url, c.source, c.owner_id, p.name as owner_name, c.suppressed, c.do_not_call, c.attributes, \
             c.last_inbound_at, c.last_outbound_at, c.created_at, c.updated_at from contact c \
             left join company o on o.workspace_id = c.workspace_id and o.id = c.company_id \
             left join person p on p.workspace_id = c.workspace_id and p.id = c.owner_id where c.workspace_id = ",
            $($rest)?
        )
    };
}
use select_contacts;

/// One contact.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_contact(db: &Db, workspace: WorkspaceId, id: ContactId) -> Result<Option<StoredContact>, StoreError> {
    let row: Option<ContactRow> = on_read!(db, pool => sqlx::query_as(select_contacts!("$1 and c.id = $2"))
        .bind(Text(workspace))
        .bind(Text(id))
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(StoredContact::from))
}

/// The contact with this e-mail address, in any case.
///
/// # Errors
/// When the store cannot answer.
pub async fn contact_by_email(
    db: &Db,
    workspace: WorkspaceId,
    email: &str,
) -> Result<Option<StoredContact>, StoreError> {
    let row: Option<ContactRow> = on_read!(db, pool => sqlx::query_as(select_contacts!("$1 and c.email = $2"))
        .bind(Text(workspace))
        .bind(email.to_lowercase())
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(StoredContact::from))
}

/// The contacts with these e-mail addresses, by address in lower case.
///
/// # Errors
/// When the store cannot answer.
pub async fn contacts_by_email(
    db: &Db,
    workspace: WorkspaceId,
    emails: &[String],
) -> Result<HashMap<String, StoredContact>, StoreError> {
    let mut found = HashMap::with_capacity(emails.len());
    for some in emails.chunks(super::CHUNK) {
        let rows: Vec<ContactRow> = on_read!(db, pool => {
            let mut query = QueryBuilder::new(select_contacts!());
            query.push_bind(workspace.to_string()).push(" and c.email in (");
            push_texts(&mut query, some.iter().map(|email| email.to_lowercase()));
            query.build_query_as().persistent(some.len() == super::CHUNK).fetch_all(pool).await
        })?;
        let contacts = rows.into_iter().map(StoredContact::from);
        found.extend(contacts.filter_map(|contact| Some((contact.email.clone()?, contact))));
    }
    Ok(found)
}

/// The contacts with these ids.
///
/// # Errors
/// When the store cannot answer.
pub async fn contacts_by_ids(
    db: &Db,
    workspace: WorkspaceId,
    ids: &[ContactId],
) -> Result<HashMap<ContactId, StoredContact>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(super::CHUNK) {
        let rows: Vec<ContactRow> = on_read!(db, pool => {
            let mut query = QueryBuilder::new(select_contacts!());
            query.push_bind(workspace.to_string()).push(" and c.id in (");
            push_texts(&mut query, some.iter().map(ToString::to_string));
            query.build_query_as().persistent(some.len() == super::CHUNK).fetch_all(pool).await
        })?;
        found.extend(rows.into_iter().map(|row| (row.id.0, StoredContact::from(row))));
    }
    Ok(found)
}

/// Inside a transaction: which of these addresses are taken, and by whom. After [`add_contacts`] it names the contact of each
/// address, whoever made it.
///
/// # Errors
/// When the store cannot answer.
pub async fn ids_by_email(
    tx: &mut Tx,
    workspace: WorkspaceId,
    emails: &[String],
) -> Result<HashMap<String, ContactId>, StoreError> {
    let mut found = HashMap::with_capacity(emails.len());
    for some in emails.chunks(super::CHUNK) {
        let rows: Vec<(String, Text<ContactId>)> = on_tx!(tx, conn => {
            let mut query = QueryBuilder::new("select email, id from contact where workspace_id = ");
            query.push_bind(workspace.to_string()).push(" and email in (");
            push_texts(&mut query, some.iter().map(|email| email.to_lowercase()));
            query.build_query_as().persistent(some.len() == super::CHUNK).fetch_all(conn).await
        })?;
        found.extend(rows.into_iter().map(|(email, id)| (email, id.0)));
    }
    Ok(found)
}

/// Which contacts a list holds.
#[derive(Debug, Clone, Default)]
pub struct ContactFilter {
    /// With this text in the name, address, title or company's name.
    pub text: Option<String>,
    /// At this company.
    pub company: Option<CompanyId>,
    /// First seen through this source.
    pub source: Option<String>,
    /// Whose: `Some(None)` is nobody's.
    pub owner: Option<Option<UserId>>,
}

/// A page of contacts, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_contacts(
    db: &Db,
    workspace: WorkspaceId,
    filter: &ContactFilter,
    after: &After,
    limit: i64,
) -> Result<Vec<StoredContact>, StoreError> {
    fn build<DB: Database>(query: &mut QueryBuilder<DB>, workspace: WorkspaceId, filter: &ContactFilter)
    where
        String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
    {
        query.push_bind(workspace.to_string());
        if let Some(text) = &filter.text {
            query.push(" and c.search like ").push_bind(like_anywhere(text)).push(" escape '\\'");
        }
        if let Some(company) = filter.company {
            query.push(" and c.company_id = ").push_bind(company.to_string());
        }
        if let Some(source) = &filter.source {
            query.push(" and c.source = ").push_bind(source.clone());
        }
        match filter.owner {
            Some(Some(owner)) => {
                query.push(" and c.owner_id = ").push_bind(owner.to_string());
            }
            Some(None) => {
                query.push(" and c.owner_id is null");
            }
            None => {}
        }
    }
    let rows: Vec<ContactRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(select_contacts!());
        build(&mut query, workspace, filter);
        push_page(&mut query, "c", after, limit);
        query.build_query_as().persistent(false).fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(StoredContact::from).collect())
}

/// Makes a contact.
///
/// # Errors
/// [`StoreError::Taken`] when there is one with this address or id.
pub async fn add_contact(tx: &mut Tx, workspace: WorkspaceId, new: &NewContact, now: Ts) -> Result<(), StoreError> {
    let made = add_contacts(tx, workspace, std::slice::from_ref(new), now).await?;
    if made.is_empty() { Err(StoreError::Taken) } else { Ok(()) }
}

/// Rows in one insert: 18 values each, under SQLite's limit of 32,766 bound values.
const ROWS: usize = 200;

/// Makes these contacts, except those whose address or id is taken; answers the ids of the ones it made.
///
/// # Errors
/// When the store cannot.
pub async fn add_contacts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    new: &[NewContact],
    now: Ts,
) -> Result<Vec<ContactId>, StoreError> {
    let mut made = Vec::with_capacity(new.len());
    for some in new.chunks(ROWS) {
        let ids: Vec<Text<ContactId>> = on_tx!(tx, conn => {
            let mut insert = QueryBuilder::new(
                "insert into contact (workspace_id, id, name, email, phone, title, company_id, location, time_zone, linkedin_url,
                     source, owner_id, suppressed, do_not_call, attributes, search, created_at, updated_at) ",
            );
            insert.push_values(some, |mut row, new| {
                let email = stored_email(new.email.as_deref());
                let name = if new.name.is_empty() { email.clone().unwrap_or_default() } else { new.name.clone() };
                let company = new.company.as_ref();
                let search = search_text(
                    &name,
                    email.as_deref(),
                    new.title.as_deref(),
                    company.map(|company| company.name.as_str()),
                );
                row.push_bind(Text(workspace))
                    .push_bind(Text(new.id))
                    .push_bind(name)
                    .push_bind(email)
                    .push_bind(new.phone.clone())
                    .push_bind(new.title.clone())
                    .push_bind(company.map(|company| Text(company.id)))
                    .push_bind(new.location.clone())
                    .push_bind(new.time_zone.clone())
                    .push_bind(new.linkedin_url.clone())
                    .push_bind(new.source.clone())
                    .push_bind(new.owner.map(Text))
                    .push_bind(new.suppressed.map(Text))
                    .push_bind(new.do_not_call)
                    .push_bind(Json(&new.attributes))
                    .push_bind(search)
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
