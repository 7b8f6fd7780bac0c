//! Signing in and out, changing one's password, and setting up the first workspace: for the API and the pages alike.

use axum::http::HeaderValue;
use caseyos_shared::model::{Role, SessionId, Ts, UserId, WorkspaceId};
use caseyos_shared::problem::FieldError;
use serde_json::json;

use super::callers::{self, Caller};
use super::people::{self, NewPerson};
use super::{password, token};
use crate::app::App;
use crate::clock::new_id;
use crate::config::Config;
use crate::store::access::{self, NewSession as SessionRow, PASSWORD};
use crate::store::events::Actor;
use crate::store::{StoreError, Tx};

/// How much of what a browser calls itself is kept.
const AGENT: usize = 200;
/// How long a browser keeps the cookie; the session's own end is kept here.
const COOKIE_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A session that has begun.
pub struct NewSession {
    /// The value of the `Set-Cookie` header that gives it to the browser.
    pub cookie: HeaderValue,
    /// Who signed in.
    pub caller: Caller,
}

/// Why somebody is not let in.
#[derive(Debug)]
pub enum SignInError {
    /// The e-mail address or the password is wrong; nobody is told which.
    Wrong,
    /// Too many attempts with this e-mail address; the next is welcome after so many seconds.
    TooMany(u64),
    /// They are right in several workspaces and none of these was named: which ones there are, oldest first.
    Several(Vec<(WorkspaceId, String)>),
    /// The new password is none that is taken, and why.
    BadPassword(String),
    /// The store could not.
    Store(StoreError),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Signs in with a password. Unknown addresses cost as much as wrong passwords. Whose address and password are right in several
/// workspaces names one by `workspace` (a name or an id).
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(
    app: &App,
    email: &str,
    password: &str,
    workspace: Option<&str>,
    agent: &str,
    address: &str,
) -> Result<NewSession, SignInError> {
    // What is no address is looked up like one, so that it takes as long; and nothing endless is remembered.
    let email = people::email(email).unwrap_or_default();
    app.attempts.begin(&email, app.clock.now()).map_err(SignInError::TooMany)?;
    let candidates = candidates(app, &email, workspace).await?;
    let right = right_ones(&candidates, password).await;
    let Some((workspace, person)) = right.first() else {
        note_failure(app, &candidates, address);
        return Err(SignInError::Wrong);
    };
    app.attempts.succeeded(&email);
    if right.len() > 1 {
        let all = access::workspaces(&app.db).await?.into_iter();
        let fits = |id: WorkspaceId| right.iter().any(|(one, _)| *one == id);
        return Err(SignInError::Several(all.filter(|one| fits(one.id)).map(|one| (one.id, one.name)).collect()));
    }
    Ok(begin(app, *workspace, *person, agent, address).await?)
}

type Candidate = (WorkspaceId, UserId, Option<String>);

async fn candidates(app: &App, email: &str, workspace: Option<&str>) -> Result<Vec<Candidate>, StoreError> {
    let mut candidates = access::identities(&app.db, PASSWORD, email).await?;
    if let Some(wanted) = workspace {
        let all = access::workspaces(&app.db).await?;
        let meant = |id: &WorkspaceId| {
            all.iter().any(|one| one.id == *id && (one.name == wanted || one.id.to_string() == wanted))
        };
        candidates.retain(|(id, _, _)| meant(id));
    }
    Ok(candidates)
}

async fn right_ones(candidates: &[Candidate], password: &str) -> Vec<(WorkspaceId, UserId)> {
    let mut right = Vec::new();
    if password.chars().count() > password::LONGEST {
        return right;
    }
    if candidates.is_empty() {
        // Costs as much as a real check, and is never right.
        password::verify(password.to_owned(), None).await;
    }
    for (workspace, person, hash) in candidates {
        if password::verify(password.to_owned(), hash.clone()).await {
            right.push((*workspace, *person));
        }
    }
    right
}

/// Notes it behind the answer: waiting for the disk would tell known addresses from unknown ones.
fn note_failure(app: &App, candidates: &[Candidate], address: &str) {
    app.metrics.counter("caseyos_sign_in_failed_total").increment(1);
    tracing::info!(address, known = !candidates.is_empty(), "a sign-in failed");
    let tried: Vec<_> = candidates.iter().map(|(workspace, person, _)| (*workspace, *person)).collect();
    if tried.is_empty() {
        return;
    }
    let (now, data) = (app.clock.now(), json!({ "address": address }));
    let db = app.db.clone();
    tokio::spawn(async move {
        let noted = db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    for (workspace, person) in tried {
                        let kind = "person.sign_in_failed";
                        tx.emit(people::event(workspace, kind, person, Actor::Outside, now, data.clone()));
                    }
                    Ok(())
                })
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "a failed sign-in could not be noted");
        }
    });
}

/// Begins a session for somebody who has proved who they are.
///
/// # Errors
/// When the store cannot.
pub async fn begin(
    app: &App,
    workspace: WorkspaceId,
    person: UserId,
    agent: &str,
    address: &str,
) -> Result<NewSession, StoreError> {
    let (now, session) = (app.clock.now(), Fresh::new(workspace, agent));
    let (token, address) = (session.token.clone(), address.to_owned());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { session.store(tx, workspace, person, &address, now).await })
        })
        .await?;
    with_caller(app, &token).await
}

async fn with_caller(app: &App, token: &str) -> Result<NewSession, StoreError> {
    let caller = app.callers.find(&app.db, &app.clock, token).await?;
    let caller = caller.ok_or_else(|| StoreError::Other("a session ended as it began".to_owned()))?;
    Ok(NewSession { cookie: cookie(&app.config, token, COOKIE_SECONDS), caller })
}

/// A session before it is stored.
struct Fresh {
    id: SessionId,
    token: String,
    csrf: String,
    agent: String,
}

impl Fresh {
    fn new(workspace: WorkspaceId, agent: &str) -> Self {
        Self {
            id: new_id(SessionId::new),
            token: token::new_token(workspace),
            csrf: token::hex(&rand::random::<[u8; 32]>()),
            agent: agent.chars().filter(|c| !c.is_control()).take(AGENT).collect(),
        }
    }

    async fn store(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        person: UserId,
        address: &str,
        now: Ts,
    ) -> Result<(), StoreError> {
        let row = SessionRow {
            id: self.id,
            token_hash: &token::digest(&self.token),
            person,
            csrf: &self.csrf,
            agent: &self.agent,
            expires_at: callers::first_expiry(now),
        };
        access::add_session(tx, workspace, &row, now).await?;
        let data = json!({ "address": address });
        tx.emit(people::event(workspace, "person.signed_in", person, Actor::Person(person), now, data));
        Ok(())
    }
}

/// Ends the caller's session; answers the `Set-Cookie` header that makes the browser forget it.
///
/// # Errors
/// When the store cannot.
pub async fn sign_out(app: &App, caller: &Caller) -> Result<HeaderValue, StoreError> {
    if let Some(session) = caller.session() {
        let (workspace, person, now) = (caller.workspace(), caller.person(), app.clock.now());
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    access::end_session(tx, workspace, person, session).await?;
                    let (kind, actor) = ("person.signed_out", Actor::Person(person));
                    tx.emit(people::event(workspace, kind, person, actor, now, json!({})));
                    Ok(())
                })
            })
            .await?;
    }
    Ok(cookie(&app.config, "", 0))
}

/// Changes one's own password; every other session of the person ends.
///
/// # Errors
/// [`SignInError`].
pub async fn change_password(app: &App, caller: &Caller, current: &str, new: &str) -> Result<(), SignInError> {
    let (workspace, person, now) = (caller.workspace(), caller.person(), app.clock.now());
    let me = access::person(&app.db, workspace, person).await?.ok_or(SignInError::Wrong)?;
    if let Some(complaint) = password::complaint(new) {
        return Err(SignInError::BadPassword(complaint));
    }
    app.attempts.begin(&me.email, now).map_err(SignInError::TooMany)?;
    let mut candidates = access::identities(&app.db, PASSWORD, &me.email).await?;
    candidates.retain(|(theirs, id, _)| *theirs == workspace && *id == person);
    if right_ones(&candidates, current).await.is_empty() {
        return Err(SignInError::Wrong);
    }
    app.attempts.succeeded(&me.email);
    let (hash, keep) = (password::hash(new.to_owned()).await, caller.session());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                access::set_identity(tx, workspace, person, PASSWORD, &me.email, Some(&hash), now).await?;
                access::end_sessions(tx, workspace, person, keep).await?;
                let data = json!({ "changed": ["password"] });
                tx.emit(people::event(workspace, "person.changed", person, Actor::Person(person), now, data));
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// What the set-up page asks for.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The name of the first workspace.
    pub workspace: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// The first admin's name.
    pub name: String,
    /// The first admin's e-mail address.
    pub email: String,
    /// The first admin's password.
    pub password: String,
}

/// Why there is no set-up.
#[derive(Debug)]
pub enum SetUpError {
    /// The link was used, is old, or was never one; or somebody exists.
    LinkClosed,
    /// What was filled in does not make sense; each complaint names its field.
    Invalid(Vec<FieldError>),
    /// The store could not.
    Store(StoreError),
}

impl From<StoreError> for SetUpError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Makes the first workspace and its admin, and signs them in; the link that led here opens nothing any more.
///
/// # Errors
/// [`SetUpError`].
pub async fn set_up(
    app: &App,
    link: &str,
    filled_in: &SetUp,
    agent: &str,
    address: &str,
) -> Result<NewSession, SetUpError> {
    let now = app.clock.now();
    if !app.setup.opens(link, now) {
        return Err(SetUpError::LinkClosed);
    }
    let first = First::check(filled_in).map_err(SetUpError::Invalid)?;
    let hash = password::hash(filled_in.password.clone()).await;
    let (workspace, id) = (new_id(WorkspaceId::new), new_id(UserId::new));
    let (session, address) = (Fresh::new(workspace, agent), address.to_owned());
    let token = session.token.clone();
    let person = NewPerson { id, email: first.email, name: first.name, role: Role::Admin, password_hash: hash };
    let is_first = app
        .db
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move {
                if !access::nobody_exists_yet(tx).await? {
                    return Ok(false);
                }
                access::add_workspace(tx, workspace, &first.workspace, &first.time_zone, now).await?;
                people::add(tx, workspace, &person, Actor::System, now).await?;
                session.store(tx, workspace, id, &address, now).await?;
                Ok(true)
            })
        })
        .await?;
    app.setup.close();
    if !is_first {
        return Err(SetUpError::LinkClosed);
    }
    Ok(with_caller(app, &token).await?)
}

struct First {
    workspace: String,
    time_zone: String,
    name: String,
    email: String,
}

impl First {
    fn check(filled_in: &SetUp) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut take = |field: &str, checked: Result<String, String>| {
            checked.unwrap_or_else(|complaint| {
                errors.push(FieldError::new(format!("/{field}"), complaint));
                String::new()
            })
        };
        let first = Self {
            workspace: take("workspace", people::name(&filled_in.workspace)),
            time_zone: take("time_zone", time_zone(&filled_in.time_zone)),
            name: take("name", people::name(&filled_in.name)),
            email: take("email", people::email(&filled_in.email)),
        };
        if let Some(complaint) = password::complaint(&filled_in.password) {
            errors.push(FieldError::new("/password", complaint));
        }
        if errors.is_empty() { Ok(first) } else { Err(errors) }
    }
}

/// A time zone by the name that the tz database gives it.
///
/// # Errors
/// What is wrong with it, to be read after the field's name.
pub fn time_zone(text: &str) -> Result<String, String> {
    jiff::tz::TimeZone::get(text.trim())
        .ok()
        .and_then(|zone| zone.iana_name().map(str::to_owned))
        .ok_or_else(|| "must be a time zone of the tz database, such as Europe/Berlin or UTC".to_owned())
}

/// The session's cookie: not for scripts, not for other sites' requests, and over TLS only where there is TLS.
fn cookie(config: &Config, token: &str, seconds: i64) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let cookie =
        format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", config.session_cookie());
    // A token is letters, digits, - and _: always a header's value.
    HeaderValue::from_str(&cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}
