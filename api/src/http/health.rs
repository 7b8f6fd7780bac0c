//! Liveness, readiness and metrics.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready)).routes(routes!(metrics))
}

/// How the process is.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`, or what is wrong.
    status: &'static str,
    /// The database, as `ok` or a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    database: Option<String>,
    /// The job loop, as `ok` or a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    jobs: Option<String>,
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = Health)))]
async fn live() -> axum::Json<Health> {
    axum::Json(Health { status: "ok", database: None, jobs: None })
}

/// The process can do its work: the database answers and the job loop turns.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Health), (status = 503, description = "Not ready; says why.", body = Health)))]
async fn ready(State(app): State<App>) -> Response {
    let unread = app.db.ping().await.err().map(|error| {
        tracing::warn!(%error, "not ready: the database does not answer");
        "does not answer".to_owned()
    });
    let database = unread.or_else(|| app.db.changes().why_writes_fail());
    let jobs = app.heart.complaint(app.clock.now());
    let is_ready = database.is_none() && jobs.is_none();
    let health = Health {
        status: if is_ready { "ok" } else { "not ready" },
        database: Some(database.unwrap_or_else(|| "ok".to_owned())),
        jobs: Some(jobs.unwrap_or_else(|| {
            if app.heart.is_expected() { "ok" } else { "not worked in this process; `caseyos work` does" }.to_owned()
        })),
    };
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(health)).into_response()
}

/// The process's numbers in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Prometheus text format.", body = String, content_type = "text/plain")))]
async fn metrics(State(app): State<App>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}
