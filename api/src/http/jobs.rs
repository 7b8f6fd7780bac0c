//! `/api/jobs`: durable jobs as an admin sees them, and another life for the dead.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use caseyos_shared::model::{JobId, Ts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Admin, ApiError, Can, Id, Page, Params, Window};
use crate::app::App;
use crate::store::StoreError;
use crate::store::jobs::{self as store, StoredJob};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry))
}

/// A durable job.
#[derive(Serialize, ToSchema)]
struct Job {
    /// Its id.
    id: JobId,
    /// What kind of work it is.
    kind: String,
    /// `ready`, `running` or `dead`; what is done is gone.
    state: String,
    /// How often it was tried.
    attempts: i64,
    /// When it may run next.
    run_after: Ts,
    /// What went wrong last.
    last_error: Option<String>,
    /// When it was made.
    created_at: Ts,
    /// When it was given up.
    finished_at: Option<Ts>,
}

impl From<StoredJob> for Job {
    fn from(job: StoredJob) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state,
            attempts: job.attempts,
            run_after: job.run_after,
            last_error: job.last_error,
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InState {
    Ready,
    Running,
    #[default]
    Dead,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// `ready`, `running` or `dead` (the default).
    #[serde(default)]
    #[param(inline)]
    state: InState,
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The jobs in a state, newest first.
#[utoipa::path(get, path = "/api/jobs", tag = "operations", params(Listing),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = Page<Job>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Params(query): Params<Listing>,
) -> Result<Json<Page<Job>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let before = match &window.after {
        Some((_, id)) => Some(id.parse().map_err(|_| ApiError::field("/cursor", "is no cursor of this list"))?),
        None => None,
    };
    let state = match query.state {
        InState::Ready => "ready",
        InState::Running => "running",
        InState::Dead => "dead",
    };
    let jobs = store::jobs_before(&app.db, caller.workspace(), state, before, window.to_fetch()).await?;
    Ok(Json(window.page(jobs, |job| (job.created_at, job.id.to_string()), Job::from)))
}

/// Gives a dead job another life, with all its attempts.
#[utoipa::path(post, path = "/api/jobs/{id}/retry", tag = "operations", params(("id" = JobId, Path)),
    security(("key" = ["admin"]), ("session" = [])),
    responses((status = 202, description = "It will run again.")))]
async fn retry(State(app): State<App>, Can(caller, _): Can<Admin>, Id(id): Id<JobId>) -> Result<StatusCode, ApiError> {
    let (workspace, now) = (caller.workspace(), app.clock.now());
    let revived = app
        .db
        .write::<bool, StoreError, _>(move |tx| Box::pin(async move { store::retry_job(tx, workspace, id, now).await }))
        .await?;
    if revived { Ok(StatusCode::ACCEPTED) } else { Err(ApiError::NotFound) }
}
