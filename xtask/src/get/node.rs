//! Node and npm: they run the tests of the pages and of the domain in WASM, and no part of the product.

use std::process::Command;

use anyhow::{Result, bail};

use super::{version, which};
use crate::run;

/// The oldest Node whose test runner (`--test-timeout`) and WASM engine do.
pub(crate) const OLDEST: &str = "20.11";

/// How to get it.
pub(crate) const HOW: &str = "Node 20.11 or newer: https://nodejs.org, or your system's package manager";

/// The version of the Node on PATH, when it is new enough.
pub(crate) fn find() -> Option<String> {
    let text = run::output(Command::new("node").arg("--version")).ok()?;
    (version(&text) >= version(OLDEST)).then(|| text.trim().to_owned())
}

/// Refuses to go on without Node.
pub(crate) fn check() -> Result<()> {
    if find().is_none() {
        bail!("there is no Node of version {OLDEST} or newer on PATH. Get {HOW}");
    }
    Ok(())
}

/// Refuses to go on without npm.
pub(crate) fn check_npm() -> Result<()> {
    if which("npm").is_none() {
        bail!("there is no npm on PATH. Get {HOW} (npm comes with it)");
    }
    Ok(())
}
