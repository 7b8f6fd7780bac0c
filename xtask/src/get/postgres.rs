//! PostgreSQL's own programs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{apt, version, which};
use crate::run;

/// The package that brings them on Debian.
pub(crate) const PACKAGES: [&str; 1] = ["postgresql"];

/// The folder that holds `initdb` and `postgres`.
pub(crate) fn find() -> Option<PathBuf> {
    let mut dirs = Vec::new();
    if let Ok(dir) = run::output(Command::new("pg_config").arg("--bindir")) {
        dirs.push(PathBuf::from(dir.trim()));
    }
    let mut debian: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    debian.sort_by_key(|dir| version(&dir.to_string_lossy()));
    dirs.extend(debian.into_iter().rev().map(|dir| dir.join("bin")));
    dirs.extend(which("initdb").and_then(|path| path.parent().map(PathBuf::from)));
    dirs.into_iter().find(|dir| ["initdb", "postgres"].iter().all(|name| dir.join(name).is_file()))
}

pub(crate) fn get() -> Result<PathBuf> {
    if let Some(dir) = find() {
        return Ok(dir);
    }
    apt::install(&PACKAGES, "PostgreSQL")?;
    find().context("PostgreSQL is installed but its `initdb` and `postgres` are not found: put their folder on PATH")
}
