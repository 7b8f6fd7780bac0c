//! What every command begins with: the configuration, the key, the database, and the workspace and person it is about.

use caseyos_shared::model::WorkspaceId;

use super::Failure;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::store::access::{self, Person, Workspace};
use crate::store::{Db, Use};
use crate::vault::Vault;

/// The address that people are told when nothing else was configured.
const DEFAULT_URL: &str = "http://127.0.0.1:8000";

/// Opens what a command needs that ends by itself.
pub(crate) async fn for_command() -> Result<App, Failure> {
    app(Config::read(DEFAULT_URL)?, Use::Command).await
}

/// Opens what a process needs that goes on until it is told to stop.
pub(crate) async fn for_service(public_url: Option<&str>) -> Result<App, Failure> {
    app(Config::read(public_url.unwrap_or(DEFAULT_URL))?, Use::Serve).await
}

async fn app(config: Config, purpose: Use) -> Result<App, Failure> {
    // The database first: a wrong DATABASE_URL must not leave a key file behind.
    let db = Db::open(&config.database_url, purpose).await?;
    let vault = match &config.secret_key {
        Some(text) => Vault::from_text(text)?,
        None => Vault::from_file(&config.secret_key_file)?,
    };
    Ok(App::new(db, Clock::default(), config, vault))
}

/// Clears away what an earlier process left of files that were sent to it, and says so where imports were cut off.
pub(crate) async fn tidy(app: &App) -> Result<(), Failure> {
    for workspace in access::workspaces(&app.db).await? {
        crate::jobs::import::tidy(app, workspace.id).await?;
    }
    Ok(())
}

/// The workspace that is meant: the named one (by name or id), or the only one there is.
pub(crate) async fn workspace(app: &App, named: Option<&str>) -> Result<Workspace, Failure> {
    match (find_workspace(app, named).await?, named) {
        (Some(workspace), _) => Ok(workspace),
        (None, Some(name)) => Err(Failure::Failed(format!("there is no workspace {name:?}"))),
        (None, None) => Err(Failure::Failed(
            "there is no workspace yet; make one with `caseyos user add EMAIL --role admin --password-stdin`"
                .to_owned(),
        )),
    }
}

/// The same, `None` when there is none at all: whoever asks may make the first.
pub(crate) async fn workspace_or_none_yet(app: &App, named: Option<&str>) -> Result<Option<Workspace>, Failure> {
    if access::workspaces(&app.db).await?.is_empty() {
        return Ok(None);
    }
    workspace(app, named).await.map(Some)
}

/// The same, `None` when there is none of that name, or none at all.
pub(crate) async fn find_workspace(app: &App, named: Option<&str>) -> Result<Option<Workspace>, Failure> {
    let mut all = access::workspaces(&app.db).await?;
    let Some(named) = named else {
        return match all.len() {
            0 | 1 => Ok(all.pop()),
            _ => Err(Failure::Usage(format!("there is more than one workspace; add --workspace with {}", names(&all)))),
        };
    };
    let id: Option<WorkspaceId> = named.parse().ok();
    let mut matching = all.into_iter().filter(|one| Some(one.id) == id || one.name == named);
    let found = matching.next();
    if matching.next().is_some() {
        return Err(Failure::Usage(format!("more than one workspace is called {named:?}; give its id instead")));
    }
    Ok(found)
}

fn names(all: &[Workspace]) -> String {
    all.iter().map(|one| format!("{:?}", one.name)).collect::<Vec<_>>().join(" or ")
}

/// The person with this e-mail address, in the named workspace or in the only one where there is somebody with it.
pub(crate) async fn person(app: &App, email: &str, named: Option<&str>) -> Result<(Workspace, Person), Failure> {
    let email = email.trim().to_lowercase();
    let among = match named {
        Some(_) => vec![workspace(app, named).await?],
        None => access::workspaces(&app.db).await?,
    };
    let mut found = Vec::new();
    for workspace in among {
        let people = access::people(&app.db, workspace.id).await?;
        if let Some(person) = people.into_iter().find(|person| person.email == email) {
            found.push((workspace, person));
        }
    }
    if found.len() > 1 {
        let all: Vec<_> = found.into_iter().map(|(workspace, _)| workspace).collect();
        return Err(Failure::Usage(format!(
            "{email} is in more than one workspace; add --workspace with {}",
            names(&all)
        )));
    }
    found.pop().ok_or_else(|| Failure::Failed(format!("there is nobody with the e-mail address {email}")))
}
