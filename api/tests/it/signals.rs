//! The intake of signals, their ledger, and what it refuses.

use axum::http::Method;
use caseyos_shared::model::Scope;

use crate::harness::{TestApp, json};

#[tokio::test]
async fn a_signal_is_taken_once_and_leads_to_a_move() {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::SignalsWrite, Scope::QueueRead]).await;
    let body = json!({
        "source": "website", "kind": "demo_request", "dedupe_key": "d-1", "occurred_at": "2026-03-01T09:00:00+01:00",
        "contact": {"email": "Ada@Ruiz.example", "name": "Ada Ruiz", "company": "Ruiz Ltd"},
        "payload": {"message": "Can we see it on Thursday?"}
    });
    let first = key.post("/api/signals", body.clone()).await.status(202);
    assert_eq!(first["duplicate"], false);
    let again = key.post("/api/signals", body).await.status(202);
    assert_eq!(again["duplicate"], true);
    assert_eq!(again["signal_id"], first["signal_id"]);
    app.settle().await;
    let id = first["signal_id"].as_str().unwrap();
    let signal = key.get(&format!("/api/signals/{id}")).await.good();
    assert_eq!(signal["verdict"], "moved");
    assert_eq!(signal["occurred_at"], "2026-03-01T08:00:00.000Z");
    assert_eq!(signal["contact"]["email"], "ada@ruiz.example");
    assert_eq!(signal["payload"]["message"], "Can we see it on Thursday?");
    let step = signal["moves"][0].as_str().unwrap().to_owned();
    let step = key.get(&format!("/api/command-queue/{step}")).await.good();
    assert!(step["why"].as_str().unwrap().contains("Can we see it on Thursday?"), "{step}");
    assert_eq!(app.database.count("select count(*) from signal").await, 1);
}

#[tokio::test]
async fn without_a_dedupe_key_the_idempotency_key_stands_in() {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::SignalsWrite]).await;
    let body = json!({"source": "s", "kind": "k", "payload": {}});
    let one = key.post("/api/signals", body.clone()).await.status(202);
    let two = key.post("/api/signals", body.clone()).await.status(202);
    assert_ne!(one["signal_id"], two["signal_id"], "two requests are two signals");
    let with = key.clone().with("idempotency-key", "abc");
    let three = with.post("/api/signals", body.clone()).await.status(202);
    let four = with.post("/api/signals", body).await.status(202);
    assert_eq!(three["signal_id"], four["signal_id"]);
    assert_eq!(app.database.count("select count(*) from signal").await, 3);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_place() {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::SignalsWrite]).await;
    let good = json!({"source": "website", "kind": "form", "payload": {}});
    for (change, pointer) in [
        (json!({"source": "Web Site"}), "/source"),
        (json!({"source": ""}), "/source"),
        (json!({"kind": "x".repeat(65)}), "/kind"),
        (json!({"occurred_at": "2026-02-30T00:00:00Z"}), "/occurred_at"),
        (json!({"occurred_at": "2026-03-01T00:00:00"}), "/occurred_at"),
        (json!({"occurred_at": "2999-03-01T00:00:00Z"}), "/occurred_at"),
        (json!({"occurred_at": 12}), "/occurred_at"),
        (json!({"contact": {"email": "nobody"}}), "/contact/email"),
        (json!({"contact": {"mail": "a@b.example"}}), "/contact/mail"),
        (json!({"deal": {"amount": {"minor": 1, "currency": "euro"}}}), "/deal/amount/currency"),
        (json!({"deal": {"probability": 101}}), "/deal/probability"),
        (json!({"company": {"domain": "no domain"}}), "/company/domain"),
        (json!({"dedupe_key": " "}), "/dedupe_key"),
    ] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        key.post("/api/signals", body).await.complains_about(pointer);
    }
    key.post("/api/signals", json!({"source": "s", "kind": "k", "colour": 1})).await.problem("invalid", 422);
    let send = |kind: &'static str, body: Vec<u8>| {
        let key = key.clone();
        async move { key.send(Method::POST, "/api/signals", Some(kind), body).await }
    };
    send("application/json", b"{\"source\":".to_vec()).await.problem("malformed", 400);
    send("application/json", b"{\"source\":\"\xff\"}".to_vec()).await.problem("malformed", 400);
    send("text/plain", b"{}".to_vec()).await.problem("wrong_type", 415);
    send("application/json", vec![b' '; 2 << 20]).await.problem("too_large", 413);
    assert_eq!(app.database.count("select count(*) from signal").await, 0, "nothing is half done");
}

#[tokio::test]
async fn the_list_is_filtered_and_paged_and_another_workspaces_signals_are_missing() {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::SignalsWrite, Scope::QueueRead]).await;
    for n in 0..5 {
        let kind = if n % 2 == 0 { "form" } else { "page_view" };
        let body =
            json!({"source": "s", "kind": kind, "dedupe_key": n.to_string(), "payload": {"word": format!("w{n}")}});
        key.post("/api/signals", body).await.status(202);
    }
    assert_eq!(key.get("/api/signals?kind=page_view").await.good()["items"].as_array().unwrap().len(), 2);
    assert_eq!(key.get("/api/signals?text=W3").await.good()["items"].as_array().unwrap().len(), 1);
    assert_eq!(key.get("/api/signals?verdict=waiting&source=s").await.good()["items"].as_array().unwrap().len(), 5);
    key.get("/api/signals?verdict=good").await.complains_about("/verdict");
    key.get("/api/signals?cursor=%25").await.complains_about("/cursor");
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = key.get(&format!("/api/signals?limit=2{cursor}")).await.good();
        seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["dedupe_key"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["4", "3", "2", "1", "0"]);
    let id = key.get("/api/signals").await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    let theirs = app.other_workspace().await.key(&[Scope::QueueRead]).await;
    assert_eq!(theirs.get("/api/signals").await.good()["items"].as_array().unwrap().len(), 0);
    let foreign = theirs.get(&format!("/api/signals/{id}")).await;
    let missing = theirs.get("/api/signals/01890a5d-ac96-774b-bcce-b302099a8057").await;
    foreign.problem("not_found", 404);
    assert_eq!(foreign.without_request(), missing.without_request());
}

#[tokio::test]
async fn signals_that_arrive_together_are_each_taken_once_in_their_own_workspace() {
    let app = TestApp::new().await;
    let (ours, theirs) = (app.admin().await, app.other_workspace().await.admin().await);
    let posts = (0..240).map(|n| {
        let client = if n % 2 == 0 { ours.clone() } else { theirs.clone() };
        async move {
            let body = json!({"source": "api", "kind": "form", "dedupe_key": (n / 6).to_string()});
            let taken = client.post("/api/signals", body).await.status(202);
            (n % 2, n / 6, taken["signal_id"].as_str().unwrap().to_owned(), taken["duplicate"].as_bool().unwrap())
        }
    });
    let mut first = std::collections::HashMap::new();
    let mut new = 0;
    for (whose, key, id, duplicate) in futures::future::join_all(posts).await {
        assert_eq!(first.entry((whose, key)).or_insert_with(|| id.clone()), &id, "a repetition names the first");
        new += usize::from(!duplicate);
    }
    assert_eq!((new, first.len()), (80, 80));
    assert_eq!(app.database.count("select count(*) from signal").await, 80);
}
