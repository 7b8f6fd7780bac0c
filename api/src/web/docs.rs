//! `/docs`: the API's reference, rendered from the OpenAPI document.

use axum::response::Response;
use caseyos_shared::view::reference::Reference;
use caseyos_shared::view::{Place, html};
use serde_json::Value;

use super::shell::open_page;

/// The page.
#[must_use]
pub fn page(document: &Value) -> Response {
    let reference = Reference::of(document);
    open_page(Place::Docs, "API reference", &html::reference::page(&reference))
}
