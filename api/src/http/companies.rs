//! Companies: listed, made, edited and deleted.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use caseyos_shared::capture::domain::Domain;
use caseyos_shared::model::{Company, CompanyId, Ts};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check::{self, Complaints, SHORT, present};
use super::{ApiError, Body, Can, ContactsRead, ContactsWrite, Fresh, Id, IfMatch, Page, Params, Window};
use crate::access::callers::Caller;
use crate::app::App;
use crate::store::StoreError;
use crate::store::companies::{
    NewCompany, StoredCompany, add_company, delete_company, find_company, list_companies, save_company,
};
use crate::store::events::NewEvent;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove))
}

/// How often an edit without `If-Match` is tried when others edit the same company.
const TRIES: u32 = 5;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Words in the name or domain.
    text: Option<String>,
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Companies, newest first.
#[utoipa::path(get, path = "/api/companies", tag = "companies", operation_id = "list_companies", params(ListQuery),
    security(("key" = ["contacts:read"]), ("session" = [])), responses((status = 200, body = Page<Company>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<ContactsRead>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<Page<Company>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let text = check::words(query.text);
    let rows = list_companies(&app.db, caller.workspace(), text.as_deref(), &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), StoredCompany::on_the_wire)))
}

/// One company.
#[utoipa::path(get, path = "/api/companies/{id}", tag = "companies", operation_id = "read_company", params(("id" = CompanyId, Path)),
    security(("key" = ["contacts:read"]), ("session" = [])), responses((status = 200, body = Company)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<ContactsRead>,
    Id(id): Id<CompanyId>,
) -> Result<Response, ApiError> {
    let found = find_company(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    Ok(check::tagged(found.on_the_wire()))
}

/// What is known of a company. In an edit, what is absent stays and `null` empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CompanyEdit)]
struct Fields {
    /// The name, up to 200 characters; the domain stands for a new company's name where it is absent.
    name: Option<String>,
    /// The domain or web address.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    domain: Option<Option<String>>,
    /// Other attributes: a value sets, `null` removes, what is not named stays.
    attributes: Option<BTreeMap<String, Option<String>>>,
}

impl Fields {
    /// The record with these fields put in.
    fn put_into(&self, mut company: StoredCompany) -> Result<StoredCompany, ApiError> {
        let mut complaints = Complaints::default();
        if let Some(domain) = &self.domain {
            company.domain = domain.as_deref().and_then(|domain| {
                complaints.parsed("/domain", Domain::from_website(domain)).map(|domain| domain.as_str().to_owned())
            });
        }
        let name = self.name.as_deref().map(|name| complaints.text("/name", name, SHORT));
        let kept = Some(company.name.clone()).filter(|name| !name.is_empty());
        match name.unwrap_or_else(|| kept.or_else(|| company.domain.clone())) {
            Some(name) => company.name = name,
            None => complaints.add("/name", "a company needs a name"),
        }
        complaints.attributes(self.attributes.as_ref(), &mut company.attributes);
        complaints.refuse()?;
        Ok(company)
    }
}

fn event(caller: &Caller, kind: &'static str, id: CompanyId, at: Ts) -> NewEvent {
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

fn domain_taken() -> ApiError {
    ApiError::Conflict("There is a company with this domain already. Find it in the list and edit it.".to_owned())
}

/// Makes a company by hand.
#[utoipa::path(post, path = "/api/companies", tag = "companies", operation_id = "create_company", request_body = Fields,
    security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 201, body = Company)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Fresh(uuid): Fresh,
    Body(fields): Body<Fields>,
) -> Result<Response, ApiError> {
    let (id, now, workspace) = (CompanyId::new(uuid), app.clock.now(), caller.workspace());
    let empty = StoredCompany {
        id,
        name: String::new(),
        domain: None,
        attributes: BTreeMap::new(),
        created_at: now,
        updated_at: now,
    };
    let StoredCompany { name, domain, attributes, .. } = fields.put_into(empty)?;
    let new = NewCompany { id, name, domain, attributes };
    let made = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                add_company(tx, workspace, &new, now).await?;
                tx.emit(event(&caller, "company.created", id, now));
                Ok(())
            })
        })
        .await;
    match made {
        // Taken by this request's own first try, or by another company's domain.
        Ok(()) | Err(StoreError::Taken) => {}
        Err(error) => return Err(error.into()),
    }
    let company = find_company(&app.db, workspace, id).await?.ok_or_else(domain_taken)?;
    Ok(check::created(&format!("/api/companies/{id}"), company.on_the_wire()))
}

/// Edits a company. With `If-Match` and the entity tag of a read, only if it has not changed since.
#[utoipa::path(patch, path = "/api/companies/{id}", tag = "companies", operation_id = "edit_company", params(("id" = CompanyId, Path)),
    request_body = Fields, security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 200, body = Company)))]
async fn update(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Id(id): Id<CompanyId>,
    IfMatch(if_match): IfMatch,
    Body(fields): Body<Fields>,
) -> Result<Response, ApiError> {
    let workspace = caller.workspace();
    for _ in 0..TRIES {
        let before = find_company(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
        check::must_match(if_match.as_deref(), &before.clone().on_the_wire())?;
        let after = fields.put_into(before.clone())?;
        if after == before {
            return Ok(check::tagged(before.on_the_wire()));
        }
        let (now, editor) = (app.clock.now(), caller.clone());
        let saved = app
            .db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    save_company(tx, workspace, &before, &after, now).await?;
                    tx.emit(event(&editor, "company.changed", id, now));
                    Ok(())
                })
            })
            .await;
        match saved {
            Ok(()) => {
                let company = find_company(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
                return Ok(check::tagged(company.on_the_wire()));
            }
            Err(StoreError::Stale) if if_match.is_none() => {}
            Err(StoreError::Taken) => return Err(domain_taken()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(ApiError::Store(StoreError::Busy))
}

/// Deletes a company that no contact and no deal belongs to.
#[utoipa::path(delete, path = "/api/companies/{id}", tag = "companies", operation_id = "delete_company", params(("id" = CompanyId, Path)),
    security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 204, description = "Gone.")))]
async fn remove(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Id(id): Id<CompanyId>,
) -> Result<StatusCode, ApiError> {
    let now = app.clock.now();
    let gone = app
        .db
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move {
                let gone = delete_company(tx, caller.workspace(), id).await?;
                if gone {
                    tx.emit(event(&caller, "company.deleted", id, now));
                }
                Ok(gone)
            })
        })
        .await;
    match gone {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(ApiError::NotFound),
        Err(StoreError::Stale) => Err(ApiError::Conflict(
            "Contacts or deals belong to this company. Move or delete them, then delete it.".to_owned(),
        )),
        Err(error) => Err(error.into()),
    }
}
