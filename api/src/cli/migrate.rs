//! `caseyos migrate`: brings the schema up to date; refuses while a running server holds an older one.

use super::{Failure, open, say, say_json};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    // Opening the database is what migrates it.
    let app = open::for_command().await?;
    let engine = app.db.engine();
    app.db.close().await;
    if args.json {
        return say_json(&serde_json::json!({ "engine": engine, "schema": "current" }));
    }
    say(&format!("The {engine} database is up to date."))
}
