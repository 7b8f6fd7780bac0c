//! The command line: one file per command, one way to fail.

mod open;

// registry:begin
mod audit;
mod demo;
mod eval;
mod export;
mod import;
mod inspect;
mod key;
mod migrate;
mod serve;
mod user;
mod work;
// registry:end

use std::fmt;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::BadConfig;
use crate::store::StoreError;
use crate::vault::VaultError;

/// CaseyOS: signals in, moves out, receipts kept.
#[derive(Debug, Parser)]
#[command(name = "caseyos", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    // registry:begin
    /// Verify and export the chain of receipts.
    Audit(audit::Args),
    /// Fill a workspace worth looking at, with invented people.
    Demo(demo::Args),
    /// Measure the learning model on rows whose outcome is known.
    Eval(eval::Args),
    /// Copy the embedded database, in one piece, while a server may use it.
    Export(export::Args),
    /// Import lead lists and mailboxes.
    Import(import::Args),
    /// Show what is made of a mail.
    Inspect(inspect::Args),
    /// Make, list and revoke API keys.
    Key(key::Args),
    /// Bring the database's schema up to date.
    Migrate(migrate::Args),
    /// Serve the pages and the API, and work the jobs.
    Serve(serve::Args),
    /// Add and list people, change their role, reset their password.
    User(user::Args),
    /// Work the jobs only.
    Work(work::Args),
    // registry:end
}

/// Has a file that may not grow further answer with an error, like a full disk does, instead of ending the process by SIGXFSZ
/// (setrlimit(2)): what waits to be written must be answered.
fn survive_size_limits() {
    #[cfg(unix)]
    {
        /// The same number on Linux, macOS and the BSDs.
        const SIGXFSZ: i32 = 25;
        // Whoever listens to a signal takes its default away, for as long as the process lives.
        let _listening = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ));
    }
}

impl Command {
    /// Whether it goes on until it is told to stop, and so tells in its log what it does.
    const fn stays(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Work(_))
    }

    async fn run(self) -> Result<(), Failure> {
        match self {
            // registry:begin
            Self::Audit(args) => audit::run(args).await,
            Self::Demo(args) => demo::run(args).await,
            Self::Eval(args) => eval::run(args).await,
            Self::Export(args) => export::run(args).await,
            Self::Import(args) => import::run(args).await,
            Self::Inspect(args) => inspect::run(args).await,
            Self::Key(args) => key::run(args).await,
            Self::Migrate(args) => migrate::run(args).await,
            Self::Serve(args) => serve::run(args).await,
            Self::User(args) => user::run(args).await,
            Self::Work(args) => work::run(args).await,
            // registry:end
        }
    }
}

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was called in a way that makes no sense: exit code 2.
    Usage(String),
    /// It could not: exit code 1.
    Failed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) | Self::Failed(what) => f.write_str(what),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<BadConfig> for Failure {
    fn from(error: BadConfig) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Failure {
    /// An input or output that failed, and what it was for.
    pub(crate) fn io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        Self::Failed(format!("{what}: {error}"))
    }
}

/// Runs the command that the arguments name; answers 0 when it did what it was asked to, 1 when it could not, 2 when
/// the arguments make no sense.
pub async fn run() -> ExitCode {
    let command = Cli::parse().command;
    log(command.stays());
    survive_size_limits();
    match command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // When standard error is gone there is nobody to tell.
            let _gone = writeln!(std::io::stderr(), "caseyos: {failure}");
            ExitCode::from(match failure {
                Failure::Failed(_) => 1,
                Failure::Usage(_) => 2,
            })
        }
    }
}

/// Sends the log to standard error: words on a terminal, JSON anywhere else. `CASEYOS_LOG` or `RUST_LOG` filters it.
fn log(stays: bool) {
    let filter = ["CASEYOS_LOG", "RUST_LOG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| if stays { "info" } else { "warn" }.to_owned());
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
    }
}

/// Writes a line on standard output at once, for whoever reads it by a pipe.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| Failure::io("cannot write the answer", &error))
}

/// Writes a value as one line of JSON on standard output.
pub(crate) fn say_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    say(&serde_json::to_string(value).map_err(|error| Failure::Failed(error.to_string()))?)
}
