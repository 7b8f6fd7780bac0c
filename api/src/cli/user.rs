//! `caseyos user`: adds and lists people, changes their role, resets their password.

use std::io::Read;

use caseyos_shared::model::{Role, UserId, WorkspaceId};
use clap::Subcommand;
use serde_json::json;

use super::{Failure, open, say, say_json};
use crate::access::password;
use crate::access::people::{self, Change, NewPerson};
use crate::app::App;
use crate::clock::new_id;
use crate::store::StoreError;
use crate::store::access::{self, Person};
use crate::store::events::Actor;

/// The name of the first workspace when nobody gave one.
const FIRST_WORKSPACE: &str = "My workspace";
/// The time zone of a workspace that the command line makes.
const FIRST_ZONE: &str = "UTC";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Add a person; makes the workspace when there is none (or none of the name given with --workspace).
    Add {
        /// The e-mail address to sign in with.
        email: String,
        /// What the person may do: admin, member or viewer.
        #[arg(long)]
        role: Role,
        /// Read the password from standard input (its first line).
        #[arg(long, required = true)]
        password_stdin: bool,
        /// The person's name; otherwise what stands before the @.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// List the people of a workspace.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Change what a person may do.
    Role {
        /// The person's e-mail address.
        email: String,
        /// admin, member or viewer; `--role ROLE` will do as well.
        #[arg(required_unless_present = "role")]
        new_role: Option<Role>,
        /// What the person may do: admin, member or viewer.
        #[arg(long, conflicts_with = "new_role")]
        role: Option<Role>,
        #[command(flatten)]
        common: Common,
    },
    /// Give a person a new password; every session of the person ends.
    Reset {
        /// The person's e-mail address.
        email: String,
        /// Read the password from standard input (its first line).
        #[arg(long, required = true)]
        password_stdin: bool,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, clap::Args)]
struct Common {
    /// The workspace, by name or id; needed only when there is more than one.
    #[arg(long)]
    workspace: Option<String>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let app = open::for_command().await?;
    let done = match args.act {
        Act::Add { email, role, password_stdin: _, name, common } => add(&app, &email, role, name, &common).await,
        Act::List { common } => list(&app, &common).await,
        Act::Role { email, new_role, role, common } => {
            change(&app, &email, Change { role: role.or(new_role), ..Change::default() }, &common).await
        }
        Act::Reset { email, password_stdin: _, common } => {
            let password_hash = Some(password::hash(read_password()?).await);
            change(&app, &email, Change { password_hash, ..Change::default() }, &common).await
        }
    };
    app.db.close().await;
    done
}

async fn add(app: &App, email: &str, role: Role, name: Option<String>, common: &Common) -> Result<(), Failure> {
    let email = people::email(email).map_err(|complaint| Failure::Usage(format!("EMAIL {complaint}")))?;
    let name = name.map_or_else(|| Ok(people::name_from(&email)), |name| people::name(&name));
    let name = name.map_err(|complaint| Failure::Usage(format!("--name {complaint}")))?;
    let found = open::find_workspace(app, common.workspace.as_deref()).await?.map(|one| (one.id, one.name));
    let is_new = found.is_none();
    let (workspace, workspace_name) = match found {
        Some(found) => found,
        None => {
            let name = people::name(common.workspace.as_deref().unwrap_or(FIRST_WORKSPACE));
            let name = name.map_err(|complaint| Failure::Usage(format!("--workspace {complaint}")))?;
            (new_id(WorkspaceId::new), name)
        }
    };
    let password_hash = password::hash(read_password()?).await;
    let person = NewPerson { id: new_id(UserId::new), email: email.clone(), name, role, password_hash };
    let (id, now, new_name) = (person.id, app.clock.now(), workspace_name.clone());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                if is_new {
                    access::add_workspace(tx, workspace, &new_name, FIRST_ZONE, now).await?;
                }
                people::add(tx, workspace, &person, Actor::System, now).await
            })
        })
        .await
        .map_err(|error| match error {
            StoreError::Taken => Failure::Failed(format!("{email} is in the workspace {workspace_name:?} already")),
            other => other.into(),
        })?;
    if common.json {
        return say_json(
            &json!({ "id": id, "email": email, "role": role, "workspace": { "id": workspace, "name": workspace_name } }),
        );
    }
    if is_new {
        say(&format!("Made the workspace {workspace_name:?}."))?;
    }
    say(&format!("Added {email} as {role} to {workspace_name:?}."))
}

async fn list(app: &App, common: &Common) -> Result<(), Failure> {
    let workspace = open::workspace(app, common.workspace.as_deref()).await?;
    let people = access::people(&app.db, workspace.id).await?;
    if common.json {
        return say_json(&people.iter().map(to_json).collect::<Vec<_>>());
    }
    for person in people {
        let disabled = if person.disabled_at.is_some() { "  disabled" } else { "" };
        say(&format!("{}  {:6}  {}  {}{disabled}", person.id, person.role.as_str(), person.email, person.name))?;
    }
    Ok(())
}

async fn change(app: &App, email: &str, change: Change, common: &Common) -> Result<(), Failure> {
    let (workspace, person) = open::person(app, email, common.workspace.as_deref()).await?;
    let (workspace, id, now) = (workspace.id, person.id, app.clock.now());
    let changed = app
        .db
        .write(move |tx| Box::pin(async move { people::change(tx, workspace, id, &change, Actor::System, now).await }))
        .await
        .map_err(|error| Failure::Failed(error.to_string()))?;
    if common.json {
        return say_json(&to_json(&changed));
    }
    say(&format!("Changed {} ({}).", changed.email, changed.role))
}

fn to_json(person: &Person) -> serde_json::Value {
    json!({
        "id": person.id, "email": person.email, "name": person.name, "role": person.role,
        "created_at": person.created_at, "disabled_at": person.disabled_at,
    })
}

/// The first line of standard input.
fn read_password() -> Result<String, Failure> {
    let mut text = String::new();
    // One byte more than any password that is taken can have, whatever its characters.
    let longest = u64::try_from(4 * password::LONGEST + 3).unwrap_or(u64::MAX);
    std::io::stdin()
        .take(longest)
        .read_to_string(&mut text)
        .map_err(|error| Failure::io("cannot read the password from standard input", &error))?;
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    match password::complaint(line) {
        None => Ok(line.to_owned()),
        Some(complaint) => Err(Failure::Failed(format!("the password {complaint}"))),
    }
}
