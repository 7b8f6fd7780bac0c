//! `caseyos key`: makes, lists and revokes API keys.

use caseyos_shared::model::{KeyId, Scope};
use clap::Subcommand;
use serde_json::json;

use super::{Failure, open, say, say_json};
use crate::access::{keys, people};
use crate::app::App;
use crate::clock::new_id;
use crate::store::StoreError;
use crate::store::access::{self, ApiKey};
use crate::store::events::Actor;

/// How many keys are asked for at once.
const PAGE: i64 = 200;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Make a key; it is shown now and never again.
    Create {
        /// The e-mail address of the person whose key it is.
        #[arg(long)]
        user: String,
        /// What it may be used for, such as queue:read,signals:write; admin is everything.
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// What to call it.
        #[arg(long, default_value = "command line")]
        name: String,
        #[command(flatten)]
        common: Common,
    },
    /// List the keys of a workspace.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Revoke a key: it is refused from then on.
    Revoke {
        /// The key's id.
        id: KeyId,
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
        Act::Create { user, scopes, name, common } => create(&app, &user, &scopes, &name, &common).await,
        Act::List { common } => list(&app, &common).await,
        Act::Revoke { id, common } => revoke(&app, id, &common).await,
    };
    app.db.close().await;
    done
}

async fn create(app: &App, user: &str, scopes: &[Scope], name: &str, common: &Common) -> Result<(), Failure> {
    let (workspace, person) = open::person(app, user, common.workspace.as_deref()).await?;
    let name = people::name(name).map_err(|complaint| Failure::Usage(format!("--name {complaint}")))?;
    if person.disabled_at.is_some() {
        return Err(Failure::Failed(format!("{} is disabled; a key of theirs would be refused", person.email)));
    }
    if let Some(complaint) = keys::complaint(scopes, person.role) {
        return Err(Failure::Failed(format!("--scopes: {complaint}")));
    }
    let (key, secret) = keys::make(workspace.id, new_id(KeyId::new), person.id, &name, scopes, app.clock.now());
    let (workspace, id, text) = (workspace.id, key.id, secret.clone());
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { keys::add(tx, workspace, &key, &secret, Actor::System).await })
        })
        .await?;
    if common.json {
        return say_json(&json!({ "id": id, "key": text }));
    }
    say(&text)
}

async fn list(app: &App, common: &Common) -> Result<(), Failure> {
    let workspace = open::workspace(app, common.workspace.as_deref()).await?;
    let mut all: Vec<ApiKey> = Vec::new();
    loop {
        let page = access::keys(&app.db, workspace.id, None, all.last().map(|key| key.id), PAGE).await?;
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        all.extend(page);
        if is_last {
            break;
        }
    }
    if common.json {
        return say_json(&all.iter().map(to_json).collect::<Vec<_>>());
    }
    for key in all {
        let scopes = key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",");
        let revoked = if key.revoked_at.is_some() { "  revoked" } else { "" };
        say(&format!("{}  {}  {}  {scopes}{revoked}", key.id, key.prefix, key.name))?;
    }
    Ok(())
}

async fn revoke(app: &App, id: KeyId, common: &Common) -> Result<(), Failure> {
    // An id is one in all workspaces, so the workspace need not be named.
    let workspaces = match common.workspace.as_deref() {
        Some(named) => vec![open::workspace(app, Some(named)).await?],
        None => access::workspaces(&app.db).await?,
    };
    let now = app.clock.now();
    for workspace in workspaces.iter().map(|one| one.id) {
        let found = app
            .db
            .write::<bool, StoreError, _>(move |tx| {
                Box::pin(async move { keys::revoke(tx, workspace, id, None, Actor::System, now).await })
            })
            .await?;
        if found {
            return if common.json {
                say_json(&json!({ "id": id, "revoked": true }))
            } else {
                say(&format!("Revoked {id}."))
            };
        }
    }
    Err(Failure::Failed(format!("there is no key {id}")))
}

fn to_json(key: &ApiKey) -> serde_json::Value {
    json!({
        "id": key.id, "user_id": key.person, "name": key.name, "prefix": key.prefix, "scopes": key.scopes,
        "created_at": key.created_at, "used_at": key.used_at, "revoked_at": key.revoked_at,
    })
}
