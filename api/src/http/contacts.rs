//! Contacts: the people outside, looked up, listed, made, edited and deleted.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use caseyos_shared::capture::domain::Domain;
use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::model::{CompanyId, Contact, ContactId, Suppression, Ts, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check::{self, Complaints, LONG, SHORT, present};
use super::{ApiError, Body, Can, ContactsRead, ContactsWrite, Fresh, Id, IfMatch, Page, Params, Window};
use crate::access::callers::Caller;
use crate::app::App;
use crate::clock::new_id;
use crate::store::companies::company_for;
use crate::store::contacts::{
    ContactFilter, NewContact, StoredContact, add_contact, contact_by_email, delete_contact, find_contact,
    list_contacts, save_contact,
};
use crate::store::events::NewEvent;
use crate::store::{StoreError, Tx};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(lookup)).routes(routes!(read, update, remove))
}

/// How often an edit without `If-Match` is tried when others edit the same contact.
const TRIES: u32 = 5;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Words in the name, address, title or company's name.
    text: Option<String>,
    /// A company's id.
    company: Option<String>,
    /// Where they first came from.
    source: Option<String>,
    /// `me`, `none`, or a person's id.
    owner: Option<String>,
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Contacts, newest first.
#[utoipa::path(get, path = "/api/contacts", tag = "contacts", operation_id = "list_contacts", params(ListQuery),
    security(("key" = ["contacts:read"]), ("session" = [])), responses((status = 200, body = Page<Contact>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<ContactsRead>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<Page<Contact>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = ContactFilter {
        company: check::id_filter("/company", query.company.as_deref())?,
        owner: check::owner_filter(&caller, query.owner.as_deref())?,
        text: check::words(query.text),
        source: query.source,
    };
    let rows = list_contacts(&app.db, caller.workspace(), &filter, &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), StoredContact::on_the_wire)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LookupQuery {
    /// The e-mail address, in any case.
    email: String,
}

/// The contact with this e-mail address.
#[utoipa::path(get, path = "/api/contacts/lookup", tag = "contacts", operation_id = "look_up_contact", params(LookupQuery),
    security(("key" = ["contacts:read"]), ("session" = [])), responses((status = 200, body = Contact)))]
async fn lookup(
    State(app): State<App>,
    Can(caller, _): Can<ContactsRead>,
    Params(query): Params<LookupQuery>,
) -> Result<Response, ApiError> {
    let email: EmailAddress = query.email.parse().map_err(|error| ApiError::field("/email", format!("{error}")))?;
    let found = contact_by_email(&app.db, caller.workspace(), email.key()).await?.ok_or(ApiError::NotFound)?;
    Ok(check::tagged(found.on_the_wire()))
}

/// One contact.
#[utoipa::path(get, path = "/api/contacts/{id}", tag = "contacts", operation_id = "read_contact", params(("id" = ContactId, Path)),
    security(("key" = ["contacts:read"]), ("session" = [])), responses((status = 200, body = Contact)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<ContactsRead>,
    Id(id): Id<ContactId>,
) -> Result<Response, ApiError> {
    let found = find_contact(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    Ok(check::tagged(found.on_the_wire()))
}

/// What is known of a contact. In an edit, what is absent stays and `null` empties.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactFields)]
struct Fields {
    /// The name, up to 200 characters; the e-mail address stands for it where it is empty.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
    /// The phone number, as written.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    /// The job title.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    title: Option<Option<String>>,
    /// The company; one with this domain or name is found or made.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<CompanyFields>)]
    company: Option<Option<CompanyFields>>,
    /// Where they are, as written.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    location: Option<Option<String>>,
    /// Their IANA time zone.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Option<String>>,
    /// The address of their LinkedIn profile.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    linkedin_url: Option<Option<String>>,
    /// Whose contact this is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<UserId>)]
    owner_id: Option<Option<UserId>>,
    /// Why nothing may be sent to them.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Suppression>)]
    suppressed: Option<Option<Suppression>>,
    /// Whether they asked not to be called.
    do_not_call: Option<bool>,
    /// Other attributes: a value sets, `null` removes, what is not named stays.
    attributes: Option<BTreeMap<String, Option<String>>>,
}

/// A company named in passing.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompanyFields {
    /// Its name; the domain stands for it where it is absent.
    name: Option<String>,
    /// Its domain or web address.
    domain: Option<String>,
}

/// A company to be found or made.
#[derive(Clone)]
struct Named {
    name: String,
    domain: Option<String>,
}

/// The checked change of a contact: the record as it is to be, and its company where that changes.
struct Change {
    contact: StoredContact,
    company: Option<Option<Named>>,
}

impl Fields {
    /// The record with these fields put in.
    fn put_into(&self, mut contact: StoredContact) -> Result<Change, ApiError> {
        let mut complaints = Complaints::default();
        let unnamed = contact.name.is_empty() || contact.email.as_deref() == Some(contact.name.as_str());
        if let Some(email) = &self.email {
            contact.email = email.as_ref().and_then(|email| {
                complaints.parsed("/email", email.parse::<EmailAddress>()).map(|email| email.key().to_owned())
            });
        }
        let named = match &self.name {
            Some(name) => name.as_deref().and_then(|name| complaints.text("/name", name, SHORT)),
            None => Some(contact.name.clone()).filter(|_| !unnamed),
        };
        match named.or_else(|| contact.email.clone()) {
            Some(name) => contact.name = name,
            None => complaints.add("/name", "a contact needs a name or an e-mail address"),
        }
        let texts = [
            ("/phone", &self.phone, &mut contact.phone, SHORT),
            ("/title", &self.title, &mut contact.title, SHORT),
            ("/location", &self.location, &mut contact.location, SHORT),
            ("/time_zone", &self.time_zone, &mut contact.time_zone, SHORT),
            ("/linkedin_url", &self.linkedin_url, &mut contact.linkedin_url, LONG),
        ];
        for (pointer, new, field, most) in texts {
            if let Some(new) = new {
                *field = new.as_deref().and_then(|text| complaints.text(pointer, text, most));
            }
        }
        if self.time_zone.is_some() && contact.time_zone.as_deref().is_some_and(|zone| !is_time_zone(zone)) {
            complaints.add("/time_zone", "must be an IANA time zone such as Europe/Berlin");
        }
        if self.linkedin_url.is_some() && contact.linkedin_url.as_deref().is_some_and(|url| !is_linkedin(url)) {
            complaints.add("/linkedin_url", "must be an address at linkedin.com that begins with https://");
        }
        if let Some(suppressed) = self.suppressed {
            contact.suppressed = suppressed;
        }
        contact.do_not_call = self.do_not_call.unwrap_or(contact.do_not_call);
        complaints.attributes(self.attributes.as_ref(), &mut contact.attributes);
        let company = self.company.as_ref().map(|company| company.as_ref().and_then(|one| one.named(&mut complaints)));
        complaints.refuse()?;
        Ok(Change { contact, company })
    }
}

impl CompanyFields {
    fn named(&self, complaints: &mut Complaints) -> Option<Named> {
        let domain = self.domain.as_deref().filter(|domain| !domain.trim().is_empty()).and_then(|domain| {
            complaints.parsed("/company/domain", Domain::from_website(domain)).map(|domain| domain.as_str().to_owned())
        });
        let name = self.name.as_deref().and_then(|name| complaints.text("/company/name", name, SHORT));
        let Some(name) = name.or_else(|| domain.clone()) else {
            complaints.add("/company", "needs a name or a domain; null for no company");
            return None;
        };
        Some(Named { name, domain })
    }
}

fn is_time_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

fn is_linkedin(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host == "linkedin.com" || host.ends_with(".linkedin.com")
}

/// Finds or makes the company that a change names, inside its transaction.
async fn settle_company(tx: &mut Tx, caller: &Caller, change: &mut Change, now: Ts) -> Result<(), StoreError> {
    if let Some(company) = change.company.take() {
        change.contact.company = match company {
            None => None,
            Some(Named { name, domain }) => {
                Some(company_for(tx, caller.workspace(), &name, domain.as_deref(), new_id(CompanyId::new), now).await?)
            }
        };
    }
    Ok(())
}

fn event(caller: &Caller, kind: &'static str, id: ContactId, at: Ts) -> NewEvent {
    NewEvent {
        workspace: caller.workspace(),
        kind,
        at,
        actor: caller.actor(),
        move_id: None,
        subject_id: Some(id.to_string()),
        data: serde_json::json!({}),
    }
}

fn address_taken() -> ApiError {
    ApiError::Conflict("There is a contact with this e-mail address already. Look it up and edit it.".to_owned())
}

/// Makes a contact by hand.
#[utoipa::path(post, path = "/api/contacts", tag = "contacts", operation_id = "create_contact", request_body = Fields,
    security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 201, body = Contact)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Fresh(uuid): Fresh,
    Body(fields): Body<Fields>,
) -> Result<Response, ApiError> {
    let (id, now, workspace) = (ContactId::new(uuid), app.clock.now(), caller.workspace());
    let empty = StoredContact {
        id,
        name: String::new(),
        email: None,
        phone: None,
        title: None,
        company: None,
        location: None,
        time_zone: None,
        linkedin_url: None,
        source: "manual".to_owned(),
        owner: None,
        suppressed: None,
        do_not_call: false,
        attributes: BTreeMap::new(),
        last_inbound_at: None,
        last_outbound_at: None,
        created_at: now,
        updated_at: now,
    };
    let mut change = fields.put_into(empty)?;
    change.contact.owner = check::owner(&app, &caller, fields.owner_id.flatten()).await?;
    let maker = caller.clone();
    let made = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                settle_company(tx, &maker, &mut change, now).await?;
                let contact = change.contact;
                let new = NewContact {
                    id,
                    name: contact.name,
                    email: contact.email,
                    phone: contact.phone,
                    title: contact.title,
                    company: contact.company,
                    location: contact.location,
                    time_zone: contact.time_zone,
                    linkedin_url: contact.linkedin_url,
                    source: contact.source,
                    owner: contact.owner.map(|owner| owner.id),
                    suppressed: contact.suppressed,
                    do_not_call: contact.do_not_call,
                    attributes: contact.attributes,
                };
                add_contact(tx, workspace, &new, now).await?;
                tx.emit(event(&maker, "contact.created", id, now));
                Ok(())
            })
        })
        .await;
    match made {
        // Taken by this request's own first try, or by another contact's address.
        Ok(()) | Err(StoreError::Taken) => {}
        Err(error) => return Err(error.into()),
    }
    let contact = find_contact(&app.db, workspace, id).await?.ok_or_else(address_taken)?;
    Ok(check::created(&format!("/api/contacts/{id}"), contact.on_the_wire()))
}

/// Edits a contact. With `If-Match` and the entity tag of a read, only if it has not changed since.
#[utoipa::path(patch, path = "/api/contacts/{id}", tag = "contacts", operation_id = "edit_contact", params(("id" = ContactId, Path)),
    request_body = Fields, security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 200, body = Contact)))]
async fn update(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Id(id): Id<ContactId>,
    IfMatch(if_match): IfMatch,
    Body(fields): Body<Fields>,
) -> Result<Response, ApiError> {
    let workspace = caller.workspace();
    for _ in 0..TRIES {
        let before = find_contact(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
        check::must_match(if_match.as_deref(), &before.clone().on_the_wire())?;
        let mut change = fields.put_into(before.clone())?;
        if let Some(owner) = fields.owner_id {
            change.contact.owner = check::owner(&app, &caller, owner).await?;
        }
        let (now, editor) = (app.clock.now(), caller.clone());
        let saved = app
            .db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    settle_company(tx, &editor, &mut change, now).await?;
                    if change.contact != before {
                        save_contact(tx, workspace, &before, &change.contact, now).await?;
                        tx.emit(event(&editor, "contact.changed", id, now));
                    }
                    Ok(())
                })
            })
            .await;
        match saved {
            Ok(()) => {
                let contact = find_contact(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
                return Ok(check::tagged(contact.on_the_wire()));
            }
            Err(StoreError::Stale) if if_match.is_none() => {}
            Err(StoreError::Taken) => return Err(address_taken()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(ApiError::Store(StoreError::Busy))
}

/// Deletes a contact. What was done and what happened stays, without a name to it.
#[utoipa::path(delete, path = "/api/contacts/{id}", tag = "contacts", operation_id = "delete_contact", params(("id" = ContactId, Path)),
    security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 204, description = "Gone.")))]
async fn remove(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Id(id): Id<ContactId>,
) -> Result<StatusCode, ApiError> {
    let now = app.clock.now();
    let gone = app
        .db
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move {
                let gone = delete_contact(tx, caller.workspace(), id).await?;
                if gone {
                    tx.emit(event(&caller, "contact.deleted", id, now));
                }
                Ok(gone)
            })
        })
        .await;
    match gone {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(ApiError::NotFound),
        Err(StoreError::Stale) => Err(ApiError::Conflict(
            "Moves that are not finished are about this contact. Dismiss or complete them, then delete it.".to_owned(),
        )),
        Err(error) => Err(error.into()),
    }
}
