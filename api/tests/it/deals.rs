//! Deals over the API, and the percentile that their worth is measured against.

use caseyos_api::store::deals::open_amount_percentile;
use caseyos_api::store::events::events_after;
use caseyos_api::store::facts::fact;
use caseyos_shared::model::Ts;

use crate::harness::{TestApp, json};

#[tokio::test]
async fn a_deal_is_made_and_a_change_of_stage_is_an_event() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let contact = member.post("/api/contacts", json!({"name": "Ann"})).await.status(201);
    let made = member
        .post(
            "/api/deals",
            json!({"name": "Pilot", "contact_id": contact["id"], "amount": {"minor": 1250000, "currency": "EUR"}}),
        )
        .await;
    let deal = made.status(201);
    assert_eq!((&deal["stage"], &deal["state"], &deal["probability"]), (&json!("new"), &json!("open"), &json!(0)));
    assert_eq!(deal["contact"]["name"], "Ann");
    let at = made.header("location").to_owned();
    member.patch(&at, json!({"name": "Pilot 2"})).await.good();
    let won =
        member.patch(&at, json!({"stage": "signed", "state": "won", "probability": 100, "amount": null})).await.good();
    assert_eq!((&won["state"], &won["amount"]), (&json!("won"), &json!(null)));
    let events = events_after(&app.app.db, app.workspace, 0, 1000).await.unwrap();
    let changes: Vec<_> = events.iter().filter(|event| event.kind == "deal.changed").collect();
    assert_eq!(changes.len(), 1, "a new name is no change of stage");
    assert_eq!(changes[0].data["to"], json!({"stage": "signed", "state": "won"}));
    let stale = member.clone().with("if-match", made.header("etag"));
    stale.patch(&at, json!({"name": "x"})).await.problem("out_of_date", 412);
    for (filter, count) in [("state=won", 1), ("state=open", 0), ("text=ann", 1), ("text=SIGNED", 1), ("owner=none", 1)]
    {
        let found = member.get(&format!("/api/deals?{filter}")).await.good();
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{filter}");
    }
    member.delete(&at).await.status(204);
    member.get(&at).await.problem("not_found", 404);
}

#[tokio::test]
async fn what_makes_no_sense_of_a_deal_is_refused() {
    let app = TestApp::new().await;
    let other = app.other_workspace().await;
    let foreign = other.member().await.post("/api/contacts", json!({"name": "Ann"})).await.status(201);
    let member = app.member().await;
    member.post("/api/deals", json!({})).await.complains_about("/name");
    let deal = |extra: serde_json::Value| {
        let mut deal = json!({"name": "D"});
        deal.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        deal
    };
    for (extra, pointer) in [
        (json!({"probability": 101}), "/probability"),
        (json!({"amount": {"minor": 1, "currency": "eur"}}), "/amount/currency"),
        (json!({"amount": {"minor": 1, "currency": "XYZ"}}), "/amount/currency"),
        (json!({"amount": {"minor": -1, "currency": "EUR"}}), "/amount/minor"),
        (json!({"stage": " "}), "/stage"),
        (json!({"state": "lots"}), "/state"),
        (json!({"contact_id": foreign["id"]}), "/contact_id"),
        (json!({"close_date": "2026-02-30T00:00:00Z"}), "/close_date"),
    ] {
        member.post("/api/deals", deal(extra)).await.complains_about(pointer);
    }
    member.get("/api/deals?state=lots").await.complains_about("/state");
}

#[tokio::test]
async fn a_deal_with_an_open_move_is_not_deleted() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let deal = member.post("/api/deals", json!({"name": "Pilot"})).await;
    let made = member
        .post("/api/command-queue", json!({"title": "Call", "deal_id": deal.status(201)["id"]}))
        .await
        .status(201);
    member.delete(deal.header("location")).await.problem("conflict", 409);
    let complete = format!("/api/command-queue/{}/complete", made["id"].as_str().unwrap());
    member.post(&complete, json!({})).await.good();
    member.delete(deal.header("location")).await.status(204);
}

#[tokio::test]
async fn the_percentile_is_that_of_weighted_open_amounts_by_nearest_rank() {
    let app = TestApp::new().await;
    let member = app.member().await;
    assert_eq!(open_amount_percentile(&app.app.db, app.workspace, 95).await.unwrap(), None);
    for n in 1..=20 {
        let amount = json!({"minor": n * 1000, "currency": "EUR"});
        member.post("/api/deals", json!({"name": "D", "probability": 50, "amount": amount})).await.status(201);
    }
    let lost =
        json!({"name": "D", "state": "lost", "probability": 100, "amount": {"minor": 9_000_000, "currency": "EUR"}});
    member.post("/api/deals", lost).await.status(201);
    let yen = json!({"name": "D", "probability": 100, "amount": {"minor": 8_000_000, "currency": "JPY"}});
    member.post("/api/deals", yen).await.status(201);
    let percentile = open_amount_percentile(&app.app.db, app.workspace, 95).await.unwrap().unwrap();
    assert_eq!((percentile.minor, percentile.currency.as_str(), percentile.deals), (9_500, "EUR", 20));
    let all = open_amount_percentile(&app.app.db, app.workspace, 100).await.unwrap().unwrap();
    assert_eq!(all.minor, 10_000);
    app.advance(Ts::HOUR);
    caseyos_api::jobs::schedule::plan(&app.app, app.app.clock.now()).await.unwrap();
    app.settle().await;
    assert_eq!(fact(&app.app.db, app.workspace, "p95").await.unwrap().as_deref(), Some("9500"));
}
