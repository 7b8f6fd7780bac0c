//! `/docs`: the API's reference, rendered from the OpenAPI document.

use axum::response::Response;
use caseyos_shared::view::reference::Reference;
use caseyos_shared::view::{Place, html};
use utoipa::openapi::OpenApi;

use super::shell::open_page;

/// The page.
#[must_use]
pub fn page(document: &OpenApi) -> Response {
    // The document is plain data; writing it cannot fail.
    let reference = Reference::of(&serde_json::to_value(document).unwrap_or_default());
    open_page(Place::Docs, "API reference", &html::reference::page(&reference))
}
