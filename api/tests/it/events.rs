//! Live events: in order, resumable, the workspace's own, and ended when the server or the caller's right ends.

use caseyos_api::access::keys;
use caseyos_api::store::StoreError;
use caseyos_api::store::events::{Actor, events_after};
use caseyos_shared::model::Scope;

use crate::harness::{Answer, Listening, Tenant, TestApp, json};

/// What a stream has said when this was said and the server was then told to stop.
async fn heard(tenant: &Tenant, mut stream: Listening, last: &str) -> Answer {
    stream.until(last).await;
    tenant.app.stopping.cancel();
    stream.end().await
}

fn names(answer: &Answer) -> Vec<String> {
    answer.text().lines().filter_map(|line| line.strip_prefix("event: ").map(str::to_owned)).collect()
}

#[tokio::test]
async fn what_happens_while_one_listens_arrives_and_what_was_before_does_not() {
    let app = TestApp::new().await;
    let other = app.other_workspace().await;
    let (member, foreign) = (app.member().await, other.member().await);
    member.post("/api/contacts", json!({"name": "Before"})).await.status(201);
    let stream = member.listen("/api/events").await;
    foreign.post("/api/companies", json!({"name": "Foreign"})).await.status(201);
    member.post("/api/deals", json!({"name": "Pilot"})).await.status(201);
    member.post("/api/command-queue", json!({"title": "Call"})).await.status(201);
    let answer = heard(&app, stream, "event: move.").await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let names = names(&answer);
    assert_eq!(names[0], "deal.created", "{answer}");
    assert!(names.iter().any(|name| name.starts_with("move.")), "{answer}");
    assert!(!names.iter().any(|name| name.starts_with("company.")), "{answer}");
    let data = answer.text().lines().find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).unwrap();
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["type"], "deal.created");
    assert!(data["id"].is_i64() && data["at"].is_string(), "{data}");
}

#[tokio::test]
async fn a_stream_resumes_after_the_number_that_came_last() {
    let app = TestApp::new().await;
    let member = app.member().await;
    for name in ["A", "B", "C"] {
        member.post("/api/companies", json!({"name": name})).await.status(201);
    }
    let known = events_after(&app.app.db, app.workspace, 0, 1000).await.unwrap();
    let (last_but_one, last) = (known[known.len() - 2].seq, known[known.len() - 1].seq);
    let resuming = member.with("last-event-id", &last_but_one.to_string());
    let stream = resuming.listen("/api/events?after=0").await;
    let answer = heard(&app, stream, &format!("id: {last}\n")).await;
    let text = answer.text();
    let ids: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(ids, [last.to_string()], "{answer}");
}

#[tokio::test]
async fn what_happens_to_people_is_told_to_admins_only() {
    let app = TestApp::new().await;
    let (admin, member) = (app.admin().await, app.member().await);
    app.key(&[Scope::QueueRead]).await;
    member.post("/api/companies", json!({"name": "A"})).await.status(201);
    let mut to_admin = admin.listen("/api/events?after=0").await;
    to_admin.until("event: company.created").await;
    let to_member = heard(&app, member.listen("/api/events?after=0").await, "event: company.created").await;
    let to_admin = to_admin.end().await;
    assert_eq!(names(&to_member), ["company.created"]);
    assert!(names(&to_admin).contains(&"key.created".to_owned()), "{to_admin}");
}

#[tokio::test]
async fn a_revoked_key_stops_listening_within_seconds() {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::QueueRead]).await;
    app.stranger().get("/api/events").await.problem("unauthenticated", 401);
    app.key(&[Scope::ContactsRead]).await.get("/api/events").await.problem("forbidden", 403);
    let (workspace, id, now) = (app.workspace, key.key.unwrap(), app.app.clock.now());
    let stream = key.listen("/api/events").await;
    let revoked = app.app.db.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { keys::revoke(tx, workspace, id, None, Actor::System, now).await.map(drop) })
    });
    revoked.await.unwrap();
    assert_eq!(stream.end().await.code, 200);
}
