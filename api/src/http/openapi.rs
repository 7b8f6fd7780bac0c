//! The OpenAPI 3.1 document, generated from the routes, and what every operation has in common.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use caseyos_shared::problem::Problem;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

mod common;

pub(super) use common::{Takes, what_is_taken};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "CaseyOS",
        description = "The command center's API. Errors are RFC 9457 problems; lists are paged by cursor; times need an offset.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem))
)]
struct Base;

/// Every documented route.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Base::openapi())
        // registry:begin
        .merge(super::audit::router())
        .merge(super::auth::router())
        .merge(super::command_queue::router())
        .merge(super::companies::router())
        .merge(super::contacts::router())
        .merge(super::deals::router())
        .merge(super::events::router())
        .merge(super::forms::router())
        .merge(super::health::router())
        .merge(super::hooks::router())
        .merge(super::imports::router())
        .merge(super::jobs::router())
        .merge(super::keys::router())
        .merge(super::outcomes::router())
        .merge(super::signals::router())
        .merge(super::users::router())
        .merge(super::workspace::router())
    // registry:end
}

/// The documented routes that any page on the web may call.
pub(super) fn open_routes() -> OpenApiRouter<App> {
    super::forms::intake_router()
}

/// Adds what holds for every operation: how one signs in, the headers that are shared, and how it can be refused.
pub(super) fn finish(mut document: Document) -> Value {
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "key",
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("An API key, `csy_…`, with the scopes named at the operation."))
                .build(),
        ),
    );
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "caseyos_session",
            "A signed-in browser; state-changing requests also send x-csrf-token.",
        ))),
    );
    // Plain data; writing it cannot fail.
    let mut document = serde_json::to_value(document).unwrap_or_default();
    common::add(&mut document);
    document
}

/// Serves the document and its page.
pub(super) fn document(document: Arc<Value>) -> Router<App> {
    let json: bytes::Bytes = document.to_string().into();
    let page = Arc::clone(&document);
    Router::new()
        .route(
            "/openapi.json",
            get(move || async move { ([(CONTENT_TYPE, "application/json")], json).into_response() }),
        )
        .route("/docs", get(move || async move { crate::web::docs::page(&page) }))
}

/// The whole document, for tests that walk it.
#[must_use]
pub fn full_document() -> Value {
    finish(routes().merge(open_routes()).into_openapi())
}
