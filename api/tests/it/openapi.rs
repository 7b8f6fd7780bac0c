//! The OpenAPI document against what is really taken and answered.

use std::collections::BTreeSet;

use axum::http::Method;
use caseyos_shared::model::{MoveKind, MoveState, Scope};

use crate::harness::walk::operations;
use crate::harness::{Answer, Client, TestApp, Value, json, samples, schema};

fn document() -> Value {
    caseyos_api::http::openapi::full_document()
}

/// What a reference names, or the value itself.
fn meant<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().map_or(value, |place| document.pointer(place.trim_start_matches('#')).unwrap())
}

/// Every header that is documented for an answer but comes only with some.
const SOMETIMES: [&str; 1] = ["Idempotent-Replayed"];

/// Fails unless the answer has a documented status, with the headers, content type and body that the document says.
#[track_caller]
fn is_documented(document: &Value, path: &str, answer: &Answer) {
    let method = answer.asked.split(' ').next().unwrap().to_lowercase();
    let answers = &document["paths"][path][&method]["responses"];
    let said = meant(document, &answers[answer.code.as_str()]);
    assert!(said.is_object(), "this status is not in the document: {answer}");
    let headers = said["headers"].as_object().unwrap();
    for name in headers.keys().filter(|name| !SOMETIMES.contains(&name.as_str())) {
        assert!(!answer.header(&name.to_lowercase()).is_empty(), "the header {name} is missing: {answer}");
    }
    for name in ["etag", "location", "retry-after", "www-authenticate", "ratelimit"] {
        let is_said = headers.keys().any(|header| header.eq_ignore_ascii_case(name));
        assert!(is_said || answer.header(name).is_empty(), "the header {name} is not in the document: {answer}");
    }
    let Some(contents) = said["content"].as_object() else {
        assert!(answer.body.is_empty(), "the document knows no body here: {answer}");
        return;
    };
    let kind = answer.header("content-type").split(';').next().unwrap();
    let content = contents.get(kind).unwrap_or_else(|| panic!("{kind} is not in the document: {answer}"));
    if kind.ends_with("json") {
        let json = answer.json();
        let complaints = schema::complaints(document, &content["schema"], &json);
        assert!(complaints.is_empty(), "{complaints:#?}\n{answer}");
        assert_eq!(schema::undocumented(document, &content["schema"], &json), [""; 0], "{answer}");
    }
}

/// Fails when a body that is taken is not what the document asks for.
#[track_caller]
fn is_asked_for(document: &Value, method: &Method, path: &str, body: &Value) {
    let asked = &document["paths"][path][method.as_str().to_lowercase()]["requestBody"]["content"]["application/json"];
    if asked.is_object() {
        let complaints = schema::complaints(document, &asked["schema"], body);
        assert!(complaints.is_empty(), "{method} {path} {body}: {complaints:#?}");
    }
}

async fn with_demo(app: &TestApp) -> Client {
    let admin = app.admin().await;
    let me = admin.get("/api/auth/session").await.good()["user"]["email"].as_str().unwrap().to_owned();
    caseyos_api::signals::demo::fill(&app.app, app.workspace, &me).await.unwrap();
    app.settle().await;
    admin
}

#[tokio::test]
async fn every_read_answers_what_the_document_says() {
    let (app, document) = (TestApp::new().await, document());
    let admin = with_demo(&app).await;
    let key = app.key(&[Scope::Admin]).await;
    for operation in operations().into_iter().filter(|one| one.method == Method::GET) {
        let mut paths = vec![operation.path.clone()];
        if operation.path == "/api/contacts/lookup" {
            let contacts = admin.get("/api/contacts?limit=200").await.good();
            let email = contacts["items"].as_array().unwrap().iter().find_map(|one| one["email"].as_str()).unwrap();
            paths = vec![format!("/api/contacts/lookup?email={email}")];
        } else if operation.has_id() {
            let sample = samples::id(&app, &operation.path).await;
            // Something made by a person, and something that came from a source.
            let list = operation.path.split("/{").next().unwrap();
            let known = admin.get(list).await.good()["items"].as_array().unwrap().last().cloned().unwrap();
            paths = vec![operation.with_id(&sample), operation.with_id(known["id"].as_str().unwrap())];
        } else if operation.path == "/api/events" {
            // It never ends.
            continue;
        }
        for path in paths {
            let answer = admin.get(&path).await;
            assert_eq!(answer.code, 200, "{answer}");
            is_documented(&document, &operation.path, &answer);
            is_documented(&document, &operation.path, &key.get(&path).await);
            is_documented(&document, &operation.path, &app.stranger().get(&path).await);
            let tag = answer.header("etag");
            if document["paths"][&operation.path]["get"]["responses"]["304"].is_object() {
                let same = admin.clone().with("if-none-match", tag).get(&path).await;
                assert_eq!(same.code, 304, "{same}");
                is_documented(&document, &operation.path, &same);
            }
        }
        if operation.has_id() {
            let missing = admin.get(&operation.with_id(&uuid::Uuid::now_v7().to_string())).await;
            is_documented(&document, &operation.path, &missing);
        }
    }
    for probe in ["/healthz", "/readyz", "/metrics"] {
        is_documented(&document, probe, &app.stranger().get(probe).await);
    }
}

#[tokio::test]
async fn every_write_takes_and_answers_what_the_document_says() {
    let (app, document) = (TestApp::new().await, document());
    let admin = app.admin().await;
    let tomorrow = (app.app.clock.now() + 86_400_000).to_string();
    let company = admin.post("/api/companies", json!({ "name": "Acme" })).await.status(201)["id"].clone();
    let (person, password) = ("ann@example.com", "correct horse battery");
    let writes = [
        (
            "/api/command-queue",
            json!({ "title": "Call Ann", "kind": "call", "contact": { "email": person, "name": "Ann", "company": "Acme" },
            "due_at": tomorrow, "minutes": 5, "action": { "kind": "send_email", "subject": "Hi", "body_text": "Hello" } }),
        ),
        ("/api/companies", json!({ "name": "Bell", "domain": "bell.example", "attributes": { "size": "12" } })),
        (
            "/api/contacts",
            json!({ "name": "Bob", "email": "bob@bell.example", "company": { "domain": "bell.example" } }),
        ),
        (
            "/api/deals",
            json!({ "name": "Pilot", "company_id": company, "amount": { "minor": 100_000, "currency": "EUR" } }),
        ),
        ("/api/forms", json!({ "name": "Demo page", "kind": "demo_request" })),
        ("/api/hooks", json!({ "name": "CRM" })),
        ("/api/keys", json!({ "name": "k", "scopes": ["queue:read"] })),
        (
            "/api/outcomes",
            json!({ "kind": "positive_reply", "contact_id": null, "deal_id": null, "note": "Yes", "move_id": samples::id(&app, "/api/command-queue/{id}").await }),
        ),
        (
            "/api/signals",
            json!({ "source": "test", "kind": "form", "contact": { "email": "cy@bell.example" }, "payload": { "a": 1 } }),
        ),
        ("/api/users", json!({ "email": person, "role": "member", "password": password })),
    ];
    for (path, body) in &writes {
        is_asked_for(&document, &Method::POST, path, body);
        let once = admin.clone().with("idempotency-key", path);
        let first = once.post(path, body.clone()).await;
        first.good();
        is_documented(&document, path, &first);
        is_documented(&document, path, &once.post(path, body.clone()).await);
        is_documented(&document, path, &once.post(path, json!({ "what": 1 })).await);
        is_documented(&document, path, &admin.post(path, json!({ "what": 1 })).await);
        is_documented(&document, path, &admin.send(Method::POST, path, Some("text/plain"), "x").await);
        is_documented(&document, path, &admin.send(Method::POST, path, Some("application/json"), "{").await);
        is_documented(&document, path, &app.viewer().await.post(path, body.clone()).await);
        is_documented(&document, path, &app.stranger().post(path, body.clone()).await);
    }
    let sign_in = json!({ "email": person, "password": password });
    is_documented(&document, "/api/auth/sign-in", &app.stranger().post("/api/auth/sign-in", sign_in).await);
    let wrong = json!({ "email": person, "password": "wrong horse battery" });
    is_documented(&document, "/api/auth/sign-in", &app.stranger().post("/api/auth/sign-in", wrong).await);
    let form = admin.get("/api/forms").await.good()["items"][0]["form_key"].as_str().unwrap().to_owned();
    is_documented(
        &document,
        "/f/{form_key}",
        &app.stranger().post(&format!("/f/{form}"), json!({ "email": person })).await,
    );
    for path in ["/api/imports/leads/preview", "/api/imports/leads"] {
        let csv = "email,name\nada@acme.example,Ada\nnonsense,Bob\n";
        is_documented(&document, path, &admin.send(Method::POST, path, Some("text/csv"), csv).await);
    }
    for operation in operations().into_iter().filter(|one| one.method != Method::GET && one.has_id()) {
        let id = samples::id(&app, &operation.path).await;
        let body = samples::body(&app, &operation.method, &operation.path).await;
        if operation.method != Method::DELETE {
            is_asked_for(&document, &operation.method, &operation.path, &body);
        }
        let send = async |client: &Client| match operation.method {
            Method::DELETE => client.delete(&operation.with_id(&id)).await,
            _ => client.json(operation.method.clone(), &operation.with_id(&id), &body).await,
        };
        is_documented(&document, &operation.path, &send(&app.stranger()).await);
        is_documented(&document, &operation.path, &send(&admin.clone().with("if-match", "\"stale\"")).await);
        is_documented(&document, &operation.path, &send(&admin).await);
        is_documented(&document, &operation.path, &send(&admin).await);
    }
}

#[test]
fn words_are_those_of_the_wire() {
    let document = document();
    let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
    assert_eq!(words("MoveKind"), json!(MoveKind::ALL));
    assert_eq!(words("MoveState"), json!(MoveState::ALL));
    assert_eq!(words("Scope"), json!(Scope::ALL));
    for name in ["ActionKind", "DealState", "OutcomeKind", "Role", "Suppression", "Verdict"] {
        let all = words(name);
        assert!(
            all[0].as_str().is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')),
            "{name} {all}"
        );
    }
}

#[test]
fn parameters_are_where_the_document_says_and_shared_headers_are_in_it() {
    let document = document();
    let mut headers = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters: Vec<&Value> =
                operation["parameters"].as_array().into_iter().flatten().map(|one| meant(&document, one)).collect();
            for one in &parameters {
                let name = one["name"].as_str().unwrap();
                assert_eq!(one["in"] == "path", path.contains(&format!("{{{name}}}")), "{method} {path} {name}");
            }
            let takes = |name: &str| parameters.iter().any(|one| one["in"] == "header" && one["name"] == name);
            headers
                .extend(parameters.iter().filter(|one| one["in"] == "header").map(|one| one["name"].as_str().unwrap()));
            let api = path.starts_with("/api/") && path != "/api/auth/sign-in";
            assert_eq!(takes("Idempotency-Key"), api && method == "post", "{method} {path}");
            assert_eq!(takes("If-None-Match"), operation["responses"].get("304").is_some(), "{method} {path}");
            if path.starts_with("/api/") {
                for code in ["401", "403", "422", "429"] {
                    let refusal = meant(&document, &operation["responses"][code]);
                    assert_eq!(
                        refusal["content"]["application/problem+json"]["schema"]["$ref"],
                        "#/components/schemas/Problem",
                        "{method} {path} {code}"
                    );
                }
            }
        }
    }
    for name in ["Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID"] {
        assert!(headers.contains(name), "{name} is in no operation");
    }
    let said = &document["paths"]["/api/command-queue"]["get"]["responses"];
    for name in ["RateLimit", "RateLimit-Policy", "X-Request-Id"] {
        assert!(said["200"]["headers"][name].is_object(), "{name}");
    }
    assert!(document["components"]["responses"]["Problem429"]["headers"]["Retry-After"].is_object());
}

#[test]
fn what_is_always_there_is_required_and_what_may_be_absent_is_never_null() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let required = |name: &str| schemas[name]["required"].as_array().cloned().unwrap_or_default();
    for field in ["contact", "deal", "action", "draft_id", "assignee", "due_at", "snoozed_until"] {
        assert!(required("Move").contains(&json!(field)), "{field}");
    }
    assert!(required("Page_Move").contains(&json!("next_cursor")));
    assert!(required("Settings").contains(&json!("quiet_hours")) && required("Settings").contains(&json!("caps")));
    assert!(!required("Problem").contains(&json!("detail")), "{:?}", required("Problem"));
    assert_eq!(schemas["Problem"]["properties"]["detail"]["type"], "string");
    assert!(!required("MovePatch").contains(&json!("due_at")), "a request may leave out what it does not change");
}
