//! Durable jobs as an admin sees them.

use caseyos_api::store::StoreError;
use caseyos_api::store::jobs::{claim_jobs, fail_job};

use crate::harness::{TestApp, samples};

#[tokio::test]
async fn a_schedule_goes_on_after_one_of_its_moments_was_given_up() {
    let app = TestApp::new().await;
    caseyos_api::jobs::schedule::plan(&app.app, app.app.clock.now()).await.unwrap();
    let admin = app.admin().await;
    let ready = || async { admin.get("/api/jobs?state=ready").await.good()["items"].as_array().unwrap().len() };
    let planned = ready().await;
    assert!(planned >= 3, "{planned}");
    let now = app.app.clock.now();
    let given_up = app.app.db.write::<usize, StoreError, _>(move |tx| {
        Box::pin(async move {
            let claimed = claim_jobs(tx, now, now + 60_000, "somebody", 100).await?;
            for job in &claimed {
                fail_job(tx, job, "the disk was full", None, now).await?;
            }
            Ok(claimed.len())
        })
    });
    assert_eq!(given_up.await.unwrap(), planned);
    app.advance(3_600_000);
    caseyos_api::jobs::schedule::plan(&app.app, app.app.clock.now()).await.unwrap();
    assert_eq!(ready().await, planned, "the next moment does not wait for somebody to look at what failed");
    for dead in admin.get("/api/jobs?state=dead").await.good()["items"].as_array().unwrap() {
        let id = dead["id"].as_str().unwrap();
        admin.post(&format!("/api/jobs/{id}/retry"), serde_json::json!({})).await.good();
    }
    app.settle().await;
}

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
