//! `/`: what CaseyOS is.

use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use caseyos_shared::view::{Place, html};

use super::shell::open_page;
use crate::access::callers::Caller;
use crate::app::App;

pub(super) fn router() -> Router<App> {
    Router::new().route("/", get(page))
}

async fn page(caller: Option<Extension<Caller>>) -> Response {
    let signed_in = caller.is_some_and(|caller| caller.session().is_some());
    open_page(Place::Elsewhere, "The command center", &html::landing::page(signed_in))
}
