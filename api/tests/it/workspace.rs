//! The workspace's settings.

use crate::harness::{TestApp, json};

#[tokio::test]
async fn what_is_sent_is_set_the_rest_stays_and_an_old_copy_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let read = admin.get("/api/workspace").await;
    let etag = read.header("etag").to_owned();
    let before = read.good();
    let changed = admin.patch("/api/workspace", json!({ "undo_seconds": 0, "time_zone": "europe/berlin" })).await;
    let after = changed.good();
    assert_eq!((&after["undo_seconds"], &after["time_zone"]), (&json!(0), &json!("Europe/Berlin")));
    assert_eq!((&after["caps"], &after["name"]), (&before["caps"], &before["name"]));
    assert_ne!(changed.header("etag"), etag);
    let stale = admin.clone().with("if-match", &etag).patch("/api/workspace", json!({ "name": "New" })).await;
    stale.problem("out_of_date", 412);
    let fresh = admin.clone().with("if-match", changed.header("etag"));
    assert_eq!(fresh.patch("/api/workspace", json!({ "name": "New" })).await.good()["name"], "New");
}

#[tokio::test]
async fn every_bad_setting_is_named_and_nothing_is_changed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bad = json!({ "name": " ", "time_zone": "Mars/Base", "undo_seconds": 61, "limits": { "requests_per_minute_key": 0 } });
    let problem = admin.patch("/api/workspace", bad).await.problem("invalid", 422);
    let pointers: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/name", "/time_zone", "/undo_seconds", "/limits/requests_per_minute_key"]);
    admin
        .patch("/api/workspace", json!({ "quiet_hours": { "from": "25:00", "to": "08:00" } }))
        .await
        .complains_about("/quiet_hours/from");
    assert_eq!(admin.get("/api/workspace").await.good()["name"], "Acme");
}

#[tokio::test]
async fn changes_at_the_same_moment_all_stand() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (a, b, c) = tokio::join!(
        admin.patch("/api/workspace", json!({ "name": "New" })),
        admin.patch("/api/workspace", json!({ "undo_seconds": 3 })),
        admin.patch("/api/workspace", json!({ "time_zone": "Asia/Tokyo" })),
    );
    for answer in [a, b, c] {
        answer.good();
    }
    let now = admin.get("/api/workspace").await.good();
    assert_eq!(
        (&now["name"], &now["undo_seconds"], &now["time_zone"]),
        (&json!("New"), &json!(3), &json!("Asia/Tokyo"))
    );
}
