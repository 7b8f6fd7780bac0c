//! What every request passes: headers, bodies, limits, and keys that make a request count once.

use axum::http::Method;
use caseyos_shared::model::Scope;

use crate::harness::{Answer, TestApp, Value, json};

fn has_security_headers(answer: &Answer) {
    let policy = answer.header("content-security-policy");
    for part in ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{answer}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer}");
    assert!(!answer.header("referrer-policy").is_empty(), "{answer}");
    assert!(!answer.header("x-request-id").is_empty(), "{answer}");
}

#[tokio::test]
async fn every_answer_has_the_security_headers_and_a_request_id() {
    let app = TestApp::at("https://casey.example").await;
    let admin = app.admin().await;
    let big = "x".repeat(2 * 1024 * 1024);
    let answers = [
        app.stranger().get("/healthz").await,
        app.stranger().get("/api/nothing").await,
        app.stranger().get("/api/users").await,
        app.stranger().send(Method::PUT, "/api/users", None, "").await,
        admin.send(Method::POST, "/api/users", Some("application/json"), big).await,
        admin.send(Method::POST, "/api/users", Some("application/json"), "{").await,
    ];
    let codes: Vec<_> = answers.iter().map(|answer| answer.code.as_u16()).collect();
    assert_eq!(codes, [200, 404, 401, 405, 413, 400]);
    for answer in &answers {
        has_security_headers(answer);
        assert!(answer.header("strict-transport-security").contains("max-age="), "{answer}");
    }
    assert!(answers[3].header("allow").contains("GET"), "{}", answers[3].header("allow"));
    let named = app.stranger().with("x-request-id", "trace-0123456789").get("/healthz").await;
    assert_eq!(named.header("x-request-id"), "trace-0123456789");
    let nonsense = app.stranger().with("x-request-id", "<script>").get("/healthz").await;
    assert_ne!(nonsense.header("x-request-id"), "<script>");
}

#[tokio::test]
async fn bad_bodies_are_refused_with_the_place_and_change_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let send = async |kind: &str, body: Vec<u8>| admin.send(Method::POST, "/api/keys", Some(kind), body).await;
    let json_body = async |body: &str| send("application/json", body.as_bytes().to_vec()).await;
    for malformed in ["", "{", "nonsense", r#"{"name":"k","scopes":["queue:read"]}{}"#, r#"{"name":"\ud800"}"#] {
        json_body(malformed).await.problem("malformed", 400);
    }
    send("application/json", b"{\"name\":\"\xff\xfe\"}".to_vec()).await.problem("malformed", 400);
    json_body(&"[".repeat(100_000)).await.problem("invalid", 422);
    send("text/plain", b"{}".to_vec()).await.problem("wrong_type", 415);
    json_body(r#"{"name":"k","scopes":[],"what":1}"#).await.complains_about("/what");
    json_body(r#"{"name":7,"scopes":[]}"#).await.complains_about("/name");
    json_body(r#"{"name":"k","scopes":["queue:read","nothing"]}"#).await.complains_about("/scopes/1");
    json_body(r#"{"name":"a\u0000b","scopes":["queue:read"]}"#).await.problem("invalid", 422);
    json_body("[]").await.problem("invalid", 422);
    assert_eq!(admin.get("/api/keys").await.good()["items"], json!([]));
    json_body(r#"{"name":"a\\u0000b","scopes":["queue:read"]}"#).await.status(201);
}

#[tokio::test]
async fn one_idempotency_key_has_one_effect_and_one_answer() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let once = admin.clone().with("idempotency-key", "first");
    let body = json!({ "name": "k", "scopes": ["queue:read"] });
    let first = once.post("/api/keys", body.clone()).await;
    let again = once.post("/api/keys", body.clone()).await;
    assert_eq!(first.status(201), again.status(201));
    assert_eq!(again.header("idempotent-replayed"), "true");
    once.post("/api/keys", json!({ "name": "other", "scopes": ["queue:read"] })).await.problem("invalid", 422);
    let stored = app.database.count("select count(*) from idempotency where body like '%csy%'").await;
    assert_eq!(stored, 0, "a key that is shown once must not lie about in the database");
    let wrong = once.post("/api/users", json!({})).await;
    wrong.problem("invalid", 422);
    assert_eq!(app.database.count("select count(*) from api_key").await, 1);
}

#[tokio::test]
async fn five_at_once_with_one_idempotency_key_have_one_effect() {
    let app = TestApp::new().await;
    let admin = app.admin().await.with("idempotency-key", "at once");
    let body = json!({ "email": "ann@example.com", "role": "member", "password": "correct horse battery" });
    let answers = futures::future::join_all((0..5).map(|_| admin.post("/api/users", body.clone()))).await;
    let made = answers.iter().filter(|answer| answer.code == 201).count();
    let in_flight = answers.iter().filter(|answer| answer.code == 409).count();
    assert!(made >= 1 && made + in_flight == 5, "{made} made, {in_flight} in flight");
    let after = admin.post("/api/users", body).await.status(201);
    for answer in answers.iter().filter(|answer| answer.code == 201) {
        assert_eq!(answer.json(), after);
    }
    assert_eq!(app.database.count("select count(*) from person where email = 'ann@example.com'").await, 1);
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let limits = json!({ "limits": { "requests_per_minute_key": 60, "requests_per_minute_user": 60 } });
    let key = app.key(&[Scope::QueueRead]).await;
    admin.patch("/api/workspace", limits).await.good();
    let first = key.get("/api/workspace").await;
    first.good();
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=60;w=60");
    assert!(first.header("ratelimit").starts_with("\"default\";r=9;"), "{}", first.header("ratelimit"));
    for _ in 0..9 {
        key.get("/api/workspace").await.good();
    }
    let refused = key.get("/api/workspace").await;
    refused.problem("rate_limited", 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(refused.header("ratelimit").starts_with("\"default\";r=0;"), "{}", refused.header("ratelimit"));
    let viewer = app.viewer().await;
    let same = app.session_of(viewer.person.unwrap()).await;
    for _ in 0..5 {
        viewer.get("/api/workspace").await.good();
        same.get("/api/workspace").await.good();
    }
    same.get("/api/workspace").await.problem("rate_limited", 429);
}

#[tokio::test]
async fn strangers_are_limited_by_address() {
    let app = TestApp::new().await;
    let guesser = app.stranger().always_at([203, 0, 113, 7]);
    let mut codes = Vec::new();
    for n in 0..12 {
        let body = json!({ "email": format!("{n}@example.com"), "password": "correct horse battery" });
        codes.push(guesser.post("/api/auth/sign-in", body).await.code.as_u16());
    }
    assert_eq!(codes[..10], [401; 10]);
    assert_eq!(codes[11], 429);
    app.stranger().get("/api/auth/session").await.problem("unauthenticated", 401);
}

#[tokio::test]
async fn only_listed_origins_may_read_answers_from_elsewhere() {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::QueueRead]).await;
    let ours = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
    assert_eq!(
        key.clone().with("origin", ours).get("/api/workspace").await.header("access-control-allow-origin"),
        ours
    );
    let foreign = key.with("origin", "https://evil.example").get("/api/workspace").await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert_eq!(foreign.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn an_array_is_no_object_wherever_one_is_asked_for() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for body in [json!(["Call Ann"]), json!([]), json!("Call Ann"), json!(7), json!(true), Value::Null] {
        let refused = admin.post("/api/command-queue", body).await.complains_about("");
        assert!(refused["errors"][0]["detail"].as_str().unwrap().starts_with("send a JSON object, not "), "{refused}");
    }
    let nested = json!({ "title": "Call Ann", "contact": ["ann@acme.example", null, null] });
    admin.post("/api/command-queue", nested).await.complains_about("/contact");
    admin.patch("/api/workspace", json!({ "quiet_hours": ["20:00", "08:00"] })).await.complains_about("/quiet_hours");
    let id = admin.post("/api/command-queue", json!({ "title": "Call Bob" })).await.status(201)["id"].clone();
    admin.post(&format!("/api/command-queue/{}/accept", id.as_str().unwrap()), json!([])).await.complains_about("");
    assert_eq!(app.database.count("select count(*) from move").await, 1);
}

#[tokio::test]
async fn a_query_that_nobody_asked_for_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for operation in crate::harness::walk::operations() {
        // What is refused before anything is looked up needs no id that exists.
        let path = format!("{}?nobody_asked=1", operation.with_id(&uuid::Uuid::now_v7().to_string()));
        if operation.method == Method::GET {
            admin.get(&path).await.complains_about("/nobody_asked");
        }
    }
    admin.post("/api/command-queue?dry_run=1", json!({ "title": "Call Ann" })).await.complains_about("/dry_run");
    app.stranger().get("/api/outcomes/stats?x=1").await.problem("unauthenticated", 401);
}

#[tokio::test]
async fn a_repeated_answer_has_the_headers_of_the_first() {
    let app = TestApp::new().await;
    let once = app.admin().await.with("idempotency-key", "one");
    let first = once.post("/api/command-queue", json!({ "title": "Call Ann" })).await;
    let again = once.post("/api/command-queue", json!({ "title": "Call Ann" })).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.status(201), again.status(201));
    for name in ["location", "etag", "content-type"] {
        assert!(!first.header(name).is_empty(), "{name}");
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
}

#[tokio::test]
async fn the_tag_of_a_change_is_the_one_that_the_next_read_has() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (path, body, edit) in [
        ("/api/command-queue", json!({ "title": "Call Ann" }), json!({ "title": "Call Bob" })),
        ("/api/companies", json!({ "name": "Acme" }), json!({ "name": "Acme Ltd" })),
        ("/api/contacts", json!({ "name": "Ann" }), json!({ "name": "Anna" })),
        ("/api/deals", json!({ "name": "Pilot" }), json!({ "name": "Roll-out" })),
    ] {
        let made = admin.post(path, body).await;
        let place = made.header("location").to_owned();
        assert_eq!(place, format!("{path}/{}", made.status(201)["id"].as_str().unwrap()));
        assert_eq!(made.header("etag"), admin.get(&place).await.header("etag"), "{place}");
        let edited = admin.clone().with("if-match", made.header("etag")).patch(&place, edit).await;
        edited.good();
        assert_ne!(edited.header("etag"), made.header("etag"), "{place}");
        assert_eq!(edited.header("etag"), admin.get(&place).await.header("etag"), "{place}");
    }
    let id = admin.post("/api/command-queue", json!({ "title": "Call Cy" })).await.status(201)["id"].clone();
    let place = format!("/api/command-queue/{}", id.as_str().unwrap());
    for act in ["accept", "undo", "dismiss", "restore", "complete"] {
        let changed = admin.post(&format!("{place}/{act}"), json!({})).await;
        changed.good();
        assert_eq!(changed.header("etag"), admin.get(&place).await.header("etag"), "{act}");
    }
}

#[tokio::test]
async fn probes_answer_head_and_the_numbers_are_prometheus_text() {
    let app = TestApp::new().await;
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
        let head = app.stranger().send(Method::HEAD, path, None, "").await;
        let get = app.stranger().get(path).await;
        assert_eq!((head.code, head.body.len()), (get.code, 0), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
    let numbers = app.stranger().get("/metrics").await;
    assert_eq!(numbers.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert!(numbers.text().lines().any(|line| line.starts_with("# TYPE ")), "{numbers}");
}
