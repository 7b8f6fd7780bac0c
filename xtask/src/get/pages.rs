//! What the tests of the pages stand on: Node, Chromium, two npm packages outside the clone, the built core.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{chromium, node};
use crate::{dist, places, run};

/// All of it, ready.
#[derive(Debug)]
pub(crate) struct Bench {
    chromium: PathBuf,
    modules: PathBuf,
    caseyos: PathBuf,
}

impl Bench {
    /// Tells a program where everything is.
    pub(crate) fn give(&self, command: &mut Command) {
        command
            .env("CASEYOS_CHROMIUM", &self.chromium)
            .env("CASEYOS_NODE_MODULES", &self.modules)
            .env("CASEYOS_BIN", &self.caseyos);
    }
}

/// Gets what is missing and builds the core.
pub(crate) fn ready() -> Result<Bench> {
    node::check()?;
    node::check_npm()?;
    let chromium = chromium::get()?;
    let modules = packages()?;
    run::run(&mut run::cargo(["build", "--bin", "caseyos"]))?;
    Ok(Bench { chromium, modules, caseyos: places::caseyos("debug")? })
}

/// The folder `node_modules` of exactly the locked packages.
fn packages() -> Result<PathBuf> {
    let source = places::root().join("api/tests/pages");
    let lock = fs::read(source.join("package-lock.json")).context("api/tests/pages/package-lock.json is missing")?;
    let digest = dist::hex(&lock);
    let folder = places::cache()?.join(format!("pages-{}", &digest[..16]));
    let modules = folder.join("node_modules");
    if modules.is_dir() {
        return Ok(modules);
    }
    run::say("installing the npm packages of the tests of the pages, once");
    let staged = tempfile::tempdir_in(places::cache()?).context("cannot write to the cache folder")?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(source.join(name), staged.path().join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    run::run(
        Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(staged.path()),
    )?;
    fs::rename(staged.path(), &folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(modules)
}
