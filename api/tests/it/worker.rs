//! From signals to moves: who they are about, what merges, what makes no move and why.

use caseyos_shared::model::Ts;

use crate::harness::{Client, TestApp, Value, json};

async fn send(client: &Client, kind: &str, key: &str, contact: Value, payload: Value) {
    let body = json!({"source": "api", "kind": kind, "dedupe_key": key, "contact": contact, "payload": payload});
    client.post("/api/signals", body).await.status(202);
}

async fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).await.good()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_signal_becomes_a_contact_a_company_and_a_scored_move_that_quotes_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let contact = json!({"email": "Tomas@Brightwell.example", "name": "Tomás Okafor", "title": "Founder"});
    send(&admin, "demo_request", "d1", contact, json!({"note": "Tuesday suits"})).await;
    assert!(items(&admin, "/api/command-queue/today").await.is_empty(), "nothing is worked in the request");
    app.settle().await;
    let today = items(&admin, "/api/command-queue/today").await;
    assert_eq!(today.len(), 1);
    let found = &today[0];
    assert_eq!(found["kind"], "demo_request");
    assert_eq!(found["title"], "Book the demo Tomás Okafor at Brightwell asked for");
    assert!(found["why"].as_str().unwrap().contains("“Tuesday suits”"), "{}", found["why"]);
    assert!(found["aps"].as_f64().unwrap() > 10.0);
    assert!(found["factors"].as_array().unwrap().iter().any(|factor| factor["name"] == "intent"));
    let contacts = items(&admin, "/api/contacts").await;
    assert_eq!((contacts.len(), &contacts[0]["company"]["name"]), (1, &json!("Brightwell")));
    let signals = items(&admin, "/api/signals").await;
    assert_eq!((&signals[0]["verdict"], &signals[0]["moves"]), (&json!("moved"), &json!([found["id"]])));
}

#[tokio::test]
async fn many_signals_about_one_person_make_one_good_move_that_keeps_every_reason() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ann = json!({"email": "ann@acme.example", "name": "Ann"});
    send(&admin, "demo_request", "1", ann.clone(), json!({})).await;
    send(&admin, "demo_request", "2", ann.clone(), json!({})).await;
    app.settle().await;
    send(&admin, "demo_request", "3", ann.clone(), json!({})).await;
    send(&admin, "demo_request", "3", ann.clone(), json!({})).await;
    app.settle().await;
    let all = items(&admin, "/api/command-queue").await;
    assert_eq!(all.len(), 1, "same contact, same kind");
    let verdicts: Vec<Value> =
        items(&admin, "/api/signals").await.iter().map(|signal| signal["verdict"].clone()).collect();
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == json!("merged")).count(), 2);
    assert_eq!(verdicts.len(), 3, "the duplicate made no second signal");
    send(&admin, "social", "4", ann, json!({"text": "nice"})).await;
    app.settle().await;
    assert_eq!(items(&admin, "/api/command-queue").await.len(), 2);
    app.advance(10 * Ts::MINUTE);
    app.settle().await;
    let today = items(&admin, "/api/command-queue/today").await;
    assert_eq!(today.len(), 1, "of one contact's moves the best stands in Today");
    assert_eq!(today[0]["kind"], "demo_request");
    let best = today[0]["id"].as_str().unwrap().to_owned();
    admin.post(&format!("/api/command-queue/{best}/dismiss"), json!({})).await.good();
    app.settle().await;
    let next = items(&admin, "/api/command-queue/today").await;
    assert_eq!(next[0]["kind"], "social", "what it covered comes forward");
}

#[tokio::test]
async fn what_makes_no_move_says_why_in_the_ledger() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ann = json!({"email": "ann@acme.example"});
    send(&admin, "email_opened", "1", ann.clone(), json!({})).await;
    send(&admin, "demo_request", "2", json!({}), json!({})).await;
    app.settle().await;
    assert!(items(&admin, "/api/command-queue").await.is_empty());
    for signal in items(&admin, "/api/signals").await {
        assert_eq!(signal["verdict"], "no_move");
        assert!(signal["reason"].as_str().unwrap().len() > 10, "{signal}");
    }
}

#[tokio::test]
async fn free_mail_domains_make_no_company() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    send(&admin, "contact_form", "1", json!({"email": "zoe@gmail.com", "name": "Zoe"}), json!({})).await;
    app.settle().await;
    assert!(items(&admin, "/api/companies").await.is_empty());
    assert_eq!(items(&admin, "/api/command-queue/today").await.len(), 1);
}

#[tokio::test]
async fn a_later_signal_that_asks_for_nothing_itself_raises_what_waits() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ann = json!({"email": "ann@acme.example", "name": "Ann"});
    send(&admin, "lead", "1", ann.clone(), json!({})).await;
    app.settle().await;
    let before = items(&admin, "/api/command-queue/today").await[0]["aps"].as_f64().unwrap();
    send(&admin, "pricing_page", "2", ann, json!({})).await;
    app.settle().await;
    let after = items(&admin, "/api/command-queue/today").await[0]["aps"].as_f64().unwrap();
    assert!(after > before, "{before} -> {after}");
}

#[tokio::test]
async fn a_snoozed_move_sleeps_until_its_time_whatever_joins_it_and_has_a_day_left_when_it_wakes() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ann = json!({"email": "ann@acme.example", "name": "Ann"});
    send(&admin, "social", "1", ann.clone(), json!({"text": "one"})).await;
    app.settle().await;
    let id = items(&admin, "/api/command-queue/today").await[0]["id"].as_str().unwrap().to_owned();
    // Longer than such a move keeps.
    let until = app.app.clock.now() + 6 * Ts::DAY + 23 * Ts::HOUR;
    admin.post(&format!("/api/command-queue/{id}/snooze"), json!({"until": until.to_string()})).await.good();
    send(&admin, "social", "2", ann, json!({"text": "two"})).await;
    app.settle().await;
    let member = app.person(caseyos_shared::model::Role::Member).await.id;
    admin.post(&format!("/api/command-queue/{id}/assign"), json!({"user_id": member})).await.good();
    app.settle().await;
    let path = format!("/api/command-queue/{id}");
    assert_eq!(admin.get(&path).await.good()["state"], "snoozed", "neither a signal nor a hand-over wakes it");
    app.advance(6 * Ts::DAY + 23 * Ts::HOUR + Ts::MINUTE);
    app.settle().await;
    let admin = app.admin().await;
    assert_eq!(admin.get(&path).await.good()["state"], "pending");
    app.advance(20 * Ts::HOUR);
    app.settle().await;
    assert_eq!(admin.get(&path).await.good()["state"], "pending", "who put it off has a day to take it");
    app.advance(5 * Ts::HOUR);
    app.settle().await;
    assert_eq!(app.admin().await.get(&path).await.good()["state"], "expired");
}

#[tokio::test]
async fn words_outside_ascii_are_found_in_small_and_capital_letters() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.post("/api/command-queue", json!({"title": "Ümit wegen Öffnungszeiten anrufen"})).await.status(201);
    for text in ["Ümit", "ümit", "öffnungszeiten", "ÜMIT"] {
        let found = items(&admin, &format!("/api/command-queue?text={text}")).await;
        assert_eq!(found.len(), 1, "{text}");
    }
    assert!(items(&admin, "/api/command-queue?text=Übel").await.is_empty());
}

#[tokio::test]
async fn a_move_nobody_took_expires_by_itself() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    send(&admin, "social", "1", json!({"email": "ann@acme.example"}), json!({})).await;
    app.settle().await;
    assert_eq!(items(&admin, "/api/command-queue?state=pending").await.len(), 1);
    app.advance(9 * Ts::DAY);
    app.settle().await;
    let admin = app.admin().await;
    assert_eq!(items(&admin, "/api/command-queue?state=expired").await.len(), 1);
    assert!(items(&admin, "/api/command-queue/today").await.is_empty());
}
