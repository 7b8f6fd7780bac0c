//! Public forms: making and managing them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use caseyos_shared::model::{FormId, Role, Ts, UserId, UserRef, WorkspaceId};
use caseyos_shared::problem::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check;
use super::paging::PageQuery;
use super::{Admin, ApiError, Body, Can, Fresh, Id, Page, Params, QueueRead, Window};
use crate::access::token::new_public_key;
use crate::app::App;
use crate::store::access::person;
use crate::store::forms::{Form, add_form, delete_form, find_form, list_forms, save_form};
use crate::store::{Db, StoreError};

mod intake;
pub(super) use intake::router as intake_router;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove))
}

/// The kinds of signals that forms make.
const KINDS: [&str; 3] = ["demo_request", "contact_form", "form"];
/// The longest name.
const NAME: usize = 100;
/// The longest address.
const ADDRESS: usize = 2_000;

/// A public form.
#[derive(Serialize, ToSchema)]
pub struct FormView {
    /// Its id.
    pub id: FormId,
    /// What it is called.
    pub name: String,
    /// `demo_request`, `contact_form` or `form`.
    pub kind: String,
    /// The key in its address.
    pub form_key: String,
    /// Its address: what a page posts to.
    pub url: String,
    /// HTML to copy into a page.
    pub html: String,
    /// Where a browser is sent afterwards.
    pub redirect_url: Option<String>,
    /// Whose the moves are that it leads to.
    pub assignee: Option<UserRef>,
    /// When it was made.
    pub created_at: Ts,
    /// Since when it takes nothing.
    pub disabled_at: Option<Ts>,
}

/// A form as the API and the pages show it.
#[must_use]
pub fn view(app: &App, form: Form) -> FormView {
    let url = format!("{}/f/{}", app.config.public_url.trim_end_matches('/'), form.form_key);
    FormView {
        html: snippet(&url, &form.kind),
        url,
        id: form.id,
        name: form.name,
        kind: form.kind,
        form_key: form.form_key,
        redirect_url: form.redirect_url,
        assignee: form.assignee,
        created_at: form.created_at,
        disabled_at: form.disabled_at,
    }
}

/// A form that works as it stands. People never see the field `_gotcha`; what fills it in is a program.
fn snippet(url: &str, kind: &str) -> String {
    let (question, button) = match kind {
        "demo_request" => ("What would you like to see?", "Ask for a demo"),
        "contact_form" => ("Your message", "Send"),
        _ => ("Anything you want to add", "Send"),
    };
    format!(
        "<form action=\"{url}\" method=\"post\">\n  \
           <label>Name <input name=\"name\" autocomplete=\"name\" required></label>\n  \
           <label>E-mail <input name=\"email\" type=\"email\" autocomplete=\"email\" required></label>\n  \
           <label>Company <input name=\"company\" autocomplete=\"organization\"></label>\n  \
           <label>{question} <textarea name=\"message\" rows=\"4\"></textarea></label>\n  \
           <input name=\"_gotcha\" tabindex=\"-1\" autocomplete=\"off\" aria-hidden=\"true\" style=\"position:absolute;left:-9999px\">\n  \
           <button>{button}</button>\n\
         </form>\n"
    )
}

/// A form to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FormRequest {
    /// What it is called, up to 100 characters.
    name: String,
    /// `demo_request`, `contact_form` or `form`; the last if absent.
    kind: Option<String>,
    /// Where a browser is sent afterwards: an http or https address.
    redirect_url: Option<String>,
    /// Whose the moves are that it leads to; nobody's if absent.
    assignee_id: Option<UserId>,
}

/// What to change of a form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FormPatch {
    /// What it is called.
    name: Option<String>,
    /// `demo_request`, `contact_form` or `form`.
    kind: Option<String>,
    /// Where a browser is sent afterwards; `null` for the thank-you page.
    #[serde(default, deserialize_with = "super::extract::present")]
    #[schema(value_type = Option<String>)]
    redirect_url: Option<Option<String>>,
    /// Whose the moves are; `null` for nobody's.
    #[serde(default, deserialize_with = "super::extract::present")]
    #[schema(value_type = Option<UserId>)]
    assignee_id: Option<Option<UserId>>,
    /// Whether it takes nothing any more.
    disabled: Option<bool>,
}

fn check_name(errors: &mut Vec<FieldError>, name: &str) -> String {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.contains('\0') {
        errors.push(FieldError::new("/name", format!("must be 1 to {NAME} characters")));
    }
    name.to_owned()
}

fn check_kind(errors: &mut Vec<FieldError>, kind: String) -> String {
    if !KINDS.contains(&kind.as_str()) {
        errors.push(FieldError::new("/kind", format!("expected one of: {}", KINDS.join(", "))));
    }
    kind
}

fn check_redirect(errors: &mut Vec<FieldError>, url: Option<String>) -> Option<String> {
    let url = url?.trim().to_owned();
    let good = url.parse::<axum::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    if !good || url.len() > ADDRESS {
        errors.push(FieldError::new(
            "/redirect_url",
            "must be an http or https address such as https://acme.example/thanks",
        ));
    }
    Some(url)
}

async fn check_assignee(
    db: &Db,
    workspace: WorkspaceId,
    errors: &mut Vec<FieldError>,
    id: Option<UserId>,
) -> Result<Option<UserRef>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    let found =
        person(db, workspace, id).await?.filter(|person| person.disabled_at.is_none() && person.role > Role::Viewer);
    if found.is_none() {
        errors.push(FieldError::new("/assignee_id", "there is no member or admin with this id"));
    }
    Ok(found.map(|person| UserRef { id: person.id, name: person.name }))
}

/// Forms, newest first.
#[utoipa::path(get, path = "/api/forms", tag = "forms", params(PageQuery),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Page<FormView>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Params(query): Params<PageQuery>,
) -> Result<axum::Json<Page<FormView>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let rows = list_forms(&app.db, caller.workspace(), &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), |row| view(&app, row))))
}

/// Makes a form.
#[utoipa::path(post, path = "/api/forms", tag = "forms", request_body = FormRequest,
    security(("key" = ["admin"]), ("session" = [])), responses((status = 201, body = FormView)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Fresh(uuid): Fresh,
    Body(request): Body<FormRequest>,
) -> Result<Response, ApiError> {
    let (workspace, id) = (caller.workspace(), FormId::new(uuid));
    let mut errors = Vec::new();
    let form = Form {
        id,
        name: check_name(&mut errors, &request.name),
        form_key: new_public_key(workspace),
        kind: check_kind(&mut errors, request.kind.unwrap_or_else(|| "form".to_owned())),
        redirect_url: check_redirect(&mut errors, request.redirect_url),
        assignee: check_assignee(&app.db, workspace, &mut errors, request.assignee_id).await?,
        created_at: app.clock.now(),
        disabled_at: None,
    };
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let made = app
        .db
        .write::<(), StoreError, _>(move |tx| Box::pin(async move { add_form(tx, workspace, &form).await }))
        .await;
    // The id of a repeated request is there already: it was made then.
    if let Err(error) = made
        && !matches!(error, StoreError::Taken)
    {
        return Err(error.into());
    }
    let form = find_form(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    Ok(check::made(&format!("/api/forms/{id}"), axum::Json(view(&app, form)).into_response()))
}

/// One form.
#[utoipa::path(get, path = "/api/forms/{id}", tag = "forms", params(("id" = FormId, Path)),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = FormView)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<FormId>,
) -> Result<axum::Json<FormView>, ApiError> {
    let form = find_form(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    Ok(axum::Json(view(&app, form)))
}

/// Changes a form.
#[utoipa::path(patch, path = "/api/forms/{id}", tag = "forms", params(("id" = FormId, Path)), request_body = FormPatch,
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = FormView)))]
async fn update(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Id(id): Id<FormId>,
    Body(patch): Body<FormPatch>,
) -> Result<axum::Json<FormView>, ApiError> {
    let workspace = caller.workspace();
    let mut form = find_form(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let mut errors = Vec::new();
    if let Some(name) = patch.name {
        form.name = check_name(&mut errors, &name);
    }
    if let Some(kind) = patch.kind {
        form.kind = check_kind(&mut errors, kind);
    }
    if let Some(url) = patch.redirect_url {
        form.redirect_url = check_redirect(&mut errors, url);
    }
    if let Some(assignee) = patch.assignee_id {
        form.assignee = check_assignee(&app.db, workspace, &mut errors, assignee).await?;
    }
    if let Some(disabled) = patch.disabled {
        form.disabled_at = disabled.then(|| form.disabled_at.unwrap_or_else(|| app.clock.now()));
    }
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let saved = form.clone();
    app.db
        .write::<(), StoreError, _>(move |tx| Box::pin(async move { save_form(tx, workspace, &saved).await }))
        .await?;
    Ok(axum::Json(view(&app, form)))
}

/// Deletes a form; the signals that came by it stay.
#[utoipa::path(delete, path = "/api/forms/{id}", tag = "forms", params(("id" = FormId, Path)),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Id(id): Id<FormId>,
) -> Result<StatusCode, ApiError> {
    let workspace = caller.workspace();
    let deleted = app
        .db
        .write::<bool, StoreError, _>(move |tx| Box::pin(async move { delete_form(tx, workspace, id).await }))
        .await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
