//! The workspace's settings.

use caseyos_shared::model::Role;

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

#[tokio::test]
async fn new_weights_and_an_absence_are_in_every_score_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let member = app.person(Role::Member).await.id;
    let due = (app.app.clock.now() + 3_600_000).to_string();
    let made = admin.post("/api/command-queue", json!({ "title": "Call Ann", "due_at": due })).await.status(201);
    let path = format!("/api/command-queue/{}", made["id"].as_str().unwrap());
    let before = made["aps"].as_f64().unwrap();
    let mut weights = admin.get("/api/workspace").await.good()["weights"].clone();
    weights["urgency"] = json!(15);
    admin.patch("/api/workspace", json!({ "weights": weights })).await.good();
    app.settle().await;
    let after = admin.get(&path).await.good()["aps"].as_f64().unwrap();
    assert!(after < before, "{before} -> {after}");
    admin.post(&format!("{path}/assign"), json!({ "user_id": member })).await.good();
    app.settle().await;
    assert!(made["state"] == "pending");
    let waiting = |answer: &crate::harness::Value| answer["pending"].as_i64().unwrap();
    let theirs = app.session_of(member).await;
    assert_eq!(waiting(&theirs.get("/api/command-queue/today").await.good()), 1);
    let until = (app.app.clock.now() + 86_400_000).to_string();
    admin.patch(&format!("/api/users/{member}"), json!({ "absent_until": until })).await.good();
    app.settle().await;
    assert_eq!(waiting(&theirs.get("/api/command-queue/today").await.good()), 0, "who is away has nothing to do");
}

#[tokio::test]
async fn requests_are_written_down_for_the_workspace_whose_they_are() {
    let app = TestApp::new().await;
    let (ours, theirs) = (app.admin().await, app.other_workspace().await.admin().await);
    ours.get("/api/contacts").await.good();
    ours.get("/api/contacts").await.good();
    theirs.get("/api/deals").await.good();
    caseyos_api::request_counts::write_down(&app.app).await.unwrap();
    let counted = "select count(*) from event where kind = 'requests.counted'";
    assert_eq!(app.database.count(counted).await, 2, "an event for each");
    let of_ours =
        "select count(*) from event e join workspace w on w.id = e.workspace_id where e.kind = 'requests.counted'
        and w.name = 'Acme' and e.data like '%/api/contacts%' and e.data not like '%/api/deals%'";
    assert_eq!(app.database.count(of_ours).await, 1);
    caseyos_api::request_counts::write_down(&app.app).await.unwrap();
    assert_eq!(app.database.count(counted).await, 2, "nothing is counted twice");
}
