//! The Rust compiler.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::version;
use crate::run;

/// The oldest compiler that builds the workspace.
pub(crate) const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// What `rustc --version` prints.
pub(crate) fn found() -> Result<String> {
    Ok(run::output(Command::new("rustc").arg("--version"))?.trim().to_owned())
}

/// Refuses a compiler that is too old.
pub(crate) fn check() -> Result<()> {
    let found = found().context("there is no Rust compiler: get one from https://rustup.rs")?;
    if version(&found) < version(OLDEST) {
        bail!("{found} is too old, Rust {OLDEST} is needed: `rustup update stable`");
    }
    Ok(())
}

/// The triple of this machine.
pub(crate) fn host() -> Result<String> {
    let text = run::output(Command::new("rustc").arg("-vV"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("`rustc -vV` names no host")?.to_owned())
}

/// The compiler's own folder.
pub(crate) fn sysroot() -> Result<PathBuf> {
    let path = run::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(path.trim()))
}
