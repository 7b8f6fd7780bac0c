//! `/api/users`: the people of the workspace.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use caseyos_shared::aps::{Weights, WeightsPatch};
use caseyos_shared::model::{Role, Scope, Ts, UserId};
use caseyos_shared::problem::FieldError;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check;
use super::{Admin, ApiError, Body, Can, Fresh, Id, Known, Page, Params, Window};
use crate::access::callers::Caller;
use crate::access::password;
use crate::access::people::{self, Change, NewPerson, PersonError};
use crate::app::App;
use crate::store::access::{self, Person};
use crate::store::{StoreError, events::Actor};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, disable))
}

impl From<PersonError> for ApiError {
    fn from(error: PersonError) -> Self {
        match error {
            PersonError::Missing => Self::NotFound,
            PersonError::LastAdmin => {
                Self::Conflict("This is the workspace's last admin. Make somebody else an admin first.".to_owned())
            }
            PersonError::Store(error) => error.into(),
        }
    }
}

/// A person of the workspace.
#[derive(Serialize, ToSchema)]
struct User {
    /// The id.
    id: UserId,
    /// The e-mail address.
    email: String,
    /// The name.
    name: String,
    /// What the person may do.
    role: Role,
    /// The person's own weights; `null` when the workspace's hold.
    weights: Option<Weights>,
    /// Until when the person is on leave.
    absent_until: Option<Ts>,
    /// Since when the person is shut out.
    disabled_at: Option<Ts>,
    /// When the person was added.
    created_at: Ts,
}

impl From<Person> for User {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            email: person.email,
            name: person.name,
            role: person.role,
            weights: person.weights,
            absent_until: person.absent_until,
            disabled_at: person.disabled_at,
            created_at: person.created_at,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The people, by name, those who are shut out too.
#[utoipa::path(get, path = "/api/users", tag = "people", params(Listing),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = Page<User>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Params(query): Params<Listing>,
) -> Result<Json<Page<User>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let mut people = access::people(&app.db, caller.workspace()).await?;
    if let Some((_, after)) = &window.after {
        // A workspace's people fit into memory; nobody is ever deleted, so the last one of a page is still there.
        let last = people.iter().position(|person| person.id.to_string() == *after);
        people.drain(..=last.ok_or_else(|| ApiError::field("/cursor", "is no cursor of this list"))?);
    }
    Ok(Json(window.page(people, |person| (person.created_at, person.id.to_string()), User::from)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// The e-mail address to sign in with.
    email: String,
    /// What the person may do.
    role: Role,
    /// The first password; the person changes it at `/api/auth/password`.
    password: String,
    /// The name; otherwise what stands before the @.
    #[serde(default)]
    name: Option<String>,
}

/// Adds a person.
#[utoipa::path(post, path = "/api/users", tag = "people", request_body = NewUser,
    security(("key" = ["admin"]), ("session" = [])), responses((status = 201, body = User)))]
async fn create(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Fresh(id): Fresh,
    Body(body): Body<NewUser>,
) -> Result<Response, ApiError> {
    let mut errors = Vec::new();
    let email = checked(&mut errors, "/email", people::email(&body.email));
    let name = body.name.as_deref().map_or_else(|| Ok(people::name_from(&email)), people::name);
    let name = checked(&mut errors, "/name", name);
    refuse_weak(&mut errors, &body.password);
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let (workspace, id, now) = (caller.workspace(), UserId::new(id), app.clock.now());
    if let Some(made) = access::person(&app.db, workspace, id).await? {
        return Ok(added(made));
    }
    let password_hash = password::hash(body.password).await;
    let person = NewPerson { id, email, name, role: body.role, password_hash };
    let actor = caller.actor();
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { people::add(tx, workspace, &person, actor, now).await })
        })
        .await
        .map_err(|error| match error {
            StoreError::Taken => ApiError::Conflict("Somebody with this e-mail address is here already.".to_owned()),
            other => other.into(),
        })?;
    let made = access::person(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    Ok(added(made))
}

fn added(person: Person) -> Response {
    check::made(&format!("/api/users/{}", person.id), Json(User::from(person)).into_response())
}

fn checked(errors: &mut Vec<FieldError>, pointer: &str, value: Result<String, String>) -> String {
    value.unwrap_or_else(|complaint| {
        errors.push(FieldError::new(pointer, complaint));
        String::new()
    })
}

fn refuse_weak(errors: &mut Vec<FieldError>, password: &str) {
    if let Some(complaint) = password::complaint(password) {
        errors.push(FieldError::new("/password", complaint));
    }
}

/// An admin, or the person in question with a session.
fn admin_or_self(caller: &Caller, id: UserId) -> Result<(), ApiError> {
    if caller.session().is_some() && caller.person() == id { Ok(()) } else { caller.must(Scope::Admin) }
}

/// One person; everybody may read themselves.
#[utoipa::path(get, path = "/api/users/{id}", tag = "people", params(("id" = UserId, Path)),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 200, body = User)))]
async fn read(State(app): State<App>, Known(caller): Known, Id(id): Id<UserId>) -> Result<Json<User>, ApiError> {
    admin_or_self(&caller, id)?;
    let person = access::person(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(person.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserPatch {
    /// The name.
    #[serde(default)]
    name: Option<String>,
    /// What the person may do; for admins to change.
    #[serde(default)]
    role: Option<Role>,
    /// Until when the person is on leave; `null` ends it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Ts>)]
    absent_until: Option<Option<Ts>>,
    /// The person's own weights that change; `null` goes back to the workspace's.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<WeightsPatch>)]
    weights: Option<Option<WeightsPatch>>,
    /// Whether the person is shut out; for admins to change.
    #[serde(default)]
    disabled: Option<bool>,
    /// A new password, after which every session of the person ends; for admins to set.
    #[serde(default)]
    password: Option<String>,
}

#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Changes a person; everybody may change their own name, leave and weights.
#[utoipa::path(patch, path = "/api/users/{id}", tag = "people", params(("id" = UserId, Path)),
    request_body = UserPatch, security(("key" = ["admin"]), ("session" = [])),
    responses((status = 200, body = User)))]
async fn update(
    State(app): State<App>,
    Known(caller): Known,
    Id(id): Id<UserId>,
    Body(patch): Body<UserPatch>,
) -> Result<Json<User>, ApiError> {
    admin_or_self(&caller, id)?;
    if patch.role.is_some() || patch.disabled.is_some() || patch.password.is_some() {
        caller.must(Scope::Admin)?;
    }
    let person = access::person(&app.db, caller.workspace(), id).await?.ok_or(ApiError::NotFound)?;
    let change = change(&caller, &person, patch).await?;
    save(&app, &caller, id, change).await.map(Json)
}

async fn change(caller: &Caller, person: &Person, patch: UserPatch) -> Result<Change, ApiError> {
    let mut errors = Vec::new();
    let name = patch.name.map(|name| checked(&mut errors, "/name", people::name(&name)));
    let weights = patch.weights.map(|patch| {
        patch.map(|patch| {
            let now = person.weights.unwrap_or(caller.settings().weights);
            now.patched(patch).unwrap_or_else(|problems| {
                errors.extend(
                    problems.into_iter().map(|one| FieldError::new(format!("/weights/{}", one.field), one.detail)),
                );
                now
            })
        })
    });
    if let Some(password) = &patch.password {
        refuse_weak(&mut errors, password);
    }
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    let password_hash = match patch.password {
        Some(password) => Some(password::hash(password).await),
        None => None,
    };
    Ok(Change {
        name,
        role: patch.role,
        absent_until: patch.absent_until,
        weights,
        disabled: patch.disabled,
        password_hash,
    })
}

async fn save(app: &App, caller: &Caller, id: UserId, change: Change) -> Result<User, ApiError> {
    let (workspace, actor, now): (_, Actor, _) = (caller.workspace(), caller.actor(), app.clock.now());
    let saved = app
        .db
        .write::<Person, PersonError, _>(move |tx| {
            Box::pin(async move { people::change(tx, workspace, id, &change, actor, now).await })
        })
        .await?;
    Ok(saved.into())
}

/// Shuts a person out: sessions end and keys are refused at once. What they did stays theirs.
#[utoipa::path(delete, path = "/api/users/{id}", tag = "people", params(("id" = UserId, Path)),
    security(("key" = ["admin"]), ("session" = [])), responses((status = 204, description = "Shut out.")))]
async fn disable(
    State(app): State<App>,
    Can(caller, _): Can<Admin>,
    Id(id): Id<UserId>,
) -> Result<StatusCode, ApiError> {
    save(&app, &caller, id, Change { disabled: Some(true), ..Change::default() }).await?;
    Ok(StatusCode::NO_CONTENT)
}
