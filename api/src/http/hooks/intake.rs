//! The door that providers knock at: the signature over the raw bytes first, then the row, then the answer; the work comes later.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use caseyos_shared::capture::lead::LeadFields;
use caseyos_shared::model::{HookId, SignalId, Ts};
use serde::Serialize;
use serde_json::Value;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook, WebhookError};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::secret_of;
use crate::access::token::workspace_of;
use crate::app::App;
use crate::clock::new_id;
use crate::http::ApiError;
use crate::http::extract::{from_json, unreadable};
use crate::http::signals::message_of;
use crate::signals::arrivals::take_in;
use crate::signals::envelope::Envelope;
use crate::store::forms::hook_by_key;
use crate::store::signals::NewSignal;

/// The largest webhook.
const LIMIT: usize = 5 * 1024 * 1024;
/// The longest id of a webhook.
const ID: usize = 256;
/// The objects in `data` that usually hold the person.
const PERSON: [&str; 9] = ["contact", "lead", "person", "customer", "user", "sender", "from", "attendee", "prospect"];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take)).layer(DefaultBodyLimit::max(LIMIT))
}

/// What became of a webhook.
#[derive(Serialize, ToSchema)]
struct Acknowledged {
    /// Always true.
    received: bool,
    /// Whether one with this id came before.
    duplicate: bool,
}

/// Takes a webhook: `standard` is Standard Webhooks. It is durable when this is answered, and worked soon after.
#[utoipa::path(post, path = "/hooks/{provider}/{hook_key}", tag = "webhooks",
    params(("provider" = String, Path), ("hook_key" = String, Path),
        ("webhook-id" = String, Header), ("webhook-timestamp" = String, Header), ("webhook-signature" = String, Header)),
    request_body(content = Object, description = "`{type, timestamp, data}`"),
    security(()), responses((status = 202, body = Acknowledged)))]
async fn take(
    State(app): State<App>,
    Path((provider, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, axum::Json<Acknowledged>), ApiError> {
    let workspace = workspace_of(&key).ok_or(ApiError::NotFound)?;
    let hook = hook_by_key(&app.db, workspace, &provider, &key).await?.filter(|hook| hook.disabled_at.is_none());
    let hook = hook.ok_or(ApiError::NotFound)?;
    let body = body.map_err(|rejection| unreadable(&rejection))?;
    let secret = secret_of(&app, workspace, &hook)?;
    let verifier = Webhook::new(&secret).map_err(|error| ApiError::Internal(format!("a hook's secret: {error}")))?;
    verifier
        .verify(&body, &headers)
        .or_else(|error| fits_raw(error, &secret, &body, &headers))
        .map_err(|error| refused(&error))?;
    let id = headers.get(HEADER_WEBHOOK_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    if id.is_empty() || id.len() > ID {
        return Err(ApiError::Malformed(format!("webhook-id must be 1 to {ID} characters.")));
    }
    let now = app.clock.now();
    let signal = signal(hook.id, id, from_json(&body)?, now)?;
    let new = take_in(&app, workspace, signal).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Acknowledged { received: true, duplicate: !new })))
}

/// Verifies a body that is no text, which the verifier gives up on after the headers and the time: whether it was signed is told by its
/// bytes, and what is wrong with them is told to whoever signed them.
fn fits_raw(error: WebhookError, secret: &str, body: &[u8], headers: &HeaderMap) -> Result<(), WebhookError> {
    if !matches!(error, WebhookError::InvalidPayload) {
        return Err(error);
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret));
    let key = key.map_err(|_| WebhookError::InvalidSignature)?;
    // The time as the verifier reads and signs it.
    let time: i64 = header(HEADER_WEBHOOK_TIMESTAMP).parse().map_err(|_| WebhookError::InvalidTimestamp)?;
    let signed = [format!("{}.{time}.", header(HEADER_WEBHOOK_ID)).as_bytes(), body].concat();
    let expected = STANDARD.encode(hmac_sha256::HMAC::mac(signed, key));
    let mut sent = header(HEADER_WEBHOOK_SIGNATURE).split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let fits = sent.any(|one| bool::from(one.as_bytes().ct_eq(expected.as_bytes())));
    if fits { Ok(()) } else { Err(WebhookError::InvalidSignature) }
}

/// Says what a sender's developer needs to know, and nothing about the secret.
fn refused(error: &WebhookError) -> ApiError {
    tracing::debug!(%error, "a webhook was refused");
    ApiError::BadSignature(match error {
        WebhookError::TimestampTooOldError | WebhookError::FutureTimestampError => {
            "The webhook's timestamp is more than five minutes away from this server's clock."
        }
        WebhookError::MissingHeader(_) | WebhookError::InvalidHeader(_) | WebhookError::InvalidTimestamp => {
            "A webhook needs the headers webhook-id, webhook-timestamp and webhook-signature."
        }
        WebhookError::InvalidSecret(_) | WebhookError::InvalidSignature | WebhookError::InvalidPayload => {
            "The webhook's signature does not fit its body and this address's secret."
        }
    })
}

fn signal(hook: HookId, id: &str, body: Value, now: Ts) -> Result<NewSignal, ApiError> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let kind = word(text("type").unwrap_or("webhook"));
    // A sender's clock may be wrong or absent: then it happened when it came.
    let occurred_at =
        text("timestamp").and_then(|time| time.parse::<Ts>().ok()).filter(|at| at.millis() >= 0 && *at <= now);
    let data = body.get("data").unwrap_or(&body);
    let mut envelope = Envelope::from(LeadFields::from_form(person_fields(data)));
    envelope.message = envelope.message.or_else(|| message_of(data));
    envelope.payload = body;
    Ok(NewSignal {
        id: new_id(SignalId::new),
        source: "webhook".to_owned(),
        kind,
        dedupe_key: format!("{hook} {id}"),
        occurred_at: occurred_at.unwrap_or(now),
        envelope: NewSignal::text_of(&envelope)?,
        import: None,
        run_after: now,
    })
}

/// A type as a word for a kind: `Contact Created` is `contact_created`.
fn word(text: &str) -> String {
    let word: String = text
        .trim()
        .chars()
        .take(64)
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c.to_ascii_lowercase() } else { '_' })
        .collect();
    if word.is_empty() { "webhook".to_owned() } else { word }
}

/// The leaves of the data as form fields: those of the object that holds the person first, then those of the data itself.
fn person_fields(data: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let person = PERSON.iter().find_map(|name| data.get(*name));
    match person {
        Some(Value::Object(_)) => leaves(person, &mut fields),
        Some(Value::String(text)) if text.contains('@') => fields.push(("email".to_owned(), text.clone())),
        _ => {}
    }
    if let Some(company) = data.get("company").and_then(Value::as_object) {
        for (from, to) in [("name", "company"), ("domain", "website"), ("website", "website")] {
            if let Some(text) = company.get(from).and_then(Value::as_str) {
                fields.push((to.to_owned(), text.to_owned()));
            }
        }
    }
    let mut own = Vec::new();
    leaves(Some(data), &mut own);
    // A name beside a person object is something else's: the deal's, the form's.
    let known: Vec<String> = fields.iter().map(|(name, _)| name.to_lowercase()).collect();
    let is_new = |name: &str| !known.contains(&name.to_lowercase()) && (known.is_empty() || name != "name");
    fields.extend(own.into_iter().filter(|(name, _)| is_new(name)));
    fields
}

fn leaves(value: Option<&Value>, fields: &mut Vec<(String, String)>) {
    for (name, value) in value.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::String(text) => fields.push((name.clone(), text.clone())),
            Value::Number(_) | Value::Bool(_) => fields.push((name.clone(), value.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email_and_name(data: Value) -> (Option<String>, Option<String>) {
        let lead = LeadFields::from_form(person_fields(&data));
        (lead.email.as_ref().map(|email| email.as_str().to_owned()), lead.display_name())
    }

    #[test]
    fn the_person_is_found_where_senders_usually_put_them() {
        let ada = (Some("ada@ruiz.example".to_owned()), Some("Ada Ruiz".to_owned()));
        for data in [
            serde_json::json!({"email": "ada@ruiz.example", "name": "Ada Ruiz"}),
            serde_json::json!({"contact": {"email": "ada@ruiz.example", "first_name": "Ada", "last_name": "Ruiz"}, "name": "Big deal"}),
            serde_json::json!({"lead": {"Email": "ada@ruiz.example", "Name": "Ada Ruiz"}}),
        ] {
            assert_eq!(email_and_name(data.clone()), ada, "{data}");
        }
    }

    #[test]
    fn a_type_becomes_a_word() {
        assert_eq!(word("Contact Created"), "contact_created");
        assert_eq!(word("demo.requested"), "demo.requested");
        assert_eq!(word("  "), "webhook");
    }
}
