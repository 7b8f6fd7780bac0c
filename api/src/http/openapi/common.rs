//! What all operations have in common, written into the document once: shared headers, how one is refused, what is always there.

use std::collections::{BTreeSet, HashMap};

use axum::http::Method;
use caseyos_shared::problem::MEDIA_TYPE;
use serde_json::{Map, Value, json};

/// The schemas whose answers carry an entity tag.
const TAGGED: [&str; 7] = ["Badge", "Company", "Contact", "Deal", "Move", "Today", "Workspace"];
/// The methods that the house uses.
const METHODS: [(&str, Method); 5] = [
    ("get", Method::GET),
    ("post", Method::POST),
    ("put", Method::PUT),
    ("patch", Method::PATCH),
    ("delete", Method::DELETE),
];

/// Headers of requests: the name of the component, the header, what it means.
const PARAMETERS: [(&str, &str, &str); 4] = [
    (
        "IdempotencyKey",
        "Idempotency-Key",
        "1 to 255 visible ASCII characters of the caller's choice. For 24 hours the same request with the same key changes nothing \
         again and gets the same answer; another request with it is refused with 422.",
    ),
    (
        "IfMatch",
        "If-Match",
        "The entity tag of the copy that is being changed. When somebody changed it since, nothing happens and the answer is 412.",
    ),
    (
        "IfNoneMatch",
        "If-None-Match",
        "The entity tag of the answer that is known already. While it stands, the answer is 304 without a body.",
    ),
    (
        "CsrfToken",
        "X-CSRF-Token",
        "The session's token (`csrf_token` of `GET /api/auth/session`); needed with the session's cookie, ignored with an API key.",
    ),
];

/// Headers of answers: the name of the component, the header, what it means.
const HEADERS: [(&str, &str, &str); 8] = [
    ("ETag", "ETag", "The entity tag of what is answered."),
    (
        "IdempotentReplayed",
        "Idempotent-Replayed",
        "`true` when this is the answer that the same Idempotency-Key got before.",
    ),
    ("Location", "Location", "The address of what was made."),
    (
        "RateLimit",
        "RateLimit",
        "`\"default\";r=REQUESTS;t=SECONDS`: how many more requests are welcome now, and when to look again.",
    ),
    (
        "RateLimitPolicy",
        "RateLimit-Policy",
        "`\"default\";q=REQUESTS;w=SECONDS`: how many requests a window of so many seconds has.",
    ),
    ("RequestId", "X-Request-Id", "The request's id, as it stands in the log and in problems."),
    ("RetryAfter", "Retry-After", "Seconds to wait before the next try."),
    ("WwwAuthenticate", "WWW-Authenticate", "How to sign in."),
];

/// How a request can be refused: the status, what it means, the headers beside the common ones.
const REFUSALS: [(&str, &str, &[&str]); 13] = [
    ("400", "The body or a header cannot be read.", &[]),
    ("401", "Nobody is signed in, or the key or signature is none that is known.", &["WwwAuthenticate"]),
    ("403", "The key lacks the scope, the person lacks the role, or another site sent the request.", &[]),
    ("404", "There is nothing here, or it belongs to another workspace.", &[]),
    (
        "409",
        "In conflict with what is there: the state does not allow it, the name is taken, or the same request is being worked.",
        &[],
    ),
    ("412", "It was changed since it was read; read it again and repeat the change.", &[]),
    ("413", "The body is too large.", &[]),
    ("415", "Not a content type that is taken here.", &[]),
    ("422", "The request does not make sense; `errors` says where and what would be right.", &[]),
    ("429", "Too many requests.", &["RetryAfter"]),
    ("500", "A bug here; it was logged under the request id.", &[]),
    ("503", "No answer in time; try again in a moment.", &["RetryAfter"]),
    ("507", "The disk is full or read-only; nothing was changed.", &[]),
];

/// Adds to every operation the headers, parameters and refusals that it shares with others.
pub(super) fn add(document: &mut Value) {
    require_what_is_always_there(document);
    let readable = fields(&document["paths"]).filter(|(_, item)| item.get("get").is_some());
    let readable: BTreeSet<String> = readable.map(|(path, _)| path.clone()).collect();
    for (path, item) in fields_mut(&mut document["paths"]) {
        for (method, operation) in fields_mut(item) {
            let about = About::of(path, method, operation, &readable);
            about.add_parameters(operation);
            about.add_answers(operation);
        }
    }
    let text = json!({ "type": "string" });
    let components = &mut document["components"];
    components["parameters"] = PARAMETERS
        .iter()
        .map(|(name, header, words)| {
            let parameter =
                json!({ "name": header, "in": "header", "required": false, "description": words, "schema": text });
            ((*name).to_owned(), parameter)
        })
        .collect::<Map<_, _>>()
        .into();
    components["headers"] = HEADERS
        .iter()
        .map(|(name, _, words)| ((*name).to_owned(), json!({ "description": words, "schema": text })))
        .collect::<Map<_, _>>()
        .into();
    components["responses"] =
        REFUSALS.iter().map(|(code, words, headers)| refusal(code, words, headers)).collect::<Map<_, _>>().into();
}

fn refusal(code: &str, words: &str, headers: &[&str]) -> (String, Value) {
    let mut all = vec!["RateLimit", "RateLimitPolicy", "RequestId"];
    all.extend(headers);
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let answer =
        json!({ "description": words, "headers": named(&all), "content": { MEDIA_TYPE: { "schema": schema } } });
    (format!("Problem{code}"), answer)
}

/// References to headers by the names of their components.
fn named(headers: &[&str]) -> Value {
    HEADERS
        .iter()
        .filter(|(name, ..)| headers.contains(name))
        .map(|(name, header, _)| ((*header).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })))
        .collect::<Map<_, _>>()
        .into()
}

/// What decides the headers and refusals of an operation.
struct About {
    method: Method,
    api: bool,
    public: bool,
    hook: bool,
    probe: bool,
    session: bool,
    body: bool,
    looks_up: bool,
    tagged: bool,
    conditional: bool,
    has_address: bool,
}

impl About {
    fn of(path: &str, method: &str, operation: &Value, readable: &BTreeSet<String>) -> Self {
        let security = operation["security"].as_array().map(Vec::as_slice).unwrap_or_default();
        let good = || fields(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
        Self {
            method: METHODS.iter().find(|(name, _)| *name == method).map_or(Method::GET, |(_, method)| method.clone()),
            api: path.starts_with("/api/"),
            public: security.iter().all(|way| fields(way).next().is_none()),
            hook: path.starts_with("/hooks/"),
            probe: !path.starts_with("/api/") && !path.starts_with("/f/") && !path.starts_with("/hooks/"),
            session: security.iter().any(|way| way.get("session").is_some()),
            body: operation["requestBody"].is_object(),
            looks_up: path.contains('{') || path.ends_with("/lookup"),
            tagged: good().flat_map(|(_, answer)| fields(&answer["content"])).any(|(_, content)| {
                let schema = content["schema"]["$ref"].as_str().and_then(|name| name.rsplit('/').next());
                schema.is_some_and(|name| TAGGED.contains(&name))
            }),
            conditional: operation["responses"]["304"].is_object(),
            has_address: readable.contains(&format!("{path}/{{id}}")),
        }
    }

    /// Whether an `Idempotency-Key` counts here.
    fn once(&self) -> bool {
        self.api && !self.public && self.method == Method::POST
    }

    fn changes(&self) -> bool {
        self.method != Method::GET
    }

    fn add_parameters(&self, operation: &mut Value) {
        let taken = [
            ("IdempotencyKey", self.once()),
            ("IfMatch", self.tagged && self.method == Method::PATCH),
            ("IfNoneMatch", self.conditional),
            ("CsrfToken", self.session && self.changes()),
        ];
        let taken = taken.iter().filter(|(_, here)| *here);
        let new: Vec<Value> =
            taken.map(|(name, _)| json!({ "$ref": format!("#/components/parameters/{name}") })).collect();
        if let Some(known) = operation["parameters"].as_array_mut() {
            known.extend(new);
        } else if !new.is_empty() {
            operation["parameters"] = new.into();
        }
    }

    fn add_answers(&self, operation: &mut Value) {
        for (status, answer) in fields_mut(&mut operation["responses"]) {
            let good = status.starts_with('2');
            let headers = [
                ("RequestId", true),
                ("RateLimit", !self.probe),
                ("RateLimitPolicy", !self.probe),
                ("ETag", self.tagged && (good || status == "304")),
                ("IdempotentReplayed", self.once() && good),
                ("Location", status == "303" || (status == "201" && self.has_address)),
            ];
            let here: Vec<&str> = headers.iter().filter(|(_, here)| *here).map(|(name, _)| *name).collect();
            answer["headers"] = named(&here);
        }
        let post = self.method == Method::POST;
        let refused = [
            ("400", self.body || post),
            ("401", self.api || self.hook),
            ("403", self.api),
            ("404", self.looks_up),
            ("409", self.api && self.changes()),
            ("412", self.api && self.method == Method::PATCH),
            ("413", self.body || post),
            ("415", self.body || post),
            ("422", !self.probe),
            ("429", !self.probe),
            ("500", true),
            ("503", true),
            ("507", self.changes()),
        ];
        if let Some(answers) = operation["responses"].as_object_mut() {
            for (code, _) in refused.iter().filter(|(_, here)| *here) {
                let refusal = || json!({ "$ref": format!("#/components/responses/Problem{code}") });
                answers.entry(*code).or_insert_with(refusal);
            }
        }
    }
}

/// What an address takes in its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Takes {
    /// Parameters, which its handler checks.
    Query,
    /// Nothing.
    Nothing,
}

/// What each operation under `/api` takes in its query.
pub(in crate::http) fn what_is_taken(document: &Value) -> HashMap<(Method, String), Takes> {
    let mut all = HashMap::new();
    for (path, item) in fields(&document["paths"]).filter(|(path, _)| path.starts_with("/api/")) {
        for (name, method) in METHODS {
            let Some(operation) = item.get(name) else { continue };
            let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            let query = parameters.iter().any(|one| one["in"] == "query");
            all.insert((method, path.clone()), if query { Takes::Query } else { Takes::Nothing });
        }
    }
    all
}

/// In what is only answered, a field that may be `null` or has a default is there whatever it holds; what may be absent is never `null`.
fn require_what_is_always_there(document: &mut Value) {
    let mut sent = BTreeSet::new();
    for (_, item) in fields(&document["paths"]) {
        for (_, operation) in fields(item) {
            collect(&operation["requestBody"], document, &mut sent);
        }
    }
    for (name, schema) in fields_mut(&mut document["components"]["schemas"]) {
        if !sent.contains(name) {
            require(schema);
        }
    }
}

/// The schemas that a value refers to, at any depth.
fn collect(value: &Value, document: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|place| place.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && found.insert(name.to_owned())
            {
                collect(&document["components"]["schemas"][name], document, found);
            }
            fields.values().for_each(|value| collect(value, document, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, document, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn require(schema: &mut Value) {
    let always =
        fields(&schema["properties"]).filter(|(_, field)| is_nullable(field) || field.get("default").is_some());
    let always: Vec<Value> = always.map(|(name, _)| name.clone().into()).collect();
    if !always.is_empty() {
        let known = schema["required"].as_array().cloned().unwrap_or_default();
        let new = always.into_iter().filter(|name| !known.contains(name));
        schema["required"] = known.iter().cloned().chain(new).collect();
    }
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(require),
        Value::Array(items) => items.iter_mut().for_each(require),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_nullable(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null" || kind.as_array().is_some_and(|kinds| kinds.contains(&"null".into()));
    is_null(&schema["type"])
        || schema["oneOf"].as_array().is_some_and(|all| all.iter().any(|one| is_null(&one["type"])))
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn fields_mut(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}
