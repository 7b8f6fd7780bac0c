//! Webhooks: Standard Webhooks verified on raw bytes, taken once, worked later.

use axum::http::Method;
use caseyos_shared::model::Scope;
use standardwebhooks::Webhook;

use crate::harness::{Answer, TestApp, Value, json};

fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

struct Sender {
    path: String,
    secret: String,
}

impl Sender {
    async fn new(app: &TestApp) -> Self {
        let hook = app.admin().await.post("/api/hooks", json!({"name": "CRM"})).await.status(201);
        let url = hook["url"].as_str().unwrap();
        let path = url.strip_prefix("http://127.0.0.1:8000").unwrap().to_owned();
        Self { path, secret: hook["secret"].as_str().unwrap().to_owned() }
    }

    async fn send(&self, app: &TestApp, id: &str, at: i64, body: &str) -> Answer {
        let signature = Webhook::new(&self.secret).unwrap().sign(id, at, body.as_bytes()).unwrap();
        self.send_signed(app, id, at, body, &signature).await
    }

    async fn send_signed(&self, app: &TestApp, id: &str, at: i64, body: &str, signature: &str) -> Answer {
        let client = app
            .stranger()
            .with("webhook-id", id)
            .with("webhook-timestamp", &at.to_string())
            .with("webhook-signature", signature);
        client.send(Method::POST, &self.path, Some("application/json"), body.to_owned()).await
    }
}

#[tokio::test]
async fn a_body_that_is_no_text_is_verified_by_its_bytes_and_then_refused_for_what_it_is() {
    let app = TestApp::new().await;
    let sender = Sender::new(&app).await;
    let (body, at) = (b"{\"type\":\"a\",\"data\":{\"name\":\"J\xf6rg\"}}".to_vec(), now());
    let key = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        sender.secret.strip_prefix("whsec_").unwrap(),
    );
    let mac = hmac_sha256::HMAC::mac([format!("m1.{at}.").as_bytes(), &body].concat(), key.unwrap());
    let signature = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, mac);
    let send = async |signature: &str, body: Vec<u8>| {
        let client = app
            .stranger()
            .with("webhook-id", "m1")
            .with("webhook-timestamp", &at.to_string())
            .with("webhook-signature", signature);
        client.send(Method::POST, &sender.path, Some("application/json"), body).await
    };
    let refused = send(&format!("v1,{signature}"), body.clone()).await;
    let problem = refused.problem("malformed", 400);
    assert!(problem["detail"].as_str().unwrap().contains("UTF-8"), "{refused}");
    send(&format!("v2,{signature}"), body.clone()).await.problem("bad_signature", 401);
    send(&format!("v1,A{}", &signature[1..]), body.clone()).await.problem("bad_signature", 401);
    send(&format!("v1,{signature}"), [body, vec![0xff]].concat()).await.problem("bad_signature", 401);
    assert_eq!(app.database.count("select count(*) from signal").await, 0);
}

const BODY: &str = r#"{"type":"demo.requested","timestamp":"2026-03-01T09:00:00.000Z","data":{"contact":{"email":"ada@ruiz.example","name":"Ada Ruiz"},"message":"Show me"}}"#;

#[test]
fn the_example_of_the_specification_is_signed_as_it_says() {
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Symmetric"
    let webhook = Webhook::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signed = webhook.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[tokio::test]
async fn a_signed_webhook_is_taken_once_and_leads_to_a_move() {
    let app = TestApp::new().await;
    let sender = Sender::new(&app).await;
    assert!(sender.secret.starts_with("whsec_"));
    assert_eq!(sender.send(&app, "m1", now(), BODY).await.status(202)["duplicate"], false);
    assert_eq!(sender.send(&app, "m1", now(), BODY).await.status(202)["duplicate"], true);
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let signals = reader.get("/api/signals").await.good();
    let signal = &signals["items"][0];
    assert_eq!(signals["items"].as_array().unwrap().len(), 1);
    assert_eq!((&signal["kind"], &signal["verdict"]), (&json!("demo.requested"), &json!("moved")));
    assert_eq!(signal["occurred_at"], "2026-03-01T09:00:00.000Z");
    assert_eq!(signal["contact"]["email"], "ada@ruiz.example");
    assert_eq!(signal["payload"], serde_json::from_str::<Value>(BODY).unwrap(), "all of it is kept");
    let again = Sender::new(&app).await;
    assert_eq!(again.send(&app, "m1", now(), BODY).await.status(202)["duplicate"], false, "ids are the sender's own");
}

#[tokio::test]
async fn what_is_not_signed_as_agreed_is_refused_and_leaves_nothing() {
    let app = TestApp::new().await;
    let sender = Sender::new(&app).await;
    let at = now();
    let right = Webhook::new(&sender.secret).unwrap().sign("m", at, BODY.as_bytes()).unwrap();
    sender.send(&app, "m", now() - 301, BODY).await.problem("bad_signature", 401);
    sender.send(&app, "m", now() + 400, BODY).await.problem("bad_signature", 401);
    sender.send_signed(&app, "m", at, "{}", &right).await.problem("bad_signature", 401);
    sender.send_signed(&app, "other", at, BODY, &right).await.problem("bad_signature", 401);
    sender.send_signed(&app, "m", at, BODY, "v1,bm9uc2Vuc2U=").await.problem("bad_signature", 401);
    sender.send_signed(&app, "m", at, BODY, "").await.problem("bad_signature", 401);
    app.stranger().post(&sender.path, json!({})).await.problem("bad_signature", 401);
    sender.send(&app, "m", now(), "not json").await.problem("malformed", 400);
    sender.send(&app, "m", now(), &" ".repeat(6 << 20)).await.problem("too_large", 413);
    let unknown = app.stranger().post("/hooks/standard/nonsense", json!({})).await;
    unknown.problem("not_found", 404);
    let other_provider = sender.path.replace("/standard/", "/hubspot/");
    app.stranger().post(&other_provider, json!({})).await.problem("not_found", 404);
    assert_eq!(app.database.count("select count(*) from signal").await, 0);
    let several = format!("v1a,x v1,bm9uc2Vuc2U= {right}");
    sender.send_signed(&app, "m", at, BODY, &several).await.status(202);
}

#[tokio::test]
async fn the_secret_is_shown_once_and_only_admins_manage_addresses() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let made = admin.post("/api/hooks", json!({"name": "CRM"})).await.status(201);
    let path = format!("/api/hooks/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.good()["secret"], Value::Null);
    assert!(!admin.get("/api/hooks").await.text().contains("whsec_"));
    app.member().await.get("/api/hooks").await.problem("forbidden", 403);
    admin.post("/api/hooks", json!({"name": "x", "provider": "hubspot"})).await.complains_about("/provider");
    app.other_workspace().await.admin().await.get(&path).await.problem("not_found", 404);
    admin.patch(&path, json!({"disabled": true})).await.good();
    let sender = Sender {
        path: made["url"].as_str().unwrap().replace("http://127.0.0.1:8000", ""),
        secret: made["secret"].as_str().unwrap().to_owned(),
    };
    sender.send(&app, "m", now(), BODY).await.problem("not_found", 404);
    admin.delete(&path).await.status(204);
    admin.get(&path).await.problem("not_found", 404);
}

#[tokio::test]
async fn an_admin_makes_closes_and_opens_an_address_on_its_page() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let page = admin.get("/admin/hooks").await.text();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let press = |path: String, name: &'static str| {
        let (admin, body) = (admin.clone(), format!("csrf={csrf}&name={name}"));
        async move { admin.send(Method::POST, &path, Some("application/x-www-form-urlencoded"), body).await }
    };
    let made = press("/admin/hooks".to_owned(), "CRM").await.text();
    let between = |from: &str, to: &str| {
        let rest = made.split(from).nth(1).unwrap_or_else(|| panic!("no {from} in {made}"));
        rest.split(to).next().unwrap().to_owned()
    };
    let sender = Sender {
        path: format!("/hooks/standard/{}", between("/hooks/standard/", "<")),
        secret: format!("whsec_{}", between("whsec_", "\"")),
    };
    sender.send(&app, "m1", now(), BODY).await.status(202);
    assert!(!admin.get("/admin/hooks").await.text().contains("whsec_"), "the secret is shown once");
    let id = between("/admin/hooks/", "/close");
    press(format!("/admin/hooks/{id}/close"), "").await;
    sender.send(&app, "m2", now(), BODY).await.problem("not_found", 404);
    press(format!("/admin/hooks/{id}/open"), "").await;
    sender.send(&app, "m2", now(), BODY).await.status(202);
    assert_eq!(press("/admin/hooks".to_owned(), "").await.code, 422);
    assert_eq!(app.member().await.get("/admin/hooks").await.code, 403);
}
