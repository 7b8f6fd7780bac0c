//! Somebody who calls the router: with a session, with a key, or as a stranger.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Method, Request};
use axum::response::Response;
use caseyos_shared::model::{KeyId, UserId};
use serde_json::Value;
use tower::ServiceExt;

use super::{Answer, Listening};

/// The largest answer that a test reads.
const LIMIT: usize = 64 * 1024 * 1024;

/// Each request comes from an address of its own, so that no test runs into strangers' limits unless it wants to.
static ADDRESS: AtomicU32 = AtomicU32::new(0x0a00_0001);

/// A caller. Cheap to clone; the methods that change it answer a changed one.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: Vec<(HeaderName, HeaderValue)>,
    address: Option<Ipv4Addr>,
    /// The person behind it, where there is one.
    pub person: Option<UserId>,
    /// The key's id, where there is one.
    pub key: Option<KeyId>,
}

impl Client {
    /// A stranger.
    pub fn new(router: Router) -> Self {
        Self { router, headers: Vec::new(), address: None, person: None, key: None }
    }

    /// The same caller with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.parse().unwrap(), value.parse().unwrap()));
        self
    }

    /// The same caller without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// The same caller, always from this address.
    #[must_use]
    pub fn always_at(mut self, address: [u8; 4]) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The value of a header that it sends.
    pub fn sends(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.to_str().unwrap())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, &body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PATCH, path, &body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Body::empty()).await
    }

    /// Sends JSON.
    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some("application/json"), Body::from(body.to_string())).await
    }

    /// Sends anything.
    pub async fn send(&self, method: Method, path: &str, content_type: Option<&str>, body: impl Into<Body>) -> Answer {
        let asked = format!("{method} {path}");
        let response = self.call(method, path, content_type, body.into()).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LIMIT).await.unwrap();
        Answer { asked, code: parts.status, headers: parts.headers, body }
    }

    /// Reads a stream that does not end by itself. When this resolves, the server listens to what happens.
    pub async fn listen(&self, path: &str) -> Listening {
        let response = self.call(Method::GET, path, None, Body::empty()).await;
        Listening::new(format!("GET {path}"), response)
    }

    async fn call(&self, method: Method, path: &str, content_type: Option<&str>, body: Body) -> Response {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8000");
        if let Some(kind) = content_type {
            request = request.header("content-type", kind);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body).unwrap();
        let address = self.address.unwrap_or_else(|| ADDRESS.fetch_add(1, Ordering::Relaxed).into());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 40_000))));
        self.router.clone().oneshot(request).await.unwrap()
    }
}
