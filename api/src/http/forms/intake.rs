//! The public side of a form: anybody's page may post anything to it, and nobody is told off.

use std::collections::HashSet;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use caseyos_shared::capture::fields::Mapping;
use caseyos_shared::capture::lead::LeadFields;
use caseyos_shared::model::{SignalId, Ts};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::token::{hex, workspace_of};
use crate::app::App;
use crate::clock::new_id;
use crate::http::ApiError;
use crate::http::extract::{from_json, unreadable};
use crate::signals::envelope::Envelope;
use crate::store::StoreError;
use crate::store::forms::{Form, form_by_key};
use crate::store::signals::{NewSignal, add_signals, came_since};

/// The largest submission.
const LIMIT: usize = 256 * 1024;
/// The most fields of a submission that are kept.
const FIELDS: usize = 200;
/// How deep JSON is opened; what lies deeper is kept as its text.
const DEPTH: usize = 4;
/// The fields that people never see: what fills one in is a program, and is thanked and forgotten.
const TRAPS: [&str; 2] = ["_gotcha", "website_url_confirm"];
/// The same submission within this time is one signal: a double click, a reload.
const SAME: i64 = 10 * Ts::MINUTE;

pub(in crate::http) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take)).layer(DefaultBodyLimit::max(LIMIT))
}

/// The answer to a program.
#[derive(Serialize, ToSchema)]
struct Received {
    /// Always true.
    received: bool,
}

/// Takes a submission: JSON or form fields, whatever their names. Browsers get a page, programs JSON.
#[utoipa::path(post, path = "/f/{form_key}", tag = "forms", params(("form_key" = String, Path)),
    request_body(content = Object, description = "Any fields."),
    security(()), responses(
        (status = 202, body = Received),
        (status = 200, description = "A page that says thank you, for browsers.", content_type = "text/html"),
        (status = 303, description = "To the form's redirect, for browsers.")))]
async fn take(State(app): State<App>, Path(key): Path<String>, request: Request) -> Result<Response, ApiError> {
    let workspace = workspace_of(&key).ok_or(ApiError::NotFound)?;
    let form = form_by_key(&app.db, workspace, &key).await?.filter(|form| form.disabled_at.is_none());
    let form = form.ok_or(ApiError::NotFound)?;
    let is_json = kind_of(request.headers()).is_some_and(|kind| kind == "application/json" || kind.ends_with("+json"));
    let is_browser = !is_json && accepts_html(request.headers());
    let fields = fields(&app, request).await?;
    if !fields.iter().any(|(name, value)| TRAPS.contains(&name.as_str()) && !value.trim().is_empty()) {
        let now = app.clock.now();
        let (signal, before) = signal(&form, fields, now)?;
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    if came_since(tx, workspace, &signal.source, &before, now - SAME).await? {
                        return Ok(());
                    }
                    add_signals(tx, workspace, &[signal], now).await.map(drop)
                })
            })
            .await?;
    }
    Ok(answer(&form, is_browser))
}

fn answer(form: &Form, is_browser: bool) -> Response {
    if !is_browser {
        return (StatusCode::ACCEPTED, axum::Json(Received { received: true })).into_response();
    }
    let redirect = form.redirect_url.as_deref().and_then(|url| HeaderValue::from_str(url).ok());
    if let Some(url) = redirect {
        return (StatusCode::SEE_OTHER, [(LOCATION, url)]).into_response();
    }
    axum::response::Html(crate::web::thank_you_page()).into_response()
}

fn kind_of(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Every field of a submission in its order.
async fn fields(app: &App, request: Request) -> Result<Vec<(String, String)>, ApiError> {
    match kind_of(request.headers()).as_deref() {
        Some("multipart/form-data") => multipart(request).await,
        Some("application/x-www-form-urlencoded" | "text/plain") | None => {
            let bytes = bytes(app, request).await?;
            Ok(form_urlencoded::parse(&bytes).into_owned().collect())
        }
        Some(kind) if kind == "application/json" || kind.ends_with("+json") => {
            let value: Value = from_json(&bytes(app, request).await?)?;
            if !value.is_object() {
                return Err(ApiError::field("", "send a JSON object with the form's fields"));
            }
            let mut fields = Vec::new();
            flatten(String::new(), &value, 0, &mut fields);
            Ok(fields)
        }
        Some(kind) => Err(ApiError::WrongType(format!(
            "Send JSON, application/x-www-form-urlencoded or multipart/form-data, not {kind}."
        ))),
    }
}

async fn bytes(app: &App, request: Request) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, app).await.map_err(|rejection: BytesRejection| unreadable(&rejection))
}

async fn multipart(request: Request) -> Result<Vec<(String, String)>, ApiError> {
    let broken = |error: &dyn std::fmt::Display| ApiError::Malformed(format!("The form data cannot be read: {error}."));
    let mut parts = Multipart::from_request(request, &()).await.map_err(|error| broken(&error))?;
    let refused = |error: axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return ApiError::TooLarge("A submission may have 256 KiB.".to_owned());
        }
        broken(&error)
    };
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(refused)? {
        let name = part.name().unwrap_or_default().to_owned();
        // Files are not kept, their names are.
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(refused)?;
        fields.push((name, file.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned())));
    }
    Ok(fields)
}

/// The leaves of JSON as fields; what a form builder nests is named by its last word.
fn flatten(name: String, value: &Value, depth: usize, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => fields.push((name, text.clone())),
        Value::Bool(_) | Value::Number(_) => fields.push((name, value.to_string())),
        Value::Object(entries) if depth < DEPTH => {
            for (key, value) in entries {
                flatten(key.clone(), value, depth + 1, fields);
            }
        }
        Value::Array(items) if depth < DEPTH && items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            for item in items {
                flatten(name.clone(), item, depth + 1, fields);
            }
        }
        Value::Object(_) | Value::Array(_) => fields.push((name, value.to_string())),
    }
}

/// The signal, and the key that the same submission would have had in the window before.
fn signal(form: &Form, mut fields: Vec<(String, String)>, now: Ts) -> Result<(NewSignal, String), ApiError> {
    fields
        .retain(|(name, value)| !name.trim().is_empty() && !value.trim().is_empty() && !TRAPS.contains(&name.as_str()));
    for (name, value) in &mut fields {
        // PostgreSQL's text holds no NUL, and no person wrote one.
        name.retain(|c| c != '\0');
        value.retain(|c| c != '\0');
    }
    let sent = fields.len();
    let fields = the_most_telling(fields);
    let mut digest = Sha256::new();
    digest.update(form.id.to_string());
    for (name, value) in &fields {
        for text in [name, value] {
            digest.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(text);
        }
    }
    // The key names the window in which it came, so that the same words next month are news again.
    let window = now.millis().div_euclid(SAME);
    let digest = hex(&digest.finalize());
    let (dedupe_key, before) = (format!("{digest} {window}"), format!("{digest} {}", window - 1));
    let mut envelope = Envelope::from(LeadFields::from_form(fields.iter().map(|(name, value)| (name, value))));
    envelope.assignee = form.assignee.as_ref().map(|person| person.id);
    envelope.payload = payload(fields, form);
    if sent > FIELDS {
        let note = format!(
            "The form sent {sent} fields. {FIELDS} were kept: those that say who wrote and what, then the first of the others."
        );
        envelope.payload["note"] = note.clone().into();
        envelope.remarks.push(note);
    }
    let signal = NewSignal {
        id: new_id(SignalId::new),
        source: "form".to_owned(),
        kind: form.kind.clone(),
        dedupe_key,
        occurred_at: now,
        envelope: NewSignal::text_of(&envelope)?,
        import: None,
        run_after: now,
    };
    Ok((signal, before))
}

/// The fields that are kept of too many, in their order: those whose names say what they are before any other.
fn the_most_telling(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    if fields.len() <= FIELDS {
        return fields;
    }
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    let mapping = Mapping::guess(&names);
    let known = mapping.columns().iter().map(|column| column.field.is_some() || !column.raises.is_empty());
    let mut order: Vec<(bool, usize)> = known.enumerate().map(|(at, known)| (!known, at)).collect();
    order.sort_unstable();
    let kept: HashSet<usize> = order.into_iter().take(FIELDS).map(|(_, at)| at).collect();
    fields.into_iter().enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, field)| field).collect()
}

fn payload(fields: Vec<(String, String)>, form: &Form) -> Value {
    let mut kept = serde_json::Map::new();
    for (name, value) in fields {
        match kept.get_mut(&name) {
            Some(Value::String(known)) => {
                known.push_str(", ");
                known.push_str(&value);
            }
            _ => {
                kept.insert(name, Value::String(value));
            }
        }
    }
    serde_json::json!({ "form": form.name, "fields": kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_json_becomes_fields_and_nothing_of_it_is_lost() {
        let value = serde_json::json!({"lead": {"email": "a@b.example", "tags": ["x", "y"]}, "n": 3, "deep": [{"k": 1}], "nil": null});
        let mut fields = Vec::new();
        flatten(String::new(), &value, 0, &mut fields);
        fields.sort();
        let expected = [("deep", "[{\"k\":1}]"), ("email", "a@b.example"), ("n", "3"), ("tags", "x"), ("tags", "y")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
