//! What handlers take out of a request: the caller's right, ids, queries and bodies, each refused in the same words.

use std::marker::PhantomData;
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::request::Parts;
use caseyos_shared::model::{Role, Scope};
use caseyos_shared::problem::FieldError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::ApiError;
use crate::access::callers::Caller;
use crate::app::App;

/// A right that a route asks for; the marker types below name them in handlers' signatures.
pub trait Right {
    /// The scope that a key must have and whose role a person must have.
    const SCOPE: Scope;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name;
        impl Right for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )*};
}

rights! {
    /// `queue:read`
    QueueRead;
    /// `queue:write`
    QueueWrite;
    /// `signals:write`
    SignalsWrite;
    /// `contacts:read`
    ContactsRead;
    /// `contacts:write`
    ContactsWrite;
    /// `outcomes:write`
    OutcomesWrite;
    /// `audit:read`
    AuditRead;
    /// `admin`
    Admin;
}

/// A caller who may do what `R` names.
pub struct Can<R>(pub Caller, pub PhantomData<R>);

impl<R: Right + Send> FromRequestParts<App> for Can<R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let caller = parts.extensions.get::<Caller>().cloned().ok_or(ApiError::Unauthenticated)?;
        caller.must(R::SCOPE)?;
        Ok(Self(caller, PhantomData))
    }
}

/// A signed-in person, whatever the role: for what everybody may do about themselves. A key will not do.
pub struct SignedIn(pub Caller);

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let caller = parts.extensions.get::<Caller>().cloned().ok_or(ApiError::Unauthenticated)?;
        if caller.session().is_none() {
            return Err(ApiError::Forbidden("This needs a signed-in person; an API key will not do.".to_owned()));
        }
        Ok(Self(caller))
    }
}

/// Anybody whose identity is known, by session or key.
pub struct Known(pub Caller);

impl FromRequestParts<App> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        parts.extensions.get::<Caller>().cloned().map(Self).ok_or(ApiError::Unauthenticated)
    }
}

/// The id in the path. What is no id names nothing, so it is "not found" like an id of another workspace.
pub struct Id<T>(pub T);

impl<T: FromStr> FromRequestParts<App> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| ApiError::NotFound)?;
        text.parse().map(Self).map_err(|_| ApiError::NotFound)
    }
}

/// The query, with every complaint naming its parameter.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") {
            return Err(ApiError::field("", "a query must not contain the character U+0000"));
        }
        let pairs = serde_urlencoded::Deserializer::new(form_pairs(query));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| {
            let field = error.path().to_string();
            let pointer = if field == "." { String::new() } else { format!("/{field}") };
            ApiError::field(&pointer, format!("in the query: {}", error.inner()))
        })
    }
}

fn form_pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        must_be_json(&request)?;
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| unreadable(&rejection))?;
        from_object(&bytes).map(Self)
    }
}

/// A JSON body that may be left out; then it is the default.
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest<App> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let declared = must_be_json(&request);
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| unreadable(&rejection))?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        declared?;
        from_object(&bytes).map(Self)
    }
}

fn must_be_json(request: &Request) -> Result<(), ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ApiError::WrongType(format!(
        "Send JSON with `Content-Type: application/json`{}.",
        if kind.is_empty() { String::new() } else { format!(", not {kind}") }
    )))
}

/// The refusal of a body that could not be read to its end.
pub(crate) fn unreadable(rejection: &BytesRejection) -> ApiError {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            ApiError::TooLarge("The body is larger than is taken here. Send less at once.".to_owned())
        }
        _ => ApiError::Malformed("The body was cut off before its end. Send it again.".to_owned()),
    }
}

/// Reads a JSON object, as every body under `/api` is one.
fn from_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let found = match begins {
        Some(b'[') => "an array",
        Some(b'"') => "a text",
        Some(b'-' | b'0'..=b'9') => "a number",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => return from_json(bytes),
    };
    // However deep and however it goes on, an array is none.
    if begins != Some(&b'[') {
        serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
    }
    Err(ApiError::field("", format!("send a JSON object, not {found}")))
}

fn malformed(error: &serde_json::Error) -> ApiError {
    ApiError::Malformed(format!("The body is not JSON: {error}."))
}

/// Reads JSON, telling bad syntax (400) from values that make no sense (422, with the place).
pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to() + 1;
        return Err(ApiError::Malformed(format!("The body is not JSON: JSON is UTF-8, and byte {at} is not.")));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(super::objects::Strict(&mut reader)).map_err(|error| {
        let inner = error.inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                ApiError::Invalid(vec![FieldError::new(pointer(error.path()), without_position(&inner.to_string()))])
            }
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => malformed(inner),
        }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    if escapes_nul(bytes) {
        let place = serde_json::from_slice(bytes).ok().and_then(|json| place_of_nul(&json)).unwrap_or_default();
        return Err(ApiError::field(&place, "text must not contain the character U+0000"));
    }
    Ok(value)
}

/// The pointer to the first text, or name of a field, that holds U+0000.
fn place_of_nul(json: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    match json {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| place_of_nul(item).map(|rest| format!("/{at}{rest}")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                return Some(String::new());
            }
            place_of_nul(value).map(|rest| format!("/{}{rest}", escaped(name)))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// A field's name as a step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Whether JSON that was read holds the escape of U+0000, which PostgreSQL cannot keep in a text; raw, it is no JSON.
fn escapes_nul(json: &[u8]) -> bool {
    json.windows(6).enumerate().any(|(at, found)| {
        // A backslash that is itself escaped begins no escape.
        found == b"\\u0000" && json[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
    })
}

/// The place of an error as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut pointer, segment| {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&escaped(key));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
        pointer
    })
}

/// A field that may be absent, `null` or a value.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub(super) fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

fn without_position(message: &str) -> String {
    message.rfind(" at line ").map_or(message, |end| &message[..end]).to_owned()
}

/// The `If-Match` header, where it names one entity tag.
pub struct IfMatch(pub Option<String>);

impl FromRequestParts<App> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let header = parts.headers.get(IF_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self(header.map(str::trim).filter(|tag| *tag != "*").map(str::to_owned)))
    }
}

/// The UUID for what this request creates: the same one when the same `Idempotency-Key` is worked again after a crash.
#[derive(Clone, Copy)]
pub struct Fresh(pub Uuid);

impl FromRequestParts<App> for Fresh {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_else(|| Self(crate::clock::new_uuid())))
    }
}

impl Caller {
    /// Refuses what the key's scopes or the person's role do not allow.
    ///
    /// # Errors
    /// [`ApiError::Forbidden`] naming what is missing.
    pub fn must(&self, scope: Scope) -> Result<(), ApiError> {
        if let Some(held) = self.scopes()
            && !scope.granted_by(held)
        {
            return Err(ApiError::Forbidden(format!("This API key does not have the scope {scope}.")));
        }
        if self.role() < scope.needs() {
            let needed = match scope.needs() {
                Role::Viewer => "a viewer",
                Role::Member => "a member",
                Role::Admin => "an admin",
            };
            return Err(ApiError::Forbidden(format!("This takes {needed}; you are a {} here.", self.role())));
        }
        Ok(())
    }
}
