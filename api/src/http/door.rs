//! The layer that every request passes: its id, its caller, its limit, its headers, its problem, its line in the log.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use caseyos_shared::problem::{FieldError, MEDIA_TYPE, Problem};
use subtle::ConstantTimeEq;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::error::ApiError;
use super::{idempotent, openapi, upload};
use crate::access::callers::{Caller, Rate};
use crate::app::{App, Door};

/// JSON bodies above this are refused (§9: 1 MiB); routes that take more say so themselves.
const JSON_LIMIT: usize = 1024 * 1024;
/// A request that has not been answered by then never will be; only files may take longer to arrive. Live streams are answered at once and
/// go on.
const PATIENCE: Duration = Duration::from_secs(30);

/// Needs no session, so it asks for no session's token even where there is one.
const SIGN_IN: &str = "/api/auth/sign-in";

/// Where the request came from, as far as one can know.
#[derive(Debug, Clone)]
pub struct ClientAddress(pub Arc<str>);

/// Every route with every layer.
pub fn router(app: App) -> Router {
    let (api, document) = openapi::routes().split_for_parts();
    let (open, open_document) = openapi::open_routes().split_for_parts();
    let document = Arc::new(openapi::finish(document.merge_from(open_document)));
    let taken = Arc::new(openapi::what_is_taken(&document));
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(app.config.allowed_origins()))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("if-match"),
            HeaderName::from_static("if-none-match"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            HeaderName::from_static("etag"),
            HeaderName::from_static("idempotent-replayed"),
            HeaderName::from_static("location"),
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("retry-after"),
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
        ])
        .max_age(Duration::from_secs(3600));
    // Public forms: any origin, without credentials.
    let anywhere = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST])
        .allow_headers([CONTENT_TYPE, HeaderName::from_static("accept")]);
    let big_enough =
        SizeAbove::new(1024).and(NotForContentType::new("text/event-stream")).and(NotForContentType::IMAGES);
    Router::new()
        // Before the layers: a preflight is answered by CORS, not by "no such method".
        .merge(
            api.method_not_allowed_fallback(not_this_method)
                .layer(middleware::from_fn_with_state(app.clone(), idempotent::once))
                .layer(middleware::from_fn_with_state(taken, refuse_what_is_not_asked_for))
                .layer(cors),
        )
        .merge(open.method_not_allowed_fallback(not_this_method).layer(anywhere))
        .merge(crate::web::router())
        .merge(openapi::document(document))
        .fallback(|| async { ApiError::NotFound })
        .method_not_allowed_fallback(not_this_method)
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new().compress_when(big_enough))
        .layer(middleware::from_fn_with_state(app.clone(), pass))
        .with_state(app)
}

async fn not_this_method(method: Method) -> Response {
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    response.extensions_mut().insert(Problem {
        detail: Some(format!("There is no {method} here.")),
        ..Problem::new(405, "method_not_allowed", "Not a method of this address")
    });
    response
}

/// Refuses a query where nothing is asked for in one; where something is, its handler looks at each name. Strangers hear first that
/// they are strangers.
async fn refuse_what_is_not_asked_for(
    State(taken): State<Arc<HashMap<(Method, String), openapi::Takes>>>,
    request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if query.is_empty() || request.extensions().get::<Caller>().is_none() {
        return next.run(request).await;
    }
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    if taken.get(&(method, route)) != Some(&openapi::Takes::Nothing) {
        return next.run(request).await;
    }
    let complaint = |(name, _): (Cow<'_, str>, _)| {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        FieldError::new(pointer, "in the query: nothing is asked for here")
    };
    ApiError::Invalid(form_urlencoded::parse(query.as_bytes()).map(complaint).collect()).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("something");
    ApiError::Internal(format!("panicked: {what}")).into_response()
}

async fn in_time(request: Request, next: Next) -> Response {
    let patience = if upload::limit_of(request.uri().path()).is_some() { upload::PATIENCE } else { PATIENCE };
    tokio::time::timeout(patience, next.run(request)).await.unwrap_or_else(|_| {
        let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
        response.extensions_mut().insert(too_slow());
        response
    })
}

async fn pass(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let wants_page = !is_for_programs(&path) && accepts_html(request.headers());
    let address = client_address(&request);
    request.extensions_mut().insert(ClientAddress(Arc::clone(&address)));

    let admitted = admit(&app, &mut request, &address).await;
    let workspace = request.extensions().get::<Caller>().map(Caller::workspace);
    let (response, rate) = match admitted {
        Ok(rate) => (run(next, request).await, rate),
        Err((error, rate)) => ((None, error.into_response()), rate),
    };
    let (route, mut response) = response;
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        problem.instance = Some(path.clone());
        problem.request_id = Some(id.clone());
        response = render(response, &problem, wants_page);
    }
    let headers = response.headers_mut();
    add_rate_headers(headers, rate);
    add_security_headers(headers, app.config.is_https());
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", value);
    }
    let took = begun.elapsed();
    let status = response.status().as_u16();
    app.metrics.request(workspace, method.as_str(), route.as_deref().unwrap_or("none"), status, took);
    let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(request_id = %id, %method, path, status, duration_us, "answered");
    response
}

fn too_slow() -> Problem {
    Problem {
        detail: Some("It took too long and was given up. Try again in a moment.".to_owned()),
        ..Problem::new(503, "too_slow", "No answer in time")
    }
}

async fn run(next: Next, request: Request) -> (Option<String>, Response) {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    (route, next.run(request).await)
}

/// Finds the caller, counts the request, and refuses forged browser requests.
async fn admit(app: &App, request: &mut Request, address: &str) -> Result<Option<Rate>, (ApiError, Option<Rate>)> {
    let path = request.uri().path();
    if is_free(path) {
        return Ok(None);
    }
    let caller = match token(request.headers(), app.config.session_cookie()) {
        // Whoever signs in is nobody yet, whatever session the browser still has.
        _ if path == SIGN_IN => None,
        Some(token) => app.callers.find(&app.db, &app.clock, &token).await.map_err(|error| (error.into(), None))?,
        None => None,
    };
    let Some(caller) = caller else {
        let door = match (path, request.method()) {
            ("/sign-in" | "/setup" | SIGN_IN, &Method::POST) => Door::SignIn,
            _ if path.starts_with("/f/") => Door::Form,
            _ if path.starts_with("/hooks/") => Door::Hook,
            _ => Door::Other,
        };
        let rate = app.count_stranger(door, address);
        if let Some(retry_after) = rate.retry_after {
            return Err((ApiError::TooMany { retry_after }, Some(rate)));
        }
        if path == SIGN_IN {
            // No other site may sign a browser in as somebody else.
            refuse_foreign_origin(app, request.headers()).map_err(|error| (error, Some(rate)))?;
        }
        return Ok(Some(rate));
    };
    let rate = caller.count_request();
    if let Some(retry_after) = rate.retry_after {
        return Err((ApiError::TooMany { retry_after }, Some(rate)));
    }
    if let Some(csrf) = caller.csrf()
        && path.starts_with("/api/")
        && !request.method().is_safe()
    {
        refuse_forged(app, request.headers(), csrf).map_err(|error| (error, Some(rate)))?;
    }
    request.extensions_mut().insert::<Caller>(caller);
    Ok(Some(rate))
}

/// Refuses what another site could have made a browser send (OWASP ASVS 5.0 §3.5).
fn refuse_forged(app: &App, headers: &HeaderMap, csrf: &str) -> Result<(), ApiError> {
    refuse_foreign_origin(app, headers)?;
    let sent = headers.get("x-csrf-token").map(HeaderValue::as_bytes).unwrap_or_default();
    if bool::from(sent.ct_eq(csrf.as_bytes())) {
        return Ok(());
    }
    Err(ApiError::Forbidden(
        "A signed-in browser must send the header x-csrf-token with the token of its page; reload the page.".to_owned(),
    ))
}

/// Refuses a state-changing browser request that says it comes from another site.
///
/// # Errors
/// [`ApiError::Forbidden`].
pub(crate) fn refuse_foreign_origin(app: &App, headers: &HeaderMap) -> Result<(), ApiError> {
    let refused = || Err(ApiError::Forbidden("This request comes from another site.".to_owned()));
    if let Some(site) = headers.get("sec-fetch-site")
        && !matches!(site.as_bytes(), b"same-origin" | b"none")
    {
        return refused();
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("null");
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let same = origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host);
    if same || origin == app.config.public_origin() { Ok(()) } else { refused() }
}

/// What answers without looking who asks: probes, the document, style sheets.
fn is_free(path: &str) -> bool {
    matches!(
        path,
        "/healthz" | "/readyz" | "/metrics" | "/openapi.json" | "/favicon.ico" | "/manifest.webmanifest" | "/sw.js"
    ) || path.starts_with("/assets/")
}

/// Addresses whose errors are always problems, never pages.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
        || path.starts_with("/hooks/")
        || matches!(path, "/healthz" | "/readyz" | "/metrics" | "/openapi.json")
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get("accept").and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// The token of the request: an API key before a session.
pub(super) fn token(headers: &HeaderMap, cookie: &str) -> Option<String> {
    if let Some(authorization) = headers.get(AUTHORIZATION) {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        let token = token.trim();
        // A session's token is for cookies only.
        let is_key = token.starts_with(crate::access::token::KEY_PREFIX);
        return (scheme.eq_ignore_ascii_case("bearer") && is_key).then(|| token.to_owned());
    }
    session_cookie(headers, cookie)
}

/// The session token in the request's cookies: on https only in the one with the prefix, which no other host can set.
fn session_cookie(headers: &HeaderMap, cookie: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, value)| *name == cookie && !value.starts_with(crate::access::token::KEY_PREFIX))
        .map(|(_, value)| value.to_owned())
}

fn client_address(request: &Request) -> Arc<str> {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| Arc::from("unknown"), |ConnectInfo(address)| Arc::from(address.ip().to_string()))
}

/// The id that the caller gave, if it is one, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
        .map_or_else(|| crate::clock::new_uuid().simple().to_string(), str::to_owned)
}

fn render(response: Response, problem: &Problem, wants_page: bool) -> Response {
    let (mut parts, _) = response.into_parts();
    let (kind, body) = if wants_page {
        (HeaderValue::from_static("text/html; charset=utf-8"), crate::web::problem_page(problem).into_bytes())
    } else {
        // A problem is plain data; writing it cannot fail.
        (HeaderValue::from_static(MEDIA_TYPE), serde_json::to_vec(problem).unwrap_or_default())
    };
    parts.headers.insert(CONTENT_TYPE, kind);
    parts.headers.remove("content-length");
    parts.headers.insert("cache-control", HeaderValue::from_static("no-store"));
    Response::from_parts(parts, Body::from(body))
}

/// The fields of draft-ietf-httpapi-ratelimit-headers.
fn add_rate_headers(headers: &mut HeaderMap, rate: Option<Rate>) {
    let Some(rate) = rate else { return };
    let reset = rate.retry_after.unwrap_or(1);
    if let Ok(value) = HeaderValue::from_str(&format!("\"default\";r={};t={reset}", rate.remaining)) {
        headers.insert("ratelimit", value);
    }
    if let Ok(value) = HeaderValue::from_str(&format!("\"default\";q={};w=60", rate.per_minute)) {
        headers.insert("ratelimit-policy", value);
    }
}

/// On every answer, also 404 and 500 (OWASP ASVS 5.0 §3.4).
fn add_security_headers(headers: &mut HeaderMap, https: bool) {
    const ALWAYS: [(&str, &str); 6] = [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
             manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=()"),
    ];
    for (name, value) in ALWAYS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    headers.entry("cache-control").or_insert(HeaderValue::from_static("no-store"));
    if https {
        headers.insert("strict-transport-security", HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
}
