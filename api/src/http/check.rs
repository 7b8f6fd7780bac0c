//! The checks that the CRM's requests share: each complaint names its field, and all of them are told at once.

use std::collections::BTreeMap;

use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use caseyos_shared::model::{UserId, UserRef};
use caseyos_shared::problem::FieldError;
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use crate::access::callers::Caller;
use crate::app::App;
use crate::queue::today::tag;
use crate::store::access;

/// The longest name, title, address of a list.
pub(super) const SHORT: usize = 200;
/// The longest text.
pub(super) const LONG: usize = 4_000;
/// The most attributes of a record.
const ATTRIBUTES: usize = 500;

/// What was wrong so far.
#[derive(Default)]
pub(super) struct Complaints(Vec<FieldError>);

impl Complaints {
    /// Adds a complaint about the field at `pointer`.
    pub(super) fn add(&mut self, pointer: &str, detail: impl Into<String>) {
        self.0.push(FieldError::new(pointer, detail));
    }

    /// Refuses the request if there is anything to complain about.
    pub(super) fn refuse(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::Invalid(self.0)) }
    }

    /// A text of at most so many characters, trimmed; `None` when nothing is left of it.
    pub(super) fn text(&mut self, pointer: &str, text: &str, most: usize) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > most {
            self.add(pointer, format!("must have at most {most} characters"));
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.add(pointer, "must not contain control characters");
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// What another parser says of a text.
    pub(super) fn parsed<T, E: std::fmt::Display>(&mut self, pointer: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(pointer, error.to_string())).ok()
    }

    /// Puts changed attributes into a record's: a value sets, `null` removes.
    pub(super) fn attributes(
        &mut self,
        changes: Option<&BTreeMap<String, Option<String>>>,
        attributes: &mut BTreeMap<String, String>,
    ) {
        for (name, value) in changes.into_iter().flatten() {
            let pointer = format!("/attributes/{}", name.replace('~', "~0").replace('/', "~1"));
            if name.trim().is_empty() {
                self.add(&pointer, "an attribute needs a name");
            }
            let Some(name) = self.text(&pointer, name, SHORT) else { continue };
            match value.as_ref().and_then(|value| self.text(&pointer, value, LONG)) {
                Some(value) => attributes.insert(name, value),
                None => attributes.remove(&name),
            };
        }
        if attributes.len() > ATTRIBUTES {
            self.add("/attributes", format!("a record holds at most {ATTRIBUTES} attributes"));
        }
    }
}

/// Reads a field that may be absent, `null` or a value.
pub(super) fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Whose records a list holds: `me`, `none`, or a person's id.
pub(super) fn owner_filter(caller: &Caller, owner: Option<&str>) -> Result<Option<Option<UserId>>, ApiError> {
    match owner {
        None => Ok(None),
        Some("me") => Ok(Some(Some(caller.person()))),
        Some("none") => Ok(Some(None)),
        Some(id) => {
            let id = id.parse().map_err(|_| ApiError::field("/owner", "must be `me`, `none` or a person's id"))?;
            Ok(Some(Some(id)))
        }
    }
}

/// An id in the query.
pub(super) fn id_filter<T: std::str::FromStr<Err: std::fmt::Display>>(
    pointer: &str,
    id: Option<&str>,
) -> Result<Option<T>, ApiError> {
    id.map(str::parse).transpose().map_err(|error: T::Err| ApiError::field(pointer, error.to_string()))
}

/// A word of a list in the query.
pub(super) use id_filter as word_filter;

/// The words of a text filter, where there are any.
pub(super) fn words(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// The person who is to own a record.
pub(super) async fn owner(app: &App, caller: &Caller, id: Option<UserId>) -> Result<Option<UserRef>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    match access::person(&app.db, caller.workspace(), id).await? {
        Some(person) => Ok(Some(UserRef { id, name: person.name })),
        None => Err(ApiError::field("/owner_id", "there is nobody with this id here")),
    }
}

/// A record with its entity tag.
pub(super) fn tagged<T: Serialize>(record: T) -> Response {
    let tag = HeaderValue::from_str(&tag(&record)).unwrap_or(HeaderValue::from_static("\"\""));
    ([(ETAG, tag)], axum::Json(record)).into_response()
}

/// A record that was made, with its address and entity tag.
pub(super) fn created<T: Serialize>(address: &str, record: T) -> Response {
    made(address, tagged(record))
}

/// The answer of something that was made, with its address.
pub(super) fn made(address: &str, mut response: Response) -> Response {
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, address);
    }
    response
}

/// Refuses an edit of a copy that is out of date (RFC 9110 §13.1.1).
pub(super) fn must_match<T: Serialize>(if_match: Option<&str>, record: &T) -> Result<(), ApiError> {
    match if_match {
        Some(tags) if !tags.split(',').any(|one| one.trim() == tag(record)) => Err(ApiError::OutOfDate),
        _ => Ok(()),
    }
}
