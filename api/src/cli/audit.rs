//! `caseyos audit`: walks the chain of receipts, and writes it out for another program to verify.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;

use caseyos_shared::model::WorkspaceId;
use caseyos_shared::receipt::{Anchor, Broken, Chain, Receipt, Verified, Why, digest_of};
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Failure, open, say, say_json};
use crate::app::App;
use crate::store::receipts::{Link, chain_end, links_after};

/// Receipts that are read at once.
const BATCH: i64 = 1_000;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Walk the chain and say whether it holds; if not, at which receipt it breaks.
    Verify {
        /// Verify this export instead of the database.
        #[arg(long, conflicts_with = "workspace")]
        file: Option<PathBuf>,
        /// A receipt that was noted before, as NUMBER:HASH; the chain must still hold it.
        #[arg(long, value_parser = noted)]
        noted: Option<Anchor>,
        /// The workspace, by name or id; needed only when there is more than one.
        #[arg(long)]
        workspace: Option<String>,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the chain as JSON Lines, one receipt a line.
    Export {
        /// The file to write, which must not be there yet; standard output without it.
        file: Option<PathBuf>,
        /// The workspace, by name or id; needed only when there is more than one.
        #[arg(long)]
        workspace: Option<String>,
    },
}

fn noted(text: &str) -> Result<Anchor, String> {
    let complaint = || "expected a number, a colon and 64 hexadecimal digits".to_owned();
    let (seq, hash) = text.split_once(':').ok_or_else(complaint)?;
    Ok(Anchor { seq: seq.parse().map_err(|_| complaint())?, hash: hash.parse().map_err(|_| complaint())? })
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    match args.act {
        Act::Verify { file: Some(file), noted, json, .. } => tell(verify_file(&file, noted)?, json),
        Act::Verify { file: None, noted, workspace, json } => {
            let app = open::for_command().await?;
            let verified = verify_store(&app, workspace.as_deref(), noted).await;
            app.db.close().await;
            tell(verified?, json)
        }
        Act::Export { file, workspace } => {
            let app = open::for_command().await?;
            let exported = export(&app, file, workspace.as_deref()).await;
            app.db.close().await;
            exported
        }
    }
}

fn tell(verified: Result<Verified, Broken>, json: bool) -> Result<(), Failure> {
    match verified {
        Ok(Verified { count, last }) => {
            if json {
                let last = json!({ "seq": last.seq, "hash": last.hash.to_string() });
                return say_json(&json!({ "holds": true, "count": count, "last": last }));
            }
            say(&format!("The chain holds: {count} receipts."))?;
            say(&format!("Note where it ends, away from this machine: {}:{}", last.seq, last.hash))
        }
        Err(broken) => {
            if json {
                say_json(&json!({ "holds": false, "seq": broken.seq, "why": broken.why.to_string() }))?;
            }
            Err(Failure::Failed(format!("the chain is broken at {broken}")))
        }
    }
}

fn check_end(chain: Chain, ends: Option<Anchor>, noted: Option<Anchor>, seen: bool) -> Result<Verified, Broken> {
    let mut verified = chain.end();
    if let Some(end) = ends {
        verified = verified.holds(end)?;
    }
    if let Some(noted) = noted {
        verified = verified.holds(noted)?;
        // A noted receipt in the middle was compared when the walk passed it.
        if !seen && noted.seq != verified.last.seq {
            return Err(Broken { seq: noted.seq, why: Why::Rewritten });
        }
    }
    Ok(verified)
}

/// Whether the walk just passed the receipt that was noted, with its hash.
fn passed(chain: &Chain, noted: Option<Anchor>) -> bool {
    noted.is_some_and(|noted| chain.clone().end().last == noted)
}

fn verify_file(file: &PathBuf, noted: Option<Anchor>) -> Result<Result<Verified, Broken>, Failure> {
    let failed = |error: &std::io::Error| Failure::io(format!("cannot read {}", file.display()), error);
    let opened = std::fs::File::open(file).map_err(|error| failed(&error))?;
    let (mut chain, mut seen) = (Chain::after(Anchor::GENESIS), false);
    for line in BufReader::new(opened).split(b'\n') {
        let line = line.map_err(|error| failed(&error))?;
        // What is no UTF-8 is no canonical line; the marks that stand for it then say so.
        if let Err(broken) = chain.line(&String::from_utf8_lossy(&line)) {
            return Ok(Err(broken));
        }
        seen = seen || passed(&chain, noted);
    }
    Ok(check_end(chain, None, noted, seen))
}

async fn verify_store(
    app: &App,
    workspace: Option<&str>,
    noted: Option<Anchor>,
) -> Result<Result<Verified, Broken>, Failure> {
    let workspace = open::workspace(app, workspace).await?.id;
    let end = match chain_end(&app.db, workspace).await {
        Ok(end) => end,
        Err(error) => return Err(error.into()),
    };
    let (mut chain, mut seen, mut after) = (Chain::after(Anchor::GENESIS), false, 0);
    loop {
        let links = links_after(&app.db, workspace, after, BATCH).await?;
        let Some(last) = links.last().map(|link| link.seq) else { break };
        for link in &links {
            if let Err(broken) = step(&mut chain, workspace, link) {
                return Ok(Err(broken));
            }
            seen = seen || passed(&chain, noted);
        }
        after = last;
    }
    Ok(check_end(chain, Some(end), noted, seen))
}

/// Takes the next link: its line, its place, and what is kept of its payload.
fn step(chain: &mut Chain, workspace: WorkspaceId, link: &Link) -> Result<(), Broken> {
    chain.line(&link.line)?;
    let broken = |why| Broken { seq: link.seq.unsigned_abs(), why };
    // The walk has read it already.
    let receipt: Receipt =
        serde_json::from_str(&link.line).map_err(|error| broken(Why::Unreadable(error.to_string())))?;
    if receipt.entry.workspace != workspace {
        return Err(broken(Why::Workspace));
    }
    let Some(payload) = &link.payload else { return Ok(()) };
    let payload: Value = serde_json::from_str(payload).map_err(|error| broken(Why::Unreadable(error.to_string())))?;
    let digest = digest_of(&payload).map_err(|error| broken(Why::Unreadable(error.to_string())))?;
    if receipt.entry.payload_digest == Some(digest) { Ok(()) } else { Err(broken(Why::Content)) }
}

async fn export(app: &App, file: Option<PathBuf>, workspace: Option<&str>) -> Result<(), Failure> {
    let workspace = open::workspace(app, workspace).await?.id;
    let name = file.as_ref().map_or_else(|| "standard output".to_owned(), |file| file.display().to_string());
    let failed = |error: &std::io::Error| Failure::io(format!("cannot write to {name}"), error);
    let mut out: Box<dyn Write + Send> = match &file {
        Some(file) => Box::new(std::fs::File::create_new(file).map_err(|error| failed(&error))?),
        None => Box::new(std::io::stdout()),
    };
    let mut after = 0;
    loop {
        let links = links_after(&app.db, workspace, after, BATCH).await?;
        let Some(last) = links.last().map(|link| link.seq) else { break };
        let text: String = links.into_iter().map(|link| link.line + "\n").collect();
        out.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
        after = last;
    }
    out.flush().map_err(|error| failed(&error))?;
    if file.is_some() { say(&format!("Wrote {after} receipts to {name}.")) } else { Ok(()) }
}
