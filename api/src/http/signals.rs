//! Signals: the intake for programs, and what became of everything that came in.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use caseyos_shared::capture::domain::Domain;
use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::model::{DealId, Money, Signal, SignalId, Ts};
use caseyos_shared::problem::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Admin, ApiError, Body, Can, Fresh, Id, Page, Params, QueueRead, SignalsWrite, Window};
use crate::app::App;
use crate::signals::arrivals::take_in;
use crate::signals::envelope::{CompanyHint, ContactHint, DealHint, Envelope};
use crate::store::StoreError;
use crate::store::signals::{NewSignal, SignalFilter, find_signal, first_with_key, list_signals, retry_signal};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(read)).routes(routes!(retry))
}

/// The longest word for a source or kind.
const WORD: usize = 64;
/// The longest dedupe key.
const KEY: usize = 256;
/// The longest name, title or other short text.
const TEXT: usize = 500;
/// The most attributes of a contact.
const ATTRIBUTES: usize = 200;
/// How far ahead of this clock something may have happened.
const AHEAD: i64 = Ts::DAY;

/// Something that happened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignalRequest {
    /// Where it came from: 1 to 64 of `a-z`, `0-9`, `_`, `.`, `-`.
    source: String,
    /// What happened, in the same letters: `demo_request`, `reply`, `page_view` …
    kind: String,
    /// What makes it the same thing when it is sent again; up to 256 characters. Without it every request is a new one, unless it has
    /// an `Idempotency-Key`.
    dedupe_key: Option<String>,
    /// When it happened; now if absent.
    occurred_at: Option<Ts>,
    /// Whom it is about.
    contact: Option<ContactRequest>,
    /// Which organisation it is about.
    company: Option<CompanyRequest>,
    /// Which deal it is about.
    deal: Option<DealRequest>,
    /// Anything, as the source says it.
    #[serde(default)]
    #[schema(value_type = Object)]
    payload: serde_json::Value,
}

/// A person as a source knows them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactRequest {
    /// The e-mail address.
    #[schema(value_type = Option<String>)]
    email: Option<EmailAddress>,
    /// The name.
    name: Option<String>,
    /// The job title.
    title: Option<String>,
    /// A phone number.
    phone: Option<String>,
    /// The name of their company.
    company: Option<String>,
    /// The address of their LinkedIn profile.
    linkedin_url: Option<String>,
    /// Where they are.
    location: Option<String>,
    /// Their IANA time zone.
    time_zone: Option<String>,
    /// Everything else.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// An organisation as a source knows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompanyRequest {
    /// Its name.
    name: Option<String>,
    /// Its domain or website.
    domain: Option<String>,
}

/// A deal as a source knows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DealRequest {
    /// Its id here.
    id: Option<DealId>,
    /// Its name.
    name: Option<String>,
    /// Its stage.
    stage: Option<String>,
    /// Its value.
    amount: Option<Money>,
    /// When it should close.
    close_date: Option<Ts>,
    /// How likely it closes, 0 to 100 percent.
    probability: Option<u8>,
}

/// What became of a request to take a signal in.
#[derive(Serialize, ToSchema)]
struct Taken {
    /// The signal; of something that came before, the first one's.
    signal_id: SignalId,
    /// Whether it came before.
    duplicate: bool,
}

/// Takes a signal in. It is durable when this is answered, and worked soon after.
#[utoipa::path(post, path = "/api/signals", tag = "signals", request_body = SignalRequest,
    security(("key" = ["signals:write"]), ("session" = [])), responses((status = 202, body = Taken)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<SignalsWrite>,
    Fresh(uuid): Fresh,
    headers: HeaderMap,
    Body(request): Body<SignalRequest>,
) -> Result<(StatusCode, axum::Json<Taken>), ApiError> {
    let now = app.clock.now();
    let mut errors = check(&request, now);
    let SignalRequest { source, kind, dedupe_key, occurred_at, contact, company, deal, payload } = request;
    let envelope = envelope(contact, company, deal, payload, &mut errors);
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let id = SignalId::new(uuid);
    let dedupe_key = dedupe_key.unwrap_or_else(|| {
        headers
            .get("idempotency-key")
            .and_then(|key| key.to_str().ok())
            .map_or_else(|| id.to_string(), |key| format!("idempotency-key {} {}", caller.person(), key.trim()))
    });
    let signal = NewSignal {
        id,
        source,
        kind,
        dedupe_key,
        occurred_at: occurred_at.unwrap_or(now),
        envelope: NewSignal::text_of(&envelope)?,
        import: None,
        run_after: now,
    };
    let workspace = caller.workspace();
    let (source, key) = (signal.source.clone(), signal.dedupe_key.clone());
    if take_in(&app, workspace, signal).await? {
        return Ok((StatusCode::ACCEPTED, axum::Json(Taken { signal_id: id, duplicate: false })));
    }
    let first = app
        .db
        .write::<_, StoreError, _>(move |tx| {
            Box::pin(async move { first_with_key(tx, workspace, &source, &key).await })
        })
        .await?;
    let first = first.ok_or(StoreError::Stale)?;
    Ok((StatusCode::ACCEPTED, axum::Json(Taken { signal_id: first, duplicate: first != id })))
}

/// Whether this is a word for a source or a kind.
pub(super) fn is_word(text: &str) -> bool {
    (1..=WORD).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-'))
}

/// What a word for a source or a kind is, for complaints.
pub(super) const A_WORD: &str = "must be 1 to 64 of a-z, 0-9, _, . and -";

fn check(request: &SignalRequest, now: Ts) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (pointer, word) in [("/source", &request.source), ("/kind", &request.kind)] {
        if !is_word(word) {
            errors.push(FieldError::new(pointer, A_WORD));
        }
    }
    if let Some(key) = &request.dedupe_key
        && (key.trim().is_empty() || key.chars().count() > KEY || key.contains('\0'))
    {
        errors.push(FieldError::new("/dedupe_key", format!("must be 1 to {KEY} characters")));
    }
    if request.occurred_at.is_some_and(|at| at > now + AHEAD) {
        errors.push(FieldError::new("/occurred_at", "lies in the future; a signal is something that has happened"));
    }
    if request.occurred_at.is_some_and(|at| at.millis() < 0) {
        errors.push(FieldError::new("/occurred_at", "lies before 1970"));
    }
    errors
}

fn envelope(
    contact: Option<ContactRequest>,
    company: Option<CompanyRequest>,
    deal: Option<DealRequest>,
    payload: serde_json::Value,
    errors: &mut Vec<FieldError>,
) -> Envelope {
    let mut text = |pointer: &str, text: Option<String>| -> Option<String> {
        let text = text.map(|text| text.replace('\0', "").trim().to_owned()).filter(|text| !text.is_empty())?;
        if text.chars().count() > TEXT {
            errors.push(FieldError::new(pointer, format!("is longer than {TEXT} characters")));
            return None;
        }
        Some(text)
    };
    let mut company_hint = CompanyHint::default();
    let contact = contact.map(|contact| {
        company_hint.name = text("/contact/company", contact.company);
        ContactHint {
            email: contact.email,
            name: text("/contact/name", contact.name),
            title: text("/contact/title", contact.title),
            phone: text("/contact/phone", contact.phone),
            linkedin_url: text("/contact/linkedin_url", contact.linkedin_url),
            location: text("/contact/location", contact.location),
            time_zone: text("/contact/time_zone", contact.time_zone),
            attributes: contact.attributes,
        }
    });
    let mut domain = None;
    if let Some(company) = company {
        company_hint.name = text("/company/name", company.name).or(company_hint.name.take());
        domain = text("/company/domain", company.domain);
    }
    let deal = deal.map(|deal| {
        let mut hint = DealHint {
            id: deal.id,
            name: text("/deal/name", deal.name),
            stage: text("/deal/stage", deal.stage),
            close_date: deal.close_date,
            probability: deal.probability,
            ..DealHint::default()
        };
        if let Some(money) = &deal.amount {
            hint.set_money(money);
        }
        (hint, deal.amount)
    });
    if let Some(domain) = domain {
        match Domain::from_website(&domain) {
            Ok(domain) => company_hint.domain = Some(domain.as_str().to_owned()).filter(|_| domain.names_a_company()),
            Err(_) => errors.push(FieldError::new("/company/domain", "is no domain such as acme.example")),
        }
    }
    if let Some((hint, amount)) = &deal {
        if hint.probability.is_some_and(|percent| percent > 100) {
            errors.push(FieldError::new("/deal/probability", "must be 0 to 100"));
        }
        let is_code = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        if amount.as_ref().is_some_and(|money| !is_code(&money.currency)) {
            errors.push(FieldError::new("/deal/amount/currency", "must be an ISO 4217 code such as EUR"));
        }
        if amount.as_ref().is_some_and(|money| !(0..=Money::LARGEST).contains(&money.minor)) {
            errors.push(FieldError::new("/deal/amount/minor", format!("must be 0 to {}", Money::LARGEST)));
        }
    }
    if contact.as_ref().is_some_and(|contact| contact.attributes.len() > ATTRIBUTES) {
        errors.push(FieldError::new("/contact/attributes", format!("has more than {ATTRIBUTES} entries")));
    }
    let message = message_of(&payload);
    Envelope {
        contact,
        company: (company_hint != CompanyHint::default()).then_some(company_hint),
        deal: deal.map(|(hint, _)| hint),
        payload,
        message,
        ..Envelope::default()
    }
}

/// What a person wrote, where a payload has it under one of its usual names.
pub(super) fn message_of(payload: &serde_json::Value) -> Option<String> {
    let fields = payload.as_object()?;
    ["message", "text", "body", "comment", "comments", "note", "notes"]
        .iter()
        .find_map(|name| fields.get(*name)?.as_str())
        .map(|text| text.trim().chars().take(8_000).collect::<String>())
        .filter(|text| !text.is_empty())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// A source.
    source: Option<String>,
    /// A kind.
    kind: Option<String>,
    /// `waiting`, `moved`, `merged`, `no_move` or `failed`.
    verdict: Option<String>,
    /// A contact's id.
    contact: Option<String>,
    /// An import's id.
    import: Option<String>,
    /// Words in what it said, in the reason of its verdict, or in its contact's name or address.
    text: Option<String>,
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Signals, those that came last first.
#[utoipa::path(get, path = "/api/signals", tag = "signals", params(ListQuery),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Page<Signal>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<Page<Signal>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = SignalFilter {
        verdict: parsed("/verdict", query.verdict.as_deref())?,
        contact: parsed("/contact", query.contact.as_deref())?,
        import: parsed("/import", query.import.as_deref())?,
        source: query.source,
        kind: query.kind,
        text: query.text.filter(|text| !text.trim().is_empty()),
    };
    let rows = list_signals(&app.db, caller.workspace(), &filter, &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.received_at, row.id.to_string()), |row| row)))
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    pointer: &str,
    text: Option<&str>,
) -> Result<Option<T>, ApiError> {
    text.map(|text| text.parse().map_err(|error| ApiError::field(pointer, format!("{error}")))).transpose()
}

/// One signal, with the moves it led to.
#[utoipa::path(get, path = "/api/signals/{id}", tag = "signals", params(("id" = SignalId, Path)),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Signal)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<SignalId>,
) -> Result<axum::Json<Signal>, ApiError> {
    let signal = find_signal(&app.db, caller.workspace(), id).await?;
    signal.map(axum::Json).ok_or(ApiError::NotFound)
}

/// Works a signal again that failed.
#[utoipa::path(post, path = "/api/signals/{id}/retry", tag = "signals", params(("id" = SignalId, Path)),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = Signal)))]
async fn retry(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Id(id): Id<SignalId>,
) -> Result<axum::Json<Signal>, ApiError> {
    let (workspace, now) = (caller.workspace(), app.clock.now());
    app.db
        .write::<bool, StoreError, _>(move |tx| Box::pin(async move { retry_signal(tx, workspace, id, now).await }))
        .await?;
    let signal = find_signal(&app.db, workspace, id).await?;
    signal.map(axum::Json).ok_or(ApiError::NotFound)
}
