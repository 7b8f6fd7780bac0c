//! `caseyos export`: a consistent copy of the embedded database, made while a server may use it.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Failure, open, say, say_json};
use crate::app::App;
use crate::store::access;

/// The copy's name in the folder.
const DATABASE: &str = "caseyos.db";
/// What the folder holds, and what it does not.
const MANIFEST: &str = "manifest.json";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to write to; it must be new or empty.
    dir: PathBuf,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    must_be_empty(&args.dir)?;
    let app = open::for_command().await?;
    let exported = export(&app, &args).await;
    app.db.close().await;
    exported
}

fn must_be_empty(dir: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::io(format!("cannot write to {}", dir.display()), &error);
    std::fs::create_dir_all(dir).map_err(failed)?;
    if std::fs::read_dir(dir).map_err(failed)?.next().is_some() {
        return Err(Failure::Failed(format!("{} is not empty; name a new folder", dir.display())));
    }
    Ok(())
}

async fn export(app: &App, args: &Args) -> Result<(), Failure> {
    let database = args.dir.join(DATABASE);
    app.db.back_up(&database).await?;
    let workspaces: Vec<_> =
        access::workspaces(&app.db).await?.into_iter().map(|one| json!({ "id": one.id, "name": one.name })).collect();
    let manifest = json!({
        "format": 1,
        "program": env!("CARGO_PKG_VERSION"),
        "made_at": app.clock.now(),
        "database": DATABASE,
        "workspaces": workspaces,
        "secret_key": {
            "included": false,
            "where": if app.config.secret_key.is_some() {
                "CASEYOS_SECRET_KEY".to_owned()
            } else {
                app.config.secret_key_file.display().to_string()
            },
            "note": "Webhook secrets and connections in the database can be read with this key only. Keep a copy of it, \
                     apart from this folder.",
        },
        "restore": "Stop CaseyOS. Where DATABASE_URL points (data/caseyos.db), remove the old database with its caseyos.db-wal and \
                    caseyos.db-shm, which belong to the old one only. Put this database there and the key where it was, and \
                    start CaseyOS again.",
    });
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| Failure::Failed(error.to_string()))?;
    let path = args.dir.join(MANIFEST);
    std::fs::write(&path, text + "\n")
        .map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error))?;
    if args.json {
        return say_json(&manifest);
    }
    say(&format!("Copied the database to {}.", database.display()))?;
    say("The secret key is not in the copy: keep one of it elsewhere (manifest.json says where it is).")
}
