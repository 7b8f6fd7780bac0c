//! The demo: a workspace worth looking at, however often it is filled.

use caseyos_api::signals::demo;
use caseyos_shared::model::Scope;

use crate::harness::TestApp;

#[tokio::test]
async fn the_demo_fills_today_once() {
    let app = TestApp::new().await;
    let first = demo::fill(&app.app, app.workspace, "me@acme.example").await.unwrap();
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let today = reader.get("/api/command-queue/today?limit=50").await.good();
    let items = today["items"].as_array().unwrap();
    assert!(items.len() >= 15, "{} moves", items.len());
    assert!(items.iter().any(|one| one["kind"] == "demo_request"));
    let answered = items.iter().any(|one| one["contact"]["name"] == "Fiona Mackay" && one["kind"] == "reply");
    assert!(!answered, "a question that was answered asks for nothing");
    assert_eq!(app.database.count("select count(*) from contact").await, 30);
    assert_eq!(app.database.count("select count(*) from company").await, 15);
    assert_eq!(app.database.count("select count(*) from deal").await, 7);
    let moves = app.database.count("select count(*) from move").await;
    let again = demo::fill(&app.app, app.workspace, "me@acme.example").await.unwrap();
    app.settle().await;
    assert_eq!((again.added, again.known), (0, first.added));
    assert_eq!(app.database.count("select count(*) from move").await, moves);
    assert_eq!(app.database.count("select count(*) from form").await, 2);
    assert_eq!(app.database.count("select count(*) from signal where verdict in ('waiting', 'failed')").await, 0);
}
