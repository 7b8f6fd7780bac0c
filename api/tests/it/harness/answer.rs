//! What a request was answered with, and the words in which tests judge it.

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub asked: String,
    /// The status.
    pub code: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The JSON of an answer that must be a success; `null` when it is empty.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!(self.code.is_success(), "{self}");
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The JSON of an answer that must have this status; `null` when it is empty.
    #[track_caller]
    pub fn status(&self, status: u16) -> Value {
        assert_eq!(self.code.as_u16(), status, "{self}");
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem that the request must have been refused with.
    #[track_caller]
    pub fn problem(&self, code: &str, status: u16) -> Value {
        assert_eq!(self.code.as_u16(), status, "{self}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self}");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:caseyos:problem:{code}"), "{self}");
        assert_eq!(problem["status"], status, "{self}");
        assert!(problem["request_id"].is_string(), "{self}");
        problem
    }

    /// The problem of a request that makes no sense; it must complain about the field at `pointer`.
    #[track_caller]
    pub fn complains_about(&self, pointer: &str) -> Value {
        let problem = self.problem("invalid", 422);
        let named = problem["errors"].as_array().is_some_and(|all| all.iter().any(|one| one["pointer"] == pointer));
        assert!(named, "no complaint about {pointer}: {self}");
        problem
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or("(not ASCII)"))
    }

    /// The problem without what differs from request to request.
    #[track_caller]
    pub fn without_request(&self) -> String {
        let mut problem = self.json();
        if let Some(fields) = problem.as_object_mut() {
            fields.remove("request_id");
            fields.remove("instance");
        }
        problem.to_string()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} -> {}: {}", self.asked, self.code, self.text())
    }
}
