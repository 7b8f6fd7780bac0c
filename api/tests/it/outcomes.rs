//! Outcomes: reported, counted, learned from.

use caseyos_api::store::facts::{fact, fact_versions};
use caseyos_shared::model::{Scope, Ts};

use crate::harness::{TestApp, json};

#[tokio::test]
async fn an_outcome_of_a_move_knows_its_contact_and_is_counted_once_per_move() {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::QueueRead, Scope::QueueWrite, Scope::OutcomesWrite]).await;
    let made =
        key.post("/api/command-queue", json!({"title": "Call", "contact": {"email": "a@a.example"}})).await.status(201);
    let reported = key.post("/api/outcomes", json!({"kind": "reply", "move_id": made["id"], "note": " well "})).await;
    let outcome = reported.status(201);
    assert_eq!(outcome["contact_id"], made["contact"]["id"]);
    assert_eq!((&outcome["source"], &outcome["note"]), (&json!("api"), &json!("well")));
    key.post("/api/outcomes", json!({"kind": "no_response", "move_id": made["id"]})).await.status(201);
    let listed = key.get("/api/outcomes?kind=reply").await.good();
    assert_eq!(listed["items"], json!([outcome]));
    let stats = key.get("/api/outcomes/stats").await.good();
    let all = &stats["items"][0];
    assert_eq!((&all["group"], &all["tries"], &all["good"]), (&json!("all"), &json!(1), &json!(1)));
    let groups: Vec<_> =
        stats["items"].as_array().unwrap().iter().map(|item| item["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["all", "kind:custom", "source:manual"]);
}

#[tokio::test]
async fn what_names_nothing_or_what_is_not_here_is_refused() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let foreign =
        app.other_workspace().await.member().await.post("/api/contacts", json!({"name": "Ann"})).await.status(201);
    member.post("/api/outcomes", json!({"kind": "reply"})).await.complains_about("");
    member
        .post("/api/outcomes", json!({"kind": "reply", "contact_id": foreign["id"]}))
        .await
        .complains_about("/contact_id");
    member.post("/api/outcomes", json!({"kind": "reply", "move_id": foreign["id"]})).await.complains_about("/move_id");
    member.post("/api/outcomes", json!({"kind": "joy", "contact_id": foreign["id"]})).await.complains_about("/kind");
    let ann = member.post("/api/contacts", json!({"name": "Ann"})).await.status(201);
    let later = app.app.clock.now() + Ts::HOUR;
    member
        .post("/api/outcomes", json!({"kind": "reply", "contact_id": ann["id"], "occurred_at": later}))
        .await
        .complains_about("/occurred_at");
    app.viewer()
        .await
        .post("/api/outcomes", json!({"kind": "reply", "contact_id": ann["id"]}))
        .await
        .problem("forbidden", 403);
    let reader = app.key(&[Scope::QueueRead]).await;
    reader.post("/api/outcomes", json!({"kind": "reply", "contact_id": ann["id"]})).await.problem("forbidden", 403);
    assert_eq!(app.database.count("select count(*) from outcome").await, 0);
}

#[tokio::test]
async fn who_unsubscribes_or_bounces_is_written_to_no_more() {
    let app = TestApp::new().await;
    let member = app.member().await;
    for (kind, why) in [("unsubscribed", "opted_out"), ("bounced", "bounced")] {
        let contact = member.post("/api/contacts", json!({"name": kind})).await;
        let id = contact.status(201)["id"].clone();
        member.post("/api/outcomes", json!({"kind": kind, "contact_id": id})).await.status(201);
        assert_eq!(member.get(contact.header("location")).await.good()["suppressed"], why);
    }
}

#[tokio::test]
async fn the_model_is_learned_anew_only_when_there_is_something_new() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let learn = async || {
        app.advance(Ts::HOUR);
        caseyos_api::jobs::schedule::plan(&app.app, app.app.clock.now()).await.unwrap();
        app.settle().await;
        let versions = fact_versions(&app.app.db, app.workspace).await.unwrap();
        versions.into_iter().find(|(name, _)| name == "model").map(|(_, version)| version)
    };
    assert_eq!(learn().await, None, "nothing happened, nothing is learned");
    let contact =
        member.post("/api/contacts", json!({"name": "Ann", "attributes": {"Industry": "Software"}})).await.status(201);
    member.post("/api/outcomes", json!({"kind": "meeting_held", "contact_id": contact["id"]})).await.status(201);
    assert_eq!(learn().await, Some(1));
    assert_eq!(learn().await, Some(1), "no new outcome, no new version");
    member.post("/api/outcomes", json!({"kind": "no_response", "contact_id": contact["id"]})).await.status(201);
    assert_eq!(learn().await, Some(2));
    let model = fact(&app.app.db, app.workspace, "model").await.unwrap().unwrap();
    assert!(serde_json::from_str::<caseyos_shared::learn::Model>(&model).is_ok());
}
