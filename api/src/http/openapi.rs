//! The OpenAPI 3.1 document, generated from the routes, and what every operation has in common.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use caseyos_shared::problem::{MEDIA_TYPE, Problem};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Document, Ref, RefOr, Response};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

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

/// Adds what holds for every operation: how one signs in, and how it can be refused.
pub(super) fn finish(mut document: Document) -> Document {
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
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().filter_map(Option::as_mut) {
            let mut codes = vec!["429", "500", "503"];
            if path.starts_with("/api/") {
                codes.extend(["400", "401", "403", "404", "409", "412", "413", "415", "422", "507"]);
            } else if path.starts_with("/f/") || path.starts_with("/hooks/") {
                codes.extend(["400", "401", "403", "404", "413", "415", "422", "507"]);
            }
            for code in codes {
                operation.responses.responses.entry(code.to_owned()).or_insert_with(refusal);
            }
        }
    }
    document
}

fn refusal() -> RefOr<Response> {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    RefOr::T(utoipa::openapi::ResponseBuilder::new().description("A problem.").content(MEDIA_TYPE, content).build())
}

/// Serves the document and its page.
pub(super) fn document(document: Arc<Document>) -> Router<App> {
    // The document is plain data; writing it cannot fail.
    let json: bytes::Bytes = document.to_json().unwrap_or_default().into();
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
pub fn full_document() -> Document {
    finish(routes().merge(open_routes()).into_openapi())
}
