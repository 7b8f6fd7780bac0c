//! What every page for signed-in people shares: who looks, the frame around it, and the forms it takes.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE, REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use caseyos_shared::model::{MoveId, Scope};
use caseyos_shared::view::{Clockface, Frame, Place, Visitor, enter, html};
use maud::Markup;
use subtle::ConstantTimeEq;

use super::assets::assets;
use super::flash::{self, Happened};
use super::words::clockface;
use crate::access::callers::Caller;
use crate::app::App;
use crate::http::{ApiError, refuse_foreign_origin};
use crate::store::access::workspace;
use crate::store::moves::{count_waiting, find_move};

/// A signed-in person who looks at a page; anybody else is led to the door.
pub(super) struct Shell {
    /// Who looks.
    pub(super) caller: Caller,
    /// Their clock.
    pub(super) clock: Clockface,
    /// The frame, but for title and place.
    pub(super) frame: Frame,
    carried: bool,
}

impl FromRequestParts<App> for Shell {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let caller = person(parts).map_err(IntoResponse::into_response)?;
        Self::of(app, caller, &parts.headers).await.map_err(IntoResponse::into_response)
    }
}

/// The person behind a browser's session, or the way to the door (which leads back here).
pub(super) fn person(parts: &Parts) -> Result<Caller, Redirect> {
    let caller = parts.extensions.get::<Caller>().filter(|caller| caller.session().is_some());
    caller.cloned().ok_or_else(|| {
        let here = parts.uri.path_and_query().map_or("/today", |here| here.as_str());
        let next = if parts.method.is_safe() { enter::local_path(here) } else { "/today" };
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        Redirect::to(&format!("/sign-in?next={next}"))
    })
}

impl Shell {
    /// The shell around what this caller sees.
    pub(super) async fn of(app: &App, caller: Caller, headers: &HeaderMap) -> Result<Self, ApiError> {
        let place = caller.workspace();
        let named = workspace(&app.db, place).await?.ok_or(ApiError::NotFound)?;
        let (pending, urgent) = count_waiting(&app.db, place, caller.person()).await?;
        let carried = flash::carried(headers);
        let flash = match carried {
            Some((what, Some(id))) => {
                let about = find_move(&app.db, place, id).await?;
                Some(what.tell(about.as_ref().map(|about| (id, about.title.as_str()))))
            }
            Some((what, None)) => Some(what.tell(None)),
            None => None,
        };
        let clock = clockface(app.clock.now(), &named.time_zone);
        let visitor = Visitor {
            name: caller.name().to_owned(),
            workspace: named.name,
            role: caller.role(),
            csrf: caller.csrf().unwrap_or_default().to_owned(),
            pending,
            urgent,
        };
        let frame = Frame {
            title: String::new(),
            place: Place::Elsewhere,
            visitor: Some(visitor),
            flash,
            assets: assets(),
            as_of: Some(clock.when(clock.now)),
        };
        Ok(Self { caller, clock, frame, carried: carried.is_some() })
    }

    /// The page with this content.
    pub(super) fn page(mut self, place: Place, title: &str, body: impl FnOnce(&Frame) -> Markup) -> Response {
        self.frame.place = place;
        self.frame.title = title.to_owned();
        let body = body(&self.frame);
        let mut response = html_response(&html::page(&self.frame, &body));
        if self.carried {
            response.headers_mut().append(SET_COOKIE, flash::forget());
        }
        response
    }
}

/// A page for anybody.
pub(super) fn open_page(place: Place, title: &str, body: &Markup) -> Response {
    let frame = Frame { title: title.to_owned(), place, visitor: None, flash: None, assets: assets(), as_of: None };
    html_response(&html::page(&frame, body))
}

/// Markup as an answer.
pub(super) fn html_response(markup: &Markup) -> Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], markup.0.clone()).into_response()
}

/// The fields of a form that was posted.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Adds a field.
    pub(super) fn add(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// Refuses a form that does not carry the secret of this person's session.
    pub(super) fn must_be_of(&self, caller: &Caller) -> Result<(), ApiError> {
        let secret = caller.csrf().unwrap_or_default();
        if !secret.is_empty() && bool::from(self.get("csrf").as_bytes().ct_eq(secret.as_bytes())) {
            return Ok(());
        }
        let why = "This form is from an earlier sign-in. Go back, load the page again and press once more.";
        Err(ApiError::Forbidden(why.to_owned()))
    }

    /// The field's value, trimmed; empty when it was not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of the field.
    pub(super) fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    async fn read(request: Request, app: &App) -> Result<Self, ApiError> {
        refuse_foreign_origin(app, request.headers())?;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(ApiError::WrongType("Press the page’s own button.".to_owned()));
        }
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|_| ApiError::TooLarge("The form holds more than is taken here.".to_owned()))?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

/// A form posted by a signed-in person from one of our pages.
pub(super) struct Posted {
    /// Who pressed the button.
    pub(super) caller: Caller,
    /// What was filled in.
    pub(super) fields: Fields,
    /// Where they came from: the page to go back to.
    pub(super) from: String,
    /// Whether a page is wanted in answer; our script wants none.
    pub(super) wants_page: bool,
    headers: HeaderMap,
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let caller = person(&parts).map_err(IntoResponse::into_response)?;
        let headers = parts.headers.clone();
        let from = came_from(&headers);
        let wants_page = headers.get(ACCEPT).is_none_or(|accept| accept.as_bytes() != b"application/json");
        let request = Request::from_parts(parts, body);
        let fields = Fields::read(request, app).await.map_err(IntoResponse::into_response)?;
        fields.must_be_of(&caller).map_err(IntoResponse::into_response)?;
        Ok(Self { caller, fields, from, wants_page, headers })
    }
}

impl Posted {
    /// Refuses who may not do this.
    pub(super) fn must(&self, scope: Scope) -> Result<(), ApiError> {
        self.caller.must(scope)
    }

    /// The shell of the page that answers at once, for what may be shown only now.
    pub(super) async fn shell(&self, app: &App) -> Result<Shell, ApiError> {
        Shell::of(app, self.caller.clone(), &self.headers).await
    }
}

/// A form that a stranger posts: signing in, setting up.
pub(super) struct Knock(pub(super) Fields);

impl FromRequest<App> for Knock {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        Fields::read(request, app).await.map(Self)
    }
}

/// The local page that the browser says it was on.
fn came_from(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let path = headers
        .get(REFERER)
        .and_then(|referer| referer.to_str().ok())
        .and_then(|referer| referer.split_once("://"))
        .and_then(|(_, rest)| rest.strip_prefix(host))
        .unwrap_or("/today");
    enter::local_path(path).to_owned()
}

/// Back to a page, which will say what happened.
pub(super) fn back(to: &str, what: Happened, about: Option<MoveId>) -> Response {
    let mut response = see(to);
    response.headers_mut().append(SET_COOKIE, flash::cookie(what, about));
    response
}

/// On to a page (303).
pub(super) fn see(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/today"));
    (StatusCode::SEE_OTHER, [(axum::http::header::LOCATION, to)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_to_a_page_of_this_site_only() {
        let headers = |referer: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("crm.example:8000"));
            headers.insert(REFERER, HeaderValue::from_str(referer).unwrap());
            headers
        };
        assert_eq!(came_from(&headers("http://crm.example:8000/queue/1?edit=1")), "/queue/1?edit=1");
        for bad in [
            "http://evil.example/queue/1",
            "nonsense",
            "http://crm.example:8000//evil.example",
            "http://crm.example:8000.evil/x",
        ] {
            assert_eq!(came_from(&headers(bad)), "/today", "{bad}");
        }
    }
}
