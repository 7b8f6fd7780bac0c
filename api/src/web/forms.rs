//! `/forms`: public forms, made and managed by admins, with the HTML to paste.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use caseyos_shared::model::{FormId, Scope, UserRef};
use caseyos_shared::problem::FieldError;
use caseyos_shared::view::forms::{FormList, FormPage, FormRow, KINDS, snippet};
use caseyos_shared::view::{Place, html};

use super::flash::Happened;
use super::shell::{Fields, Posted, Shell, back, see};
use crate::access::people::name;
use crate::access::token::new_public_key;
use crate::app::App;
use crate::http::{ApiError, Id};
use crate::store::StoreError;
use crate::store::access::{Person, people};
use crate::store::forms::{Form, add_form, find_form, list_forms, save_form};

/// How many forms the page lists.
const FORMS: i64 = 200;
/// The longest address that visitors can be sent to.
const ADDRESS: usize = 2_000;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/forms", get(list).post(make))
        .route("/forms/{id}", get(page).post(save))
        .route("/forms/{id}/close", post(close))
        .route("/forms/{id}/open", post(open))
}

async fn list(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    let workspace = shell.caller.workspace();
    let forms = list_forms(&app.db, workspace, &None, FORMS).await?;
    let list = FormList {
        rows: forms.into_iter().map(|form| row(&app, form, &shell)).collect(),
        people: choices(&people(&app.db, workspace).await?),
        may_write: shell.frame.is_admin(),
    };
    Ok(shell.page(Place::Forms, "Forms", |frame| html::forms::list(&list, frame)))
}

async fn page(State(app): State<App>, shell: Shell, Id(id): Id<FormId>) -> Result<Response, ApiError> {
    let workspace = shell.caller.workspace();
    let form = find_form(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let row = row(&app, form, &shell);
    let page = FormPage {
        snippet: snippet(&row.name, &row.address),
        people: choices(&people(&app.db, workspace).await?),
        may_write: shell.frame.is_admin(),
        row,
    };
    let title = page.row.name.clone();
    Ok(shell.page(Place::Forms, &title, |frame| html::forms::page(&page, frame)))
}

fn row(app: &App, form: Form, shell: &Shell) -> FormRow {
    FormRow {
        id: form.id,
        address: format!("{}/f/{}", app.config.public_origin(), form.form_key),
        name: form.name,
        kind: form.kind,
        redirect_url: form.redirect_url,
        assignee: form.assignee.map(|person| person.id.to_string()),
        created: shell.clock.when(form.created_at),
        open: form.disabled_at.is_none(),
    }
}

fn choices(people: &[Person]) -> Vec<(String, String)> {
    let here = people.iter().filter(|person| person.disabled_at.is_none());
    here.map(|person| (person.id.to_string(), person.name.clone())).collect()
}

/// What was filled in, laid over `form`.
fn filled(fields: &Fields, people: &[Person], mut form: Form) -> Result<Form, ApiError> {
    let mut errors = Vec::new();
    match name(fields.get("name")) {
        Ok(name) if name.chars().count() <= 100 => form.name = name,
        _ => errors.push(FieldError::new("/name", "must have 1 to 100 visible characters")),
    }
    match KINDS.iter().find(|(word, _)| *word == fields.get("kind")) {
        Some((word, _)) => form.kind = (*word).to_owned(),
        None => errors.push(FieldError::new("/kind", "must be one of the list")),
    }
    let address = fields.get("redirect_url");
    let web = address.starts_with("https://") || address.starts_with("http://");
    let fits = address.len() <= ADDRESS && !address.chars().any(|c| c.is_whitespace() || c.is_control());
    let is_right = address.is_empty() || (web && fits);
    if !is_right {
        errors.push(FieldError::new("/redirect_url", "must be an address that begins with https:// or http://"));
    }
    form.redirect_url = (!address.is_empty()).then(|| address.to_owned());
    form.assignee = match fields.get("assignee") {
        "" => None,
        id => {
            let person = people.iter().find(|person| person.id.to_string() == id && person.disabled_at.is_none());
            if person.is_none() {
                errors.push(FieldError::new("/assignee", "must be a person of this workspace"));
            }
            person.map(|person| UserRef { id: person.id, name: person.name.clone() })
        }
    };
    if errors.is_empty() { Ok(form) } else { Err(ApiError::Invalid(errors)) }
}

async fn make(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let workspace = posted.caller.workspace();
    let people = people(&app.db, workspace).await?;
    let id = FormId::new(crate::clock::new_uuid());
    let blank = Form {
        id,
        name: String::new(),
        form_key: new_public_key(workspace),
        kind: String::new(),
        redirect_url: None,
        assignee: None,
        created_at: app.clock.now(),
        disabled_at: None,
    };
    let form = filled(&posted.fields, &people, blank)?;
    app.db.write::<(), StoreError, _>(move |tx| Box::pin(async move { add_form(tx, workspace, &form).await })).await?;
    Ok(see(&format!("/forms/{id}")))
}

async fn save(State(app): State<App>, Id(id): Id<FormId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let workspace = posted.caller.workspace();
    let people = people(&app.db, workspace).await?;
    let before = find_form(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let form = filled(&posted.fields, &people, before)?;
    store(&app, &posted, form).await
}

async fn close(State(app): State<App>, Id(id): Id<FormId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let form = find_form(&app.db, posted.caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    let disabled_at = form.disabled_at.or(Some(app.clock.now()));
    store(&app, &posted, Form { disabled_at, ..form }).await
}

async fn open(State(app): State<App>, Id(id): Id<FormId>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::Admin)?;
    let form = find_form(&app.db, posted.caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    store(&app, &posted, Form { disabled_at: None, ..form }).await
}

async fn store(app: &App, posted: &Posted, form: Form) -> Result<Response, ApiError> {
    let (workspace, id) = (posted.caller.workspace(), form.id);
    app.db.write::<(), StoreError, _>(move |tx| Box::pin(async move { save_form(tx, workspace, &form).await })).await?;
    Ok(back(&format!("/forms/{id}"), Happened::Saved, None))
}
