//! Every operation of the OpenAPI document, with what it says about who may call it.

use axum::http::Method;
use caseyos_shared::model::{Role, Scope};
use serde_json::Value;

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its path, with `{…}` for parameters.
    pub path: String,
    /// The scopes that a key needs; `None` when no key will do.
    pub scopes: Option<Vec<Scope>>,
    /// The least role of a person; `None` when no session will do.
    pub role: Option<Role>,
    /// Whether anybody may call it.
    pub public: bool,
}

impl Operation {
    /// Whether it changes anything.
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// Its path with an id in the place of the parameter.
    pub fn with_id(&self, id: &str) -> String {
        let (before, rest) = self.path.split_once('{').unwrap_or((&self.path, ""));
        rest.split_once('}').map_or_else(|| before.to_owned(), |(_, after)| format!("{before}{id}{after}"))
    }

    /// Whether it has a parameter in its path.
    pub fn has_id(&self) -> bool {
        self.path.contains('{')
    }
}

/// Every operation under `/api`. One that does not say who may call it fails the test.
pub fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(caseyos_api::http::openapi::full_document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|_| path.starts_with("/api/")) {
            if let Ok(method @ (Method::GET | Method::POST | Method::PATCH | Method::PUT | Method::DELETE)) =
                method.to_uppercase().parse()
            {
                all.push(read(method, path, operation));
            }
        }
    }
    assert!(all.len() > 15, "the document is almost empty");
    all
}

fn read(method: Method, path: &str, operation: &Value) -> Operation {
    let declared = operation["security"].as_array();
    let declared = declared.unwrap_or_else(|| panic!("{method} {path} does not declare its security"));
    let words = |scheme: &str| -> Option<Vec<String>> {
        let words = declared.iter().find_map(|one| one.get(scheme))?;
        Some(words.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect())
    };
    let scopes: Option<Vec<Scope>> = words("key").map(|all| all.iter().map(|word| word.parse().unwrap()).collect());
    // A session's word is the least role; without one it is the role that the key's scopes need.
    let role = words("session").map(|roles| match roles.first() {
        Some(role) => role.parse().unwrap(),
        None => scopes.iter().flatten().map(|scope| scope.needs()).max().unwrap_or(Role::Viewer),
    });
    let public = declared.iter().any(|one| one.as_object().is_some_and(serde_json::Map::is_empty));
    assert!(public || scopes.is_some() || role.is_some(), "{method} {path} lets nobody in");
    Operation { method, path: path.to_owned(), scopes, role, public }
}
