//! `/admin/workspace` and `/admin/weights`: how the workspace works, and how its moves are scored.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use caseyos_shared::aps::{Points, Weights, WeightsPatch};
use caseyos_shared::model::{CapsPatch, LimitsPatch, QuietHours, Scope, SettingsPatch};
use caseyos_shared::problem::FieldError;
use caseyos_shared::view::admin::{Moved, Room, WeightField, WeightsPage, WorkspaceForm, weight_fields};
use caseyos_shared::view::{Place, card, html};

use super::flash::Happened;
use super::shell::{Fields, Posted, Shell, back};
use super::words::zones;
use crate::access::settings::{self, Change};
use crate::access::{people, sign_in};
use crate::app::App;
use crate::http::ApiError;
use crate::queue::scoring::explain;
use crate::store::StoreError;
use crate::store::access::{Workspace, workspace};
use crate::store::moves::best_moves;

/// On how many moves other weights are tried.
const TRIED: i64 = 25;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/workspace", get(workspace_page).post(save))
        .route("/admin/weights", get(weights_page).post(weigh))
}

async fn current(app: &App, shell: &Shell) -> Result<Workspace, ApiError> {
    shell.caller.must(Scope::Admin)?;
    workspace(&app.db, shell.caller.workspace()).await?.ok_or(ApiError::NotFound)
}

async fn workspace_page(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    let now = current(&app, &shell).await?;
    let s = &now.settings;
    let quiet = |of: fn(&QuietHours) -> String| s.quiet_hours.as_ref().map(of).unwrap_or_default();
    let form = WorkspaceForm {
        zones: zones(),
        undo_seconds: s.undo_seconds.to_string(),
        quiet_from: quiet(|hours| hours.from.to_string()),
        quiet_to: quiet(|hours| hours.to.to_string()),
        emails_per_user_day: s.caps.emails_per_user_day.to_string(),
        emails_per_contact_week: s.caps.emails_per_contact_week.to_string(),
        emails_per_domain_day: s.caps.emails_per_domain_day.to_string(),
        requests_per_minute_key: s.limits.requests_per_minute_key.to_string(),
        requests_per_minute_user: s.limits.requests_per_minute_user.to_string(),
        errors: Vec::new(),
        name: now.name,
        time_zone: now.time_zone,
    };
    Ok(shell.page(Place::Admin, Room::Workspace.name(), |frame| html::admin_settings::workspace(&form, frame)))
}

async fn save(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    let shell = posted.shell(&app).await?;
    let now = current(&app, &shell).await?;
    let (patch, mut errors) = read(&posted.fields);
    let mut checked = |field: &str, value: Result<String, String>, before: &str| {
        value.unwrap_or_else(|complaint| {
            errors.push(FieldError::new(format!("/{field}"), complaint));
            before.to_owned()
        })
    };
    let name = checked("name", people::name(posted.fields.get("name")), &now.name);
    let zone = checked("time_zone", sign_in::time_zone(posted.fields.get("time_zone")), &now.time_zone);
    let settings = now.settings.patched(&patch).unwrap_or_else(|more| {
        errors.extend(more);
        now.settings.clone()
    });
    if errors.is_empty() {
        store(&app, &posted, &now, Change { name, time_zone: zone, settings }).await?;
        return Ok(back(Room::Workspace.href(), Happened::Saved, None));
    }
    let typed = |name: &str| posted.fields.get(name).to_owned();
    let form = WorkspaceForm {
        name: typed("name"),
        time_zone: typed("time_zone"),
        zones: zones(),
        undo_seconds: typed("undo_seconds"),
        quiet_from: typed("quiet_from"),
        quiet_to: typed("quiet_to"),
        emails_per_user_day: typed("emails_per_user_day"),
        emails_per_contact_week: typed("emails_per_contact_week"),
        emails_per_domain_day: typed("emails_per_domain_day"),
        requests_per_minute_key: typed("requests_per_minute_key"),
        requests_per_minute_user: typed("requests_per_minute_user"),
        errors: super::complaints(errors),
    };
    let page = shell.page(Place::Admin, Room::Workspace.name(), |frame| html::admin_settings::workspace(&form, frame));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The form as a patch, and what in it is no number or no time of day.
fn read(fields: &Fields) -> (SettingsPatch, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut number = |name: &str| {
        let value = fields.get(name).parse::<u32>();
        if value.is_err() {
            errors.push(FieldError::new(format!("/{name}"), "must be a whole number"));
        }
        value.ok()
    };
    let undo_seconds = number("undo_seconds");
    let caps = CapsPatch {
        emails_per_user_day: number("emails_per_user_day"),
        emails_per_contact_week: number("emails_per_contact_week"),
        emails_per_domain_day: number("emails_per_domain_day"),
    };
    let limits = LimitsPatch {
        requests_per_minute_key: number("requests_per_minute_key"),
        requests_per_minute_user: number("requests_per_minute_user"),
    };
    let quiet_hours = match (fields.get("quiet_from"), fields.get("quiet_to")) {
        ("", "") => Some(None),
        (from, to) => match (from.parse(), to.parse()) {
            (Ok(from), Ok(to)) => Some(Some(QuietHours { from, to })),
            _ => {
                errors.push(FieldError::new("/quiet_from", "needs both times, as HH:MM"));
                None
            }
        },
    };
    let patch =
        SettingsPatch { undo_seconds, quiet_hours, caps: Some(caps), limits: Some(limits), ..SettingsPatch::default() };
    (patch, errors)
}

async fn store(app: &App, posted: &Posted, before: &Workspace, change: Change) -> Result<(), ApiError> {
    let (before, actor, now) = (before.clone(), posted.caller.actor(), app.clock.now());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { settings::change(tx, &before, &change, actor, now).await })
        })
        .await?;
    Ok(())
}

async fn weights_page(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    let now = current(&app, &shell).await?;
    let page = WeightsPage { fields: weight_fields(&now.settings.weights), ..WeightsPage::default() };
    Ok(shell.page(Place::Admin, Room::Weights.name(), |frame| html::admin_settings::weights(&page, frame)))
}

async fn weigh(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    let shell = posted.shell(&app).await?;
    let now = current(&app, &shell).await?;
    let typed: Vec<WeightField> = weight_fields(&now.settings.weights)
        .into_iter()
        .map(|field| WeightField { value: posted.fields.get(field.term.as_str()).to_owned(), ..field })
        .collect();
    let (patch, mut errors) = points(&typed);
    let patch = SettingsPatch { weights: Some(patch), ..SettingsPatch::default() };
    let settings = now.settings.patched(&patch).unwrap_or_else(|more| {
        errors.extend(more);
        now.settings.clone()
    });
    let mut page = WeightsPage { fields: typed, preview: None, errors: super::complaints(errors) };
    if page.errors.is_empty() {
        if posted.fields.get("press") == "save" {
            let change = Change { name: now.name.clone(), time_zone: now.time_zone.clone(), settings };
            store(&app, &posted, &now, change).await?;
            return Ok(back(Room::Weights.href(), Happened::Saved, None));
        }
        page.preview = Some(preview(&app, &shell, &settings.weights).await?);
    }
    Ok(shell.page(Place::Admin, Room::Weights.name(), |frame| html::admin_settings::weights(&page, frame)))
}

/// The fields as weights, and which of them are no points.
fn points(fields: &[WeightField]) -> (WeightsPatch, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut read = fields.iter().map(|field| {
        let value: Option<Points> = serde_json::from_str(&field.value.replace('−', "-")).ok();
        if value.is_none() {
            let complaint = "must be a number of at most two decimals";
            errors.push(FieldError::new(format!("/{}", field.term.as_str()), complaint));
        }
        value
    });
    let mut next = || read.next().flatten();
    let patch = WeightsPatch {
        urgency: next(),
        impact: next(),
        intent: next(),
        fit: next(),
        relationship: next(),
        learned: next(),
        effort: next(),
        fatigue: next(),
        doubt: next(),
    };
    drop(read);
    (patch, errors)
}

/// What these weights would do to the moves that wait now, by their new places.
async fn preview(app: &App, shell: &Shell, weights: &Weights) -> Result<Vec<Moved>, ApiError> {
    let workspace = shell.caller.workspace();
    let rows = best_moves(&app.db, workspace, shell.caller.person(), TRIED).await?;
    let mut moved = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let before = explain(app, workspace, row, None).await?.aps.value;
        let after = explain(app, workspace, row, Some(weights)).await?.aps.value;
        let title = row.title.clone();
        moved.push(Moved { title, href: card::href(row.id), before, after, place_before: at + 1, place_after: 0 });
    }
    moved.sort_by_key(|one| (std::cmp::Reverse(one.after), one.place_before));
    for (at, one) in moved.iter_mut().enumerate() {
        one.place_after = at + 1;
    }
    moved.retain(|one| one.before != one.after || one.place_before != one.place_after);
    Ok(moved)
}
