//! Forms that bring a file: refused before the file is read where they may not, on the disk while it arrives where they may.

use std::time::Duration;

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use caseyos_shared::model::Scope;

use super::shell::{Fields, Shell, person};
use crate::access::callers::Caller;
use crate::app::App;
use crate::http::{ApiError, limit_of, receive, refuse_far_too_large, refuse_foreign_origin};
use crate::signals::uploads::{Received, safe_name};

/// The longest value of a field that is no file.
const VALUE: usize = 64 << 10;
/// How many fields a form may have.
const FIELDS: usize = 20;
/// How long a browser may be silent between two fields.
const SILENCE: Duration = Duration::from_secs(30);

/// A form with a file, posted by a signed-in person who may bring things in.
pub(super) struct PostedFile {
    /// Who pressed the button.
    pub(super) caller: Caller,
    /// What was filled in.
    pub(super) fields: Fields,
    /// The file and its name, where one was chosen.
    pub(super) file: Option<(Received, String)>,
    headers: HeaderMap,
}

impl FromRequest<App> for PostedFile {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let caller = person(&parts).map_err(IntoResponse::into_response)?;
        let headers = parts.headers.clone();
        let read = read(Request::from_parts(parts, body), app, &caller).await;
        let (fields, file) = read.map_err(IntoResponse::into_response)?;
        Ok(Self { caller, fields, file, headers })
    }
}

impl PostedFile {
    /// The shell of the page that answers at once.
    pub(super) async fn shell(&self, app: &App) -> Result<Shell, ApiError> {
        Shell::of(app, self.caller.clone(), &self.headers).await
    }
}

type Form = (Fields, Option<(Received, String)>);

async fn read(request: Request, app: &App, caller: &Caller) -> Result<Form, ApiError> {
    refuse_foreign_origin(app, request.headers())?;
    caller.must(Scope::SignalsWrite)?;
    let limit = limit_of(request.uri().path()).ok_or(ApiError::NotFound)?;
    refuse_far_too_large(request.headers(), limit)?;
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Err(ApiError::WrongType("Press the page’s own button.".to_owned()));
    }
    let mut form = Multipart::from_request(request, app).await.map_err(|_| broken())?;
    let (mut fields, mut file) = (Fields::default(), None);
    for _ in 0..FIELDS {
        let next = tokio::time::timeout(SILENCE, form.next_field()).await.map_err(|_| broken())?;
        let Some(mut field) = next.map_err(|_| broken())? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(called) = field.file_name().map(safe_name) {
            // What is not from our page is refused before its file is read.
            fields.must_be_of(caller)?;
            let received = receive(app, caller.workspace(), field, limit).await?;
            if received.size() > 0 && file.is_none() {
                file = Some((received, called));
            }
        } else {
            let value = value(&mut field).await?;
            fields.add(name, value);
        }
    }
    fields.must_be_of(caller)?;
    Ok((fields, file))
}

async fn value(field: &mut Field<'_>) -> Result<String, ApiError> {
    let mut value = Vec::new();
    loop {
        let chunk = tokio::time::timeout(SILENCE, field.chunk()).await.map_err(|_| broken())?;
        let Some(chunk) = chunk.map_err(|_| broken())? else { break };
        if value.len() + chunk.len() > VALUE {
            return Err(ApiError::TooLarge("The form holds more than is taken here.".to_owned()));
        }
        value.extend_from_slice(&chunk);
    }
    String::from_utf8(value).map_err(|_| ApiError::Malformed("The form is not in UTF-8.".to_owned()))
}

fn broken() -> ApiError {
    ApiError::Malformed("The form was cut off before its end. Go back and send it again.".to_owned())
}
