//! The addresses of earlier versions, each leading to its page for good (308).

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use caseyos_shared::model::MoveId;
use serde::Deserialize;

use crate::app::App;
use crate::http::{ApiError, Params};

pub(super) fn router() -> Router<App> {
    let mut router = Router::new().route("/static/queue-item-detail.html", get(item));
    for (old, new) in
        [("/static/command-queue.html", "/today"), ("/static/admin.html", "/admin"), ("/static/index.html", "/")]
    {
        router = router.route(old, get(move || async move { Redirect::permanent(new) }));
    }
    router
}

#[derive(Deserialize)]
struct Item {
    id: Option<String>,
}

async fn item(Params(item): Params<Item>) -> Result<Redirect, ApiError> {
    let id: MoveId = item.id.unwrap_or_default().parse().map_err(|_| ApiError::NotFound)?;
    Ok(Redirect::permanent(&format!("/queue/{id}")))
}
