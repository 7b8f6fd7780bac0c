//! What a request can be refused with: every error becomes one RFC 9457 problem, and nothing internal leaves.

use axum::response::{IntoResponse, Response};
use caseyos_shared::model::{Impossible, MoveState};
use caseyos_shared::problem::{FieldError, Problem};

use crate::queue::refused::Refused;
use crate::store::StoreError;

/// An error that a handler answers with.
#[derive(Debug)]
pub enum ApiError {
    /// The body or query does not make sense; each complaint says where and what would be right (422).
    Invalid(Vec<FieldError>),
    /// The body is not what its content type says (400).
    Malformed(String),
    /// Nobody is signed in, or the key is not known (401).
    Unauthenticated,
    /// A webhook's signature does not fit (401).
    BadSignature(&'static str),
    /// The e-mail address or the password is wrong (401); nobody is told which.
    WrongPassword,
    /// The caller is known and may not do this (403).
    Forbidden(String),
    /// There is nothing here, or it belongs to another workspace (404).
    NotFound,
    /// The move's state does not allow the transition (409).
    Impossible(Impossible),
    /// Something with this key exists, or another request is at it (409).
    Conflict(String),
    /// The copy that was edited is out of date (412).
    OutOfDate,
    /// The body is larger than allowed (413).
    TooLarge(String),
    /// The body's content type is not taken here (415).
    WrongType(String),
    /// Too many requests; come back after so many seconds (429).
    TooMany {
        /// Seconds until the next request is welcome.
        retry_after: u64,
    },
    /// The store could not do it.
    Store(StoreError),
    /// A bug: logged where it happened, never shown.
    Internal(String),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken => Self::Conflict("Something with this name or address exists already.".to_owned()),
            StoreError::Stale => Self::OutOfDate,
            error @ (StoreError::Busy
            | StoreError::Full
            | StoreError::Corrupt(_)
            | StoreError::NewerSchema
            | StoreError::ServerRunning
            | StoreError::Other(_)) => Self::Store(error),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Forbidden(why) => Self::Forbidden(why),
            Refused::Invalid(error) => Self::Invalid(vec![error]),
            Refused::Impossible(impossible) => Self::Impossible(impossible),
            Refused::OutOfDate => Self::OutOfDate,
            Refused::Store(error) => error.into(),
        }
    }
}

impl From<Impossible> for ApiError {
    fn from(error: Impossible) -> Self {
        Self::Impossible(error)
    }
}

impl ApiError {
    /// A complaint about one field.
    #[must_use]
    pub fn field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, detail)])
    }

    /// The problem to show; request id and address are added at the door.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let with = |status: u16, code: &str, title: &str, detail: &str| Problem {
            detail: Some(detail.to_owned()),
            ..Problem::new(status, code, title)
        };
        match self {
            Self::Invalid(errors) => Problem {
                errors: errors.clone(),
                ..with(
                    422,
                    "invalid",
                    "The request does not make sense",
                    "Nothing was changed; correct the fields named in errors and send it again.",
                )
            },
            Self::Malformed(detail) => with(400, "malformed", "The request cannot be read", detail),
            Self::Unauthenticated => with(
                401,
                "unauthenticated",
                "Not signed in",
                "Sign in, or send an API key as `Authorization: Bearer csy_…`; the one that was sent, if any, is unknown, revoked or expired.",
            ),
            Self::BadSignature(detail) => with(401, "bad_signature", "Not signed as agreed", detail),
            Self::WrongPassword => with(
                401,
                "wrong_password",
                "Not signed in",
                "The e-mail address or the password is wrong. Ask an admin for a new password if you have forgotten yours.",
            ),
            Self::Forbidden(detail) => with(403, "forbidden", "Not allowed", detail),
            Self::NotFound => Problem::new(404, "not_found", "Not found"),
            Self::Impossible(impossible) => Problem {
                state: Some(impossible.from.as_str().to_owned()),
                ..with(409, "impossible", "The move's state does not allow this", &in_words(*impossible))
            },
            Self::Conflict(detail) => with(409, "conflict", "In conflict with what is there", detail),
            Self::OutOfDate => with(
                412,
                "out_of_date",
                "Changed in the meantime",
                "Somebody changed this since you read it. Read it again and repeat your change.",
            ),
            Self::TooLarge(detail) => with(413, "too_large", "Too large", detail),
            Self::WrongType(detail) => with(415, "wrong_type", "Not a content type that is taken here", detail),
            Self::TooMany { retry_after } => {
                with(429, "rate_limited", "Too many requests", &format!("Try again in {retry_after} s."))
            }
            Self::Store(StoreError::Busy) => {
                with(503, "busy", "The database is busy", "Nothing was changed; try again in a moment.")
            }
            Self::Store(StoreError::Full) => with(
                507,
                "disk_full",
                "The disk is full or read-only",
                "Nothing was changed and nothing that was confirmed is lost. Free some space on the server and try again.",
            ),
            Self::Store(StoreError::Corrupt(_)) => with(
                500,
                "database_damaged",
                "The database is damaged",
                "Ask whoever runs this server to restore a backup.",
            ),
            Self::Store(_) | Self::Internal(_) => with(
                500,
                "internal",
                "Something went wrong here",
                "It was logged under the request id. Nothing was changed that was not confirmed.",
            ),
        }
    }
}

/// What a refused transition means for somebody who pressed a button.
fn in_words(impossible: Impossible) -> String {
    let now = match impossible.from {
        MoveState::Pending => "still waits for a decision",
        MoveState::Accepted => "has been accepted",
        MoveState::Executing => "is being executed",
        MoveState::Done => "is done",
        MoveState::Failed => "has failed",
        MoveState::Blocked => "is blocked",
        MoveState::Snoozed => "is snoozed",
        MoveState::Dismissed => "was dismissed",
        MoveState::Expired => "has expired",
        MoveState::RolledBack => "was rolled back",
    };
    format!("This move {now}, so it cannot take “{}” now.", impossible.act)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        match &self {
            Self::Store(error) => tracing::error!(error = %error, "the store failed"),
            Self::Internal(what) => tracing::error!(what, "internal error"),
            _ => {}
        }
        let mut response = axum::http::StatusCode::from_u16(problem.status)
            .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        let headers = response.headers_mut();
        match &self {
            Self::TooMany { retry_after } => {
                headers.insert("retry-after", (*retry_after).into());
            }
            Self::Store(StoreError::Busy) => {
                headers.insert("retry-after", 1.into());
            }
            Self::Unauthenticated | Self::WrongPassword => {
                headers.insert("www-authenticate", axum::http::HeaderValue::from_static("Bearer realm=\"caseyos\""));
            }
            _ => {}
        }
        // Rendered at the door, which knows the request's id and whether a page or a program asked.
        response.extensions_mut().insert(problem);
        response
    }
}
