//! `/admin`: the people of the workspace, and `/admin/jobs`: work that waits or failed.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use caseyos_shared::model::{JobId, Role, Scope, UserId, Verdict};
use caseyos_shared::view::admin::{JobRow, JobsPage, PersonRow, Room};
use caseyos_shared::view::{Chip, Place, html, words};

use super::flash::Happened;
use super::shell::{Posted, Shell, back};
use crate::access::password;
use crate::access::people::{self, Change, NewPerson, PersonError};
use crate::app::App;
use crate::http::{ApiError, Id};
use crate::store::StoreError;
use crate::store::access::{Person, people as everybody};
use crate::store::jobs::{StoredJob, jobs_in_state, retry_job};
use crate::store::pages::count_signals;
use crate::store::signals::retry_failed_signals;

/// How many jobs a list shows.
const JOBS: i64 = 100;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin", get(page))
        .route("/admin/people", post(add))
        .route("/admin/people/{id}/role", post(role))
        .route("/admin/people/{id}/disable", post(disable))
        .route("/admin/people/{id}/enable", post(enable))
        .route("/admin/jobs", get(jobs))
        .route("/admin/jobs/{id}/retry", post(retry))
        .route("/admin/signals/retry", post(retry_signals))
}

async fn page(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    shell.caller.must(Scope::Admin)?;
    people_page(&app, shell, &[]).await
}

async fn people_page(app: &App, shell: Shell, errors: &[(String, String)]) -> Result<Response, ApiError> {
    let people = everybody(&app.db, shell.caller.workspace()).await?;
    let rows: Vec<_> = people.into_iter().map(|person| row(person, &shell)).collect();
    Ok(shell.page(Place::Admin, Room::People.name(), |frame| html::admin::people(&rows, None, errors, frame)))
}

fn row(person: Person, shell: &Shell) -> PersonRow {
    let mut chips = Vec::new();
    if person.disabled_at.is_some() {
        chips.push(Chip::toned("Locked out", "bad"));
    }
    if let Some(until) = person.absent_until.filter(|until| *until > shell.clock.now) {
        chips.push(Chip::toned(format!("On leave until {}", shell.clock.absolute(until)), "warn"));
    }
    PersonRow {
        oneself: person.id == shell.caller.person(),
        id: person.id,
        name: person.name,
        email: person.email,
        role: person.role,
        chips,
        enabled: person.disabled_at.is_none(),
    }
}

async fn add(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let fields = &posted.fields;
    let mut errors = Vec::new();
    let mut checked = |field: &str, value: Result<String, String>| {
        value.unwrap_or_else(|complaint| {
            errors.push((field.to_owned(), complaint));
            String::new()
        })
    };
    let name = checked("name", people::name(fields.get("name")));
    let email = checked("email", people::email(fields.get("email")));
    let role = fields.get("role").parse::<Role>().unwrap_or(Role::Viewer);
    let secret = fields.every("password").next().unwrap_or_default().to_owned();
    if let Some(complaint) = password::complaint(&secret) {
        errors.push(("password".to_owned(), complaint));
    }
    if errors.is_empty() {
        let id = UserId::new(crate::clock::new_uuid());
        let person = NewPerson { id, email, name, role, password_hash: password::hash(secret).await };
        let (workspace, actor, now) = (posted.caller.workspace(), posted.caller.actor(), app.clock.now());
        let added = app
            .db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { people::add(tx, workspace, &person, actor, now).await })
            })
            .await;
        match added {
            Ok(()) => return Ok(back(Room::People.href(), Happened::Saved, None)),
            Err(StoreError::Taken) => {
                errors.push(("email".to_owned(), "somebody here has this address already".to_owned()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let shell = posted.shell(&app).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, people_page(&app, shell, &errors).await?).into_response())
}

async fn role(State(app): State<App>, Id(id): Id<UserId>, posted: Posted) -> Result<Response, ApiError> {
    let role = posted.fields.get("role").parse().map_err(|error| ApiError::field("/role", format!("{error}")))?;
    change(&app, &posted, id, Change { role: Some(role), ..Change::default() }).await
}

async fn disable(State(app): State<App>, Id(id): Id<UserId>, posted: Posted) -> Result<Response, ApiError> {
    change(&app, &posted, id, Change { disabled: Some(true), ..Change::default() }).await
}

async fn enable(State(app): State<App>, Id(id): Id<UserId>, posted: Posted) -> Result<Response, ApiError> {
    change(&app, &posted, id, Change { disabled: Some(false), ..Change::default() }).await
}

async fn change(app: &App, posted: &Posted, id: UserId, change: Change) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let (workspace, actor, now) = (posted.caller.workspace(), posted.caller.actor(), app.clock.now());
    let changed = app
        .db
        .write::<Person, PersonError, _>(move |tx| {
            Box::pin(async move { people::change(tx, workspace, id, &change, actor, now).await })
        })
        .await;
    match changed {
        Ok(_) => Ok(back(Room::People.href(), Happened::Saved, None)),
        Err(PersonError::Missing) => Err(ApiError::NotFound),
        Err(PersonError::LastAdmin) => Ok(back(Room::People.href(), Happened::LastAdmin, None)),
        Err(PersonError::Store(error)) => Err(error.into()),
    }
}

async fn jobs(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    shell.caller.must(Scope::Admin)?;
    let workspace = shell.caller.workspace();
    let mut page =
        JobsPage { failed_signals: count_signals(&app.db, workspace, Verdict::Failed).await?, ..JobsPage::default() };
    let shown = |rows: Vec<StoredJob>| rows.into_iter().map(|row| job(row, &shell)).collect::<Vec<_>>();
    page.dead = shown(jobs_in_state(&app.db, workspace, "dead", JOBS).await?);
    page.waiting = shown(jobs_in_state(&app.db, workspace, "running", JOBS).await?);
    page.waiting.extend(shown(jobs_in_state(&app.db, workspace, "ready", JOBS).await?));
    Ok(shell.page(Place::Admin, Room::Jobs.name(), |frame| html::admin::jobs(&page, frame)))
}

fn job(row: StoredJob, shell: &Shell) -> JobRow {
    JobRow {
        id: row.id,
        kind: words::plain(&row.kind),
        attempts: row.attempts,
        error: row.last_error,
        when: shell.clock.when(row.finished_at.unwrap_or(row.run_after)),
    }
}

async fn retry_signals(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let (workspace, now) = (posted.caller.workspace(), app.clock.now());
    app.db
        .write::<u64, StoreError, _>(move |tx| Box::pin(async move { retry_failed_signals(tx, workspace, now).await }))
        .await?;
    Ok(back(Room::Jobs.href(), Happened::Retried, None))
}

async fn retry(State(app): State<App>, Id(id): Id<JobId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let (workspace, now) = (posted.caller.workspace(), app.clock.now());
    let retried = app
        .db
        .write::<bool, StoreError, _>(move |tx| Box::pin(async move { retry_job(tx, workspace, id, now).await }))
        .await?;
    if !retried {
        return Err(ApiError::NotFound);
    }
    Ok(back(Room::Jobs.href(), Happened::Retried, None))
}
