//! The style sheet, the script and the pictures, embedded, named by their digest and kept by browsers for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use caseyos_shared::view::{Assets, Frame, Place, html};
use sha2::{Digest, Sha256};

use crate::access::token::hex;
use crate::app::App;
use crate::http::ApiError;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 6] = [
    Asset { name: "app.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("assets/app.css") },
    Asset { name: "app.js", kind: "text/javascript; charset=utf-8", bytes: include_bytes!("assets/app.js") },
    Asset { name: "icon.svg", kind: "image/svg+xml", bytes: include_bytes!("assets/icon.svg") },
    Asset { name: "icon-maskable.svg", kind: "image/svg+xml", bytes: include_bytes!("assets/icon-maskable.svg") },
    Asset { name: "icon-192.png", kind: "image/png", bytes: include_bytes!("assets/icon-192.png") },
    Asset { name: "icon-512.png", kind: "image/png", bytes: include_bytes!("assets/icon-512.png") },
];

/// The addresses, in the order of [`ASSETS`].
static ADDRESSES: LazyLock<[String; 6]> = LazyLock::new(|| {
    ASSETS.map(|asset| {
        let digest = hex(&Sha256::digest(asset.bytes)[..8]);
        let (stem, ending) = asset.name.split_once('.').unwrap_or((asset.name, ""));
        format!("/assets/{stem}-{digest}.{ending}")
    })
});

/// Where the assets are.
pub(super) fn assets() -> Assets {
    let [css, js, icon, _, touch_icon, _] = ADDRESSES.clone();
    Assets { css, js, icon, touch_icon }
}

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/assets/{name}", get(asset))
        .route("/favicon.ico", get(|| asset(Path(ADDRESSES[2].trim_start_matches("/assets/").to_owned()))))
        .route("/manifest.webmanifest", get(manifest))
        .route("/sw.js", get(service_worker))
}

async fn asset(Path(name): Path<String>) -> Result<Response, ApiError> {
    if name == "offline" {
        return Ok(super::shell::html_response(&offline()));
    }
    let at = ADDRESSES.iter().position(|address| address.strip_prefix("/assets/") == Some(name.as_str()));
    let asset = at.map(|at| &ASSETS[at]).ok_or(ApiError::NotFound)?;
    let headers = [(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.bytes).into_response())
}

/// What the installed app is called and looks like.
async fn manifest() -> Response {
    let [.., icon_any, icon_svg_maskable, small, large] = &*ADDRESSES;
    let icon = |src: &str, sizes: &str, kind: &str, purpose: &str| serde_json::json!({ "src": src, "sizes": sizes, "type": kind, "purpose": purpose });
    let manifest = serde_json::json!({
        "name": "CaseyOS",
        "short_name": "CaseyOS",
        "description": "Today’s moves, and why.",
        "id": "/today",
        "start_url": "/today",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#fbfaf7",
        "icons": [
            icon(icon_any, "any", "image/svg+xml", "any"),
            icon(icon_svg_maskable, "any", "image/svg+xml", "maskable"),
            icon(small, "192x192", "image/png", "any"),
            icon(large, "512x512", "image/png", "maskable"),
        ],
        "shortcuts": [{ "name": "Today", "url": "/today" }, { "name": "Contacts", "url": "/contacts" }],
    });
    let headers = [(CONTENT_TYPE, "application/manifest+json"), (CACHE_CONTROL, "no-cache")];
    (headers, manifest.to_string()).into_response()
}

/// The service worker, told which files make the offline shell.
async fn service_worker() -> Response {
    let [css, js, icon, _, touch_icon, _] = &*ADDRESSES;
    let shell = serde_json::json!(["/assets/offline", css, js, icon, touch_icon]);
    let version = hex(&Sha256::digest(shell.to_string())[..8]);
    let script =
        format!("const VERSION = \"shell-{version}\";\nconst SHELL = {shell};\n{}", include_str!("assets/sw.js"));
    let headers = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (headers, script).into_response()
}

fn offline() -> maud::Markup {
    let frame = Frame {
        title: "Offline".to_owned(),
        place: Place::Elsewhere,
        visitor: None,
        flash: None,
        assets: assets(),
        as_of: None,
    };
    html::page(
        &frame,
        &maud::html! {
            div.door {
                h1 { "CaseyOS cannot be reached" }
                p { "You are offline, or the server is not running. Everything you decided before is kept." }
                p { "Today shows the list that this browser loaded last, for reading." }
                p.acts { a.button.go href="/today" { "Go to Today" } a.button href="" { "Try again" } }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_named_by_what_it_holds() {
        for (asset, address) in ASSETS.iter().zip(ADDRESSES.iter()) {
            let (stem, ending) = asset.name.split_once('.').unwrap();
            assert!(address.starts_with(&format!("/assets/{stem}-")) && address.ends_with(ending), "{address}");
        }
    }

    #[tokio::test]
    async fn only_the_right_digest_is_served_and_for_ever() {
        let served = asset(Path(ADDRESSES[0].trim_start_matches("/assets/").to_owned())).await.unwrap();
        assert!(served.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert!(asset(Path("app-0000000000000000.css".into())).await.is_err());
        assert!(asset(Path("../main.rs".into())).await.is_err());
    }
}
