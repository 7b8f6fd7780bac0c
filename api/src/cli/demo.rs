//! `caseyos demo`: fills a workspace worth looking at, with invented people at companies that do not exist.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use caseyos_shared::model::{Role, UserId, WorkspaceId};

use super::{Failure, open, say, say_json};
use crate::access::password;
use crate::access::people::{self, NewPerson};
use crate::app::App;
use crate::clock::new_id;
use crate::signals::demo;
use crate::store::StoreError;
use crate::store::access;
use crate::store::events::Actor;

/// Who looks around when nobody is there yet.
const ADMIN: &str = "demo@caseyos.example";
/// The workspace when there is none yet.
const WORKSPACE: &str = "Demo";
/// The bytes of a made-up password.
const PASSWORD: usize = 15;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The workspace, by name or id; needed only when there is more than one. When there is none yet, it is made.
    #[arg(long)]
    workspace: Option<String>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let app = open::for_command().await?;
    let done = fill(&app, &args).await;
    app.db.close().await;
    done
}

async fn fill(app: &App, args: &Args) -> Result<(), Failure> {
    let found = open::workspace_or_none_yet(app, args.workspace.as_deref()).await?.map(|one| one.id);
    let people = match found {
        Some(id) => access::people(&app.db, id).await?,
        None => Vec::new(),
    };
    let (workspace, me, password) = match (found, people.first()) {
        (Some(id), Some(person)) => (id, person.email.clone(), None),
        (found, _) => {
            let (workspace, password) = admin(app, found, args.workspace.as_deref()).await?;
            (workspace, ADMIN.to_owned(), Some(password))
        }
    };
    let filled = demo::fill(app, workspace, &me).await?;
    crate::jobs::run_everything_due(app).await?;
    if args.json {
        return say_json(&serde_json::json!({
            "added": filled.added, "known": filled.known, "email": password.as_ref().map(|_| ADMIN), "password": password,
        }));
    }
    say(&format!("{} signals added, {} were there already.", filled.added, filled.known))?;
    match password {
        Some(password) => say(&format!("Start `caseyos serve` and sign in as {ADMIN} with the password {password}")),
        None => say("Start `caseyos serve` and sign in as usual."),
    }
}

/// Makes somebody who can look around, with a password that is said once.
async fn admin(app: &App, found: Option<WorkspaceId>, named: Option<&str>) -> Result<(WorkspaceId, String), Failure> {
    let bytes: [u8; PASSWORD] = rand::random();
    let password = URL_SAFE_NO_PAD.encode(bytes);
    let password_hash = password::hash(password.clone()).await;
    let name = people::name(named.unwrap_or(WORKSPACE));
    let name = name.map_err(|complaint| Failure::Usage(format!("--workspace {complaint}")))?;
    let workspace = found.unwrap_or_else(|| new_id(WorkspaceId::new));
    let person = NewPerson {
        id: new_id(UserId::new),
        email: ADMIN.to_owned(),
        name: "Demo".to_owned(),
        role: Role::Admin,
        password_hash,
    };
    let now = app.clock.now();
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                if found.is_none() {
                    access::add_workspace(tx, workspace, &name, "UTC", now).await?;
                }
                people::add(tx, workspace, &person, Actor::System, now).await
            })
        })
        .await?;
    Ok((workspace, password))
}
