//! `Idempotency-Key` on every POST under `/api`: the same request changes the world once and gets the same answer.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use caseyos_shared::model::{Ts, WorkspaceId};
use caseyos_shared::problem::Problem;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::ApiError;
use super::extract::Fresh;
use super::upload::{self, Spooled};
use crate::access::callers::Caller;
use crate::app::App;
use crate::store::StoreError;
use crate::store::idempotency::{self, Answer, Claim};

/// How long a claimed key waits for its answer before another request may take it over.
const WORKING: i64 = Ts::MINUTE;
/// The longest key that is taken.
const LONGEST_KEY: usize = 255;
/// The largest request and answer that are remembered.
const LIMIT: usize = 1024 * 1024;

/// The layer.
pub(super) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let key = request.headers().get("idempotency-key").cloned();
    let caller = request.extensions().get::<Caller>().cloned();
    match (key, caller) {
        (Some(key), Some(caller)) if *request.method() == Method::POST => {
            work_once(&app, &caller, &key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn work_once(
    app: &App,
    caller: &Caller,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let key = key.to_str().ok().map(str::trim).filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY);
    let key = key.ok_or_else(|| {
        ApiError::Malformed(format!("Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters."))
    })?;
    let workspace = caller.workspace();
    let (mut parts, body) = request.into_parts();
    let (content, body) = match upload::limit_of(parts.uri.path()) {
        // A file goes to the disk, and its own hash stands for it.
        Some(limit) => {
            upload::refuse_far_too_large(&parts.headers, limit)?;
            let received = upload::receive(app, workspace, body.into_data_stream(), limit).await?;
            let content = Bytes::copy_from_slice(received.digest());
            parts.extensions.insert(Spooled::new(received));
            (content, Body::empty())
        }
        None => {
            let bytes = to_bytes(body, LIMIT)
                .await
                .map_err(|_| ApiError::TooLarge("A request with an Idempotency-Key may have 1 MiB.".to_owned()))?;
            (bytes.clone(), Body::from(bytes))
        }
    };
    // A plain hash of a body would let whoever reads the database guess at a password in it.
    let digest = |parts: &[&[u8]]| app.vault.fingerprint(&join(parts));
    let key_hash = digest(&[caller.person().to_string().as_bytes(), key.as_bytes()]);
    let address = parts.uri.to_string();
    let request_hash = digest(&[parts.method.as_str().as_bytes(), address.as_bytes(), &content]);
    match claim(app, workspace, &key_hash, &request_hash).await? {
        Claim::Answered(answer) => again(app, workspace, &key_hash, answer),
        Claim::InFlight => Err(ApiError::Conflict(
            "A request with this Idempotency-Key is being worked. Wait for its answer, or ask again in a moment."
                .to_owned(),
        )),
        Claim::OtherRequest => Err(ApiError::field(
            "",
            "this Idempotency-Key was used for another request; use a new key for a new request",
        )),
        Claim::Yours(first_claimed) => {
            parts.extensions.insert(Fresh(seeded(first_claimed, &key_hash)));
            let response = next.run(Request::from_parts(parts, body)).await;
            remember(app, workspace, key_hash, response).await
        }
    }
}

async fn claim(app: &App, workspace: WorkspaceId, key: &str, request: &str) -> Result<Claim, ApiError> {
    let now = app.clock.now();
    let (key, request) = (key.to_owned(), request.to_owned());
    Ok(app
        .db
        .write::<Claim, StoreError, _>(move |tx| {
            Box::pin(async move { idempotency::claim(tx, workspace, &key, &request, now, now + WORKING).await })
        })
        .await?)
}

/// Keeps an answer that the same request would get again; what may go differently next time is given back.
async fn remember(app: &App, workspace: WorkspaceId, key: String, response: Response) -> Result<Response, ApiError> {
    let status = response.status();
    let problem = response.extensions().get::<Problem>().cloned();
    let passing = status.is_server_error()
        || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
    if passing {
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { idempotency::release(tx, workspace, &key).await })
            })
            .await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body: Bytes = to_bytes(body, LIMIT)
        .await
        .map_err(|error| ApiError::Internal(format!("an answer too large to keep: {error}")))?;
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (content_type, text) = match &problem {
        // Problems are rendered at the door, with the id of the request that asks.
        Some(problem) => (None, serde_json::to_vec(problem).unwrap_or_default().into()),
        None => (header(CONTENT_TYPE), body.clone()),
    };
    // An answer may hold what is shown once and stored nowhere else, such as a new API key.
    let sealed = app.vault.seal(workspace, &place(&key), &text);
    let (location, etag) = (header(LOCATION), header(ETAG));
    let answer = Answer { status: status.as_u16(), content_type, location, etag, body: sealed };
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { idempotency::keep(tx, workspace, &key, &answer).await })
        })
        .await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Where an answer is kept, for the vault.
fn place(key_hash: &str) -> String {
    format!("idempotency/{key_hash}")
}

fn again(app: &App, workspace: WorkspaceId, key_hash: &str, answer: Answer) -> Result<Response, ApiError> {
    let body = app.vault.open(workspace, &place(key_hash), &answer.body).map_err(|_| {
        ApiError::Conflict(
            "This was answered before, and the server's key has changed since. Look what is there.".to_owned(),
        )
    })?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = status.into_response();
    match answer.content_type.as_deref().map(HeaderValue::from_str) {
        Some(Ok(kind)) => {
            response.headers_mut().insert(CONTENT_TYPE, kind);
            *response.body_mut() = Body::from(body);
        }
        _ => {
            if let Ok(problem) = serde_json::from_slice::<Problem>(&body) {
                response.extensions_mut().insert(problem);
            }
        }
    }
    for (name, value) in [(LOCATION, answer.location), (ETAG, answer.etag)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

/// The same UUIDv7 for the same key: its time is that of the first claim, its random part the key's digest.
fn seeded(at: Ts, key_hash: &str) -> Uuid {
    let digest = Sha256::digest(key_hash.as_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The parts one after the other, each with its length: different parts never look the same.
fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().fold(Vec::new(), |mut joined, part| {
        joined.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        joined.extend(*part);
        joined
    })
}
