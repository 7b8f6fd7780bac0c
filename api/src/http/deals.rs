//! Deals: the opportunities, listed, made, edited and deleted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use caseyos_shared::model::{CompanyId, ContactId, Deal, DealId, DealState, Money, Ts, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check::{self, Complaints, SHORT, present};
use super::{ApiError, Body, Can, ContactsRead, ContactsWrite, Fresh, Id, IfMatch, Page, Params, Window};
use crate::access::callers::Caller;
use crate::app::App;
use crate::store::StoreError;
use crate::store::companies::find_company;
use crate::store::contacts::find_contact;
use crate::store::deals::{DealFilter, NewDeal, StoredDeal, add_deal, delete_deal, find_deal, list_deals, save_deal};
use crate::store::events::NewEvent;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove))
}

/// How often an edit without `If-Match` is tried when others edit the same deal.
const TRIES: u32 = 5;
/// The active currencies of ISO 4217 (list one), without metals, funds and test codes.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD \
    IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR \
    MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
    SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Words in the name, the stage, or the contact's or company's name.
    text: Option<String>,
    /// `open`, `won` or `lost`.
    state: Option<String>,
    /// A contact's id.
    contact: Option<String>,
    /// A company's id.
    company: Option<String>,
    /// `me`, `none`, or a person's id.
    owner: Option<String>,
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Deals, newest first.
#[utoipa::path(get, path = "/api/deals", tag = "deals", operation_id = "list_deals", params(ListQuery),
    security(("key" = ["contacts:read"]), ("session" = [])), responses((status = 200, body = Page<Deal>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<ContactsRead>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<Page<Deal>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = DealFilter {
        state: check::word_filter("/state", query.state.as_deref())?,
        contact: check::id_filter("/contact", query.contact.as_deref())?,
        company: check::id_filter("/company", query.company.as_deref())?,
        owner: check::owner_filter(&caller, query.owner.as_deref())?,
        text: check::words(query.text),
    };
    let rows = list_deals(&app.db, caller.workspace(), &filter, &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), StoredDeal::on_the_wire)))
}

/// One deal.
#[utoipa::path(get, path = "/api/deals/{id}", tag = "deals", operation_id = "read_deal", params(("id" = DealId, Path)),
    security(("key" = ["contacts:read"]), ("session" = [])), responses((status = 200, body = Deal)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<ContactsRead>,
    Id(id): Id<DealId>,
) -> Result<Response, ApiError> {
    let found = find_deal(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    Ok(check::tagged(found.on_the_wire()))
}

/// What is known of a deal. In an edit, what is absent stays and `null` empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DealFields)]
struct Fields {
    /// The name, up to 200 characters; needed when it is made.
    name: Option<String>,
    /// The stage, in the workspace's words; `new` if absent.
    stage: Option<String>,
    /// How it stands; `open` if absent.
    state: Option<DealState>,
    /// How likely it closes at this stage, in percent; 0 if absent.
    probability: Option<i64>,
    /// The value.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Money>)]
    amount: Option<Option<Money>>,
    /// When it should close.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Ts>)]
    close_date: Option<Option<Ts>>,
    /// Whom it is with.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<ContactId>)]
    contact_id: Option<Option<ContactId>>,
    /// Which company it is with.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<CompanyId>)]
    company_id: Option<Option<CompanyId>>,
    /// Whose deal it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<UserId>)]
    owner_id: Option<Option<UserId>>,
}

impl Fields {
    /// The record with these fields put in.
    fn put_into(&self, mut deal: NewDeal) -> Result<NewDeal, ApiError> {
        let mut complaints = Complaints::default();
        if let Some(name) = &self.name {
            deal.name = complaints.text("/name", name, SHORT).unwrap_or_default();
        }
        if deal.name.is_empty() {
            complaints.add("/name", "a deal needs a name");
        }
        if let Some(stage) = &self.stage {
            match complaints.text("/stage", stage, SHORT) {
                Some(stage) => deal.stage = stage,
                None => complaints.add("/stage", "must not be empty"),
            }
        }
        deal.state = self.state.unwrap_or(deal.state);
        if let Some(percent) = self.probability {
            match u8::try_from(percent) {
                Ok(percent) if percent <= 100 => deal.probability = percent,
                Ok(_) | Err(_) => complaints.add("/probability", "must be 0 to 100"),
            }
        }
        if let Some(amount) = &self.amount {
            deal.amount.clone_from(amount);
            if let Some(Money { minor, currency }) = amount {
                if !(0..=Money::LARGEST).contains(minor) {
                    complaints.add("/amount/minor", format!("must be 0 to {}", Money::LARGEST));
                }
                if !is_currency(currency) {
                    complaints.add("/amount/currency", "must be an ISO 4217 code in capitals, such as EUR");
                }
            }
        }
        complaints.refuse()?;
        deal.close_at = self.close_date.unwrap_or(deal.close_at);
        deal.contact = self.contact_id.unwrap_or(deal.contact);
        deal.company = self.company_id.unwrap_or(deal.company);
        deal.owner = self.owner_id.unwrap_or(deal.owner);
        Ok(deal)
    }

    /// Refuses the names of contacts, companies and people that are not here.
    async fn refuse_strangers(&self, app: &App, caller: &Caller) -> Result<(), ApiError> {
        let mut complaints = Complaints::default();
        if let Some(id) = self.contact_id.flatten()
            && find_contact(&app.db, caller.workspace(), id).await?.is_none()
        {
            complaints.add("/contact_id", "there is no contact with this id");
        }
        if let Some(id) = self.company_id.flatten()
            && find_company(&app.db, caller.workspace(), id).await?.is_none()
        {
            complaints.add("/company_id", "there is no company with this id");
        }
        complaints.refuse()?;
        check::owner(app, caller, self.owner_id.flatten()).await.map(drop)
    }
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) && CURRENCIES.split(' ').any(|known| known == code)
}

/// What is written of a deal, from what is stored.
fn as_written(deal: &StoredDeal) -> NewDeal {
    NewDeal {
        id: deal.id,
        name: deal.name.clone(),
        stage: deal.stage.clone(),
        state: deal.state,
        probability: deal.probability,
        amount: deal.amount.clone(),
        close_at: deal.close_at,
        contact: deal.contact.as_ref().map(|contact| contact.id),
        company: deal.company.as_ref().map(|company| company.id),
        owner: deal.owner.as_ref().map(|owner| owner.id),
    }
}

fn event(caller: &Caller, kind: &'static str, id: DealId, at: Ts, data: serde_json::Value) -> NewEvent {
    NewEvent {
        workspace: caller.workspace(),
        kind,
        at,
        actor: caller.actor(),
        move_id: None,
        subject_id: Some(id.to_string()),
        data,
    }
}

/// Makes a deal by hand.
#[utoipa::path(post, path = "/api/deals", tag = "deals", operation_id = "create_deal", request_body = Fields,
    security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 201, body = Deal)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Fresh(uuid): Fresh,
    Body(fields): Body<Fields>,
) -> Result<Response, ApiError> {
    let (id, now, workspace) = (DealId::new(uuid), app.clock.now(), caller.workspace());
    let new = fields.put_into(NewDeal {
        id,
        name: String::new(),
        stage: "new".to_owned(),
        state: DealState::Open,
        probability: 0,
        amount: None,
        close_at: None,
        contact: None,
        company: None,
        owner: None,
    })?;
    fields.refuse_strangers(&app, &caller).await?;
    let made = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                add_deal(tx, workspace, &new, now).await?;
                let data = serde_json::json!({ "stage": new.stage, "state": new.state });
                tx.emit(event(&caller, "deal.created", id, now, data));
                Ok(())
            })
        })
        .await;
    match made {
        // Taken: the first try of this very request made it.
        Ok(()) | Err(StoreError::Taken) => {}
        Err(error) => return Err(error.into()),
    }
    let deal = find_deal(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    Ok(check::created(&format!("/api/deals/{id}"), deal.on_the_wire()))
}

/// Edits a deal. With `If-Match` and the entity tag of a read, only if it has not changed since.
#[utoipa::path(patch, path = "/api/deals/{id}", tag = "deals", operation_id = "edit_deal", params(("id" = DealId, Path)),
    request_body = Fields, security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 200, body = Deal)))]
async fn update(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Id(id): Id<DealId>,
    IfMatch(if_match): IfMatch,
    Body(fields): Body<Fields>,
) -> Result<Response, ApiError> {
    let workspace = caller.workspace();
    for _ in 0..TRIES {
        let before = find_deal(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
        check::must_match(if_match.as_deref(), &before.clone().on_the_wire())?;
        let was = as_written(&before);
        let after = fields.put_into(was.clone())?;
        fields.refuse_strangers(&app, &caller).await?;
        if after == was {
            return Ok(check::tagged(before.on_the_wire()));
        }
        let (now, editor) = (app.clock.now(), caller.clone());
        let saved = app
            .db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    save_deal(tx, workspace, &before, &after, now).await?;
                    if (&before.stage, before.state) != (&after.stage, after.state) {
                        let data = serde_json::json!({
                            "from": { "stage": before.stage, "state": before.state },
                            "to": { "stage": after.stage, "state": after.state },
                        });
                        tx.emit(event(&editor, "deal.changed", id, now, data));
                    }
                    Ok(())
                })
            })
            .await;
        match saved {
            Ok(()) => {
                let deal = find_deal(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
                return Ok(check::tagged(deal.on_the_wire()));
            }
            Err(StoreError::Stale) if if_match.is_none() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(ApiError::Store(StoreError::Busy))
}

/// Deletes a deal. What was done and what happened stays, without it.
#[utoipa::path(delete, path = "/api/deals/{id}", tag = "deals", operation_id = "delete_deal", params(("id" = DealId, Path)),
    security(("key" = ["contacts:write"]), ("session" = [])), responses((status = 204, description = "Gone.")))]
async fn remove(
    State(app): State<App>,
    Can(caller, _): Can<ContactsWrite>,
    Id(id): Id<DealId>,
) -> Result<StatusCode, ApiError> {
    let now = app.clock.now();
    let gone = app
        .db
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move {
                let gone = delete_deal(tx, caller.workspace(), id).await?;
                if gone {
                    tx.emit(event(&caller, "deal.deleted", id, now, serde_json::json!({})));
                }
                Ok(gone)
            })
        })
        .await;
    match gone {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(ApiError::NotFound),
        Err(StoreError::Stale) => Err(ApiError::Conflict(
            "Moves that are not finished are about this deal. Dismiss or complete them, then delete it.".to_owned(),
        )),
        Err(error) => Err(error.into()),
    }
}
