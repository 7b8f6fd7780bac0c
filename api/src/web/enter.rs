//! The doors: `/sign-in`, `/sign-out`, `/setup`.

use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use caseyos_shared::view::enter::{SetUp, SignIn, local_path};
use caseyos_shared::view::{Place, html};
use serde::Deserialize;

use super::shell::{Knock, Posted, open_page, see};
use super::words::zones;
use crate::access::callers::Caller;
use crate::access::sign_in::{self, NewSession, SetUpError, SignInError};
use crate::app::App;
use crate::http::{ApiError, ClientAddress, Params};
use crate::store::access::somebody_exists;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in_page).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/setup", get(set_up_page).post(set_up))
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn sign_in_page(
    State(app): State<App>,
    caller: Option<Extension<Caller>>,
    Params(query): Params<Next>,
) -> Result<Response, ApiError> {
    let next = local_path(query.next.as_deref().unwrap_or_default()).to_owned();
    if caller.is_some_and(|caller| caller.session().is_some()) {
        return Ok(see(&next));
    }
    let nobody_yet = !somebody_exists(&app.db).await?;
    Ok(door("Sign in", &html::enter::sign_in(&SignIn { next, nobody_yet, ..SignIn::default() })))
}

async fn sign_in(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    headers: HeaderMap,
    Knock(fields): Knock,
) -> Result<Response, ApiError> {
    let email = fields.get("email");
    let next = local_path(fields.get("next"));
    // Spaces at either end of a password count.
    let password = fields.every("password").next().unwrap_or_default();
    let workspace = Some(fields.get("workspace")).filter(|chosen| !chosen.is_empty());
    let mut workspaces = Vec::new();
    let (status, error) = match sign_in::sign_in(&app, email, password, workspace, agent(&headers), &address).await {
        Ok(session) => return Ok(entered(session, next)),
        Err(SignInError::Several(all)) => {
            workspaces = all.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
            let what = "You are in more than one workspace. Choose one and enter your password again.";
            (StatusCode::UNPROCESSABLE_ENTITY, what.to_owned())
        }
        Err(SignInError::TooMany(seconds)) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("Too many attempts with this address. Try again in {seconds} s."))
        }
        Err(SignInError::Store(error)) => return Err(error.into()),
        Err(SignInError::Wrong | SignInError::BadPassword(_)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "The address or the password is wrong.".to_owned())
        }
    };
    let (email, next) = (email.to_owned(), next.to_owned());
    let form = SignIn { email, next, error: Some(error), nobody_yet: false, workspaces };
    Ok((status, door("Sign in", &html::enter::sign_in(&form))).into_response())
}

async fn sign_out(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    let cookie = sign_in::sign_out(&app, &posted.caller).await?;
    let mut response = see("/sign-in");
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

#[derive(Deserialize)]
struct Link {
    token: Option<String>,
}

async fn set_up_page(State(app): State<App>, Params(link): Params<Link>) -> Result<Response, ApiError> {
    let token = link.token.unwrap_or_default();
    if !app.setup.opens(&token, app.clock.now()) {
        return closed(&app).await;
    }
    let form = SetUp { token, time_zone: "UTC".to_owned(), zones: zones(), ..SetUp::default() };
    Ok(door("Set up", &html::enter::set_up(&form)))
}

async fn set_up(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Params(link): Params<Link>,
    headers: HeaderMap,
    Knock(fields): Knock,
) -> Result<Response, ApiError> {
    let token = link.token.unwrap_or_default();
    let text = |name: &str| fields.get(name).to_owned();
    let filled_in = sign_in::SetUp {
        workspace: text("workspace"),
        time_zone: text("time_zone"),
        name: text("name"),
        email: text("email"),
        password: fields.every("password").next().unwrap_or_default().to_owned(),
    };
    match sign_in::set_up(&app, &token, &filled_in, agent(&headers), &address).await {
        Ok(session) => Ok(entered(session, "/caseyos")),
        Err(SetUpError::LinkClosed) => closed(&app).await,
        Err(SetUpError::Store(error)) => Err(error.into()),
        Err(SetUpError::Invalid(errors)) => {
            let form = SetUp {
                token,
                workspace: filled_in.workspace,
                time_zone: filled_in.time_zone,
                zones: zones(),
                name: filled_in.name,
                email: filled_in.email,
                errors: super::complaints(errors),
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, door("Set up", &html::enter::set_up(&form))).into_response())
        }
    }
}

async fn closed(app: &App) -> Result<Response, ApiError> {
    let exists = somebody_exists(&app.db).await?;
    Ok((StatusCode::GONE, door("Set up", &html::enter::set_up_closed(exists))).into_response())
}

fn door(title: &str, body: &maud::Markup) -> Response {
    open_page(Place::Elsewhere, title, body)
}

fn entered(session: NewSession, next: &str) -> Response {
    let mut response = see(next);
    response.headers_mut().append(SET_COOKIE, session.cookie);
    response
}

fn agent(headers: &HeaderMap) -> &str {
    headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}
