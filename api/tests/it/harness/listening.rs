//! A stream that is read as it comes: until something was said, or to its end.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::response::Parts;
use axum::response::Response;
use futures::StreamExt;

use super::Answer;

/// How long a stream may be silent about what is waited for. A stream that only looks again when it no longer trusts its caller
/// (30 s) is too late.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer that is under way.
pub struct Listening {
    asked: String,
    parts: Parts,
    body: BodyDataStream,
    heard: Vec<u8>,
}

impl Listening {
    /// Reads this answer.
    pub fn new(asked: String, response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self { asked, parts, body: body.into_data_stream(), heard: Vec::new() }
    }

    /// Goes on reading until this was said.
    pub async fn until(&mut self, said: &str) {
        while !String::from_utf8_lossy(&self.heard).contains(said) {
            assert!(self.more().await, "the stream ended before {said:?}: {}", String::from_utf8_lossy(&self.heard));
        }
    }

    /// Reads to the end, which must come.
    pub async fn end(mut self) -> Answer {
        while self.more().await {}
        Answer { asked: self.asked, code: self.parts.status, headers: self.parts.headers, body: self.heard.into() }
    }

    async fn more(&mut self) -> bool {
        let next = tokio::time::timeout(PATIENCE, self.body.next()).await;
        let Ok(next) = next else {
            panic!("{}: nothing more came after {}", self.asked, String::from_utf8_lossy(&self.heard))
        };
        match next {
            Some(bytes) => {
                self.heard.extend_from_slice(&bytes.unwrap());
                true
            }
            None => false,
        }
    }
}
