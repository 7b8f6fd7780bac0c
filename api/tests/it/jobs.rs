//! Durable jobs as an admin sees them.

use crate::harness::{TestApp, samples};

#[tokio::test]
async fn a_job_that_is_due_is_worked_and_gone_and_one_that_is_not_waits() {
    let app = TestApp::new().await;
    let id = samples::id(&app, "/api/jobs/{id}").await;
    let admin = app.admin().await;
    app.settle().await;
    assert_eq!(admin.get("/api/jobs?state=ready").await.good()["items"][0]["id"], id.as_str());
    app.advance(86_400_001);
    app.settle().await;
    let admin = app.admin().await;
    for state in ["ready", "running", "dead"] {
        assert_eq!(admin.get(&format!("/api/jobs?state={state}")).await.good()["items"].as_array().unwrap().len(), 0);
    }
    admin.get("/api/jobs?state=done").await.problem("invalid", 422);
    admin.post(&format!("/api/jobs/{id}/retry"), serde_json::json!({})).await.problem("not_found", 404);
}
