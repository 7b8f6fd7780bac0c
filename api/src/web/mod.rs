//! The pages, one file each, on the shared view-models.

mod admin;
mod assets;
mod audit;
mod contacts;
mod dashboard;
pub mod docs;
mod enter;
mod flash;
mod forms;
mod hooks;
mod imports;
mod keys;
mod landing;
mod moved;
mod queue;
mod settings;
mod shell;
mod signals;
mod today;
mod upload;
mod words;

use axum::Router;
use caseyos_shared::problem::{FieldError, Problem};
use caseyos_shared::view::{Frame, Place, html};

use crate::app::App;

/// Every page.
pub fn router() -> Router<App> {
    Router::new()
        .merge(admin::router())
        .merge(assets::router())
        .merge(audit::router())
        .merge(contacts::router())
        .merge(dashboard::router())
        .merge(enter::router())
        .merge(forms::router())
        .merge(hooks::router())
        .merge(imports::router())
        .merge(keys::router())
        .merge(landing::router())
        .merge(moved::router())
        .merge(queue::router())
        .merge(settings::router())
        .merge(signals::router())
        .merge(today::router())
}

/// A problem as a page.
#[must_use]
pub fn problem_page(problem: &Problem) -> String {
    let frame = Frame {
        title: problem.title.clone(),
        place: Place::Elsewhere,
        visitor: None,
        flash: None,
        assets: assets::assets(),
        as_of: None,
    };
    html::page(&frame, &html::problem::page(problem)).into_string()
}

/// Complaints by field, for a form that is shown again.
fn complaints(errors: Vec<FieldError>) -> Vec<(String, String)> {
    errors
        .into_iter()
        .map(|error| (error.pointer.rsplit('/').next().unwrap_or_default().to_owned(), error.detail))
        .collect()
}

/// What a browser sees after a public form that has no redirect of its own.
#[must_use]
pub fn thank_you_page() -> String {
    maud::html! {
        (maud::DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Thank you" }
            }
            body { main { h1 { "Thank you" } p { "Your message has arrived. Somebody will get back to you." } } }
        }
    }
    .into_string()
}
