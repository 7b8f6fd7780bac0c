//! Something of every kind that has an address, and a body that each write takes. A new resource adds its line here.

use axum::http::Method;
use caseyos_api::clock::new_id;
use caseyos_api::store::StoreError;
use caseyos_api::store::jobs::{NewJob, add_job};
use caseyos_shared::model::{JobId, Role, Scope};
use serde_json::{Value, json};

use super::Tenant;

/// Makes what the path's `{id}` stands for, in this tenant; answers its id.
pub async fn id(tenant: &Tenant, path: &str) -> String {
    let resource = path.split('{').next().unwrap();
    match resource {
        "/api/auth/sessions/" => {
            let client = tenant.viewer().await;
            client.get("/api/auth/sessions").await.good()["items"][0]["id"].as_str().unwrap().to_owned()
        }
        "/api/command-queue/" => {
            let move_ =
                tenant.member().await.post("/api/command-queue", json!({ "title": "Call Ann" })).await.status(201);
            move_["id"].as_str().unwrap().to_owned()
        }
        "/api/companies/" => made(tenant, "/api/companies", json!({ "name": "Acme" })).await,
        "/api/contacts/" => made(tenant, "/api/contacts", json!({ "name": "Ann" })).await,
        "/api/deals/" => made(tenant, "/api/deals", json!({ "name": "Pilot" })).await,
        "/api/outcomes/" => made(tenant, "/api/outcomes", json!({ "kind": "reply" })).await,
        "/api/forms/" => made(tenant, "/api/forms", json!({ "name": "Demo page" })).await,
        "/api/hooks/" => made(tenant, "/api/hooks", json!({ "name": "CRM" })).await,
        "/api/imports/" => {
            let (admin, csv) = (tenant.admin().await, "email\nann@acme.example\n");
            let import = admin.send(Method::POST, "/api/imports/leads", Some("text/csv"), csv).await.status(202);
            import["id"].as_str().unwrap().to_owned()
        }
        "/api/jobs/" => job(tenant).await,
        "/api/keys/" => tenant.key(&[Scope::QueueRead]).await.key.unwrap().to_string(),
        "/api/signals/" => {
            let signal = json!({ "source": "test", "kind": "form" });
            let taken = tenant.member().await.post("/api/signals", signal).await.status(202);
            taken["signal_id"].as_str().unwrap().to_owned()
        }
        "/api/users/" => tenant.person(Role::Member).await.id.to_string(),
        _ => panic!("no sample for {path}: add a line to tests/it/harness/samples.rs"),
    }
}

async fn made(tenant: &Tenant, path: &str, body: Value) -> String {
    tenant.admin().await.post(path, body).await.status(201)["id"].as_str().unwrap().to_owned()
}

/// A job that waits for tomorrow.
async fn job(tenant: &Tenant) -> String {
    let (workspace, now) = (tenant.workspace, tenant.app.clock.now());
    let job = NewJob {
        id: new_id(JobId::new),
        kind: "housekeeping",
        payload: "{}".to_owned(),
        dedupe_key: None,
        priority: 50,
        run_after: now + 86_400_000,
        max_attempts: 1,
    };
    let id = job.id.to_string();
    tenant
        .app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { add_job(tx, workspace, &job, now).await.map(drop) })
        })
        .await
        .unwrap();
    id
}

/// A body that the operation takes.
pub async fn body(tenant: &Tenant, method: &Method, path: &str) -> Value {
    match path {
        "/api/command-queue/{id}/snooze" => json!({ "until": (tenant.app.clock.now() + 86_400_000).to_string() }),
        "/api/command-queue/{id}/assign" => json!({ "user_id": tenant.person(Role::Member).await.id }),
        "/api/command-queue/{id}" | "/api/command-queue" => json!({ "title": "Call Bob" }),
        "/api/users/{id}" if *method == Method::PATCH => json!({ "name": "Bob" }),
        _ => json!({}),
    }
}
