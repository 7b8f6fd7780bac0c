//! A real Chromium for the tests of the pages.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{apt, which};

/// The package that brings it on Debian.
pub(crate) const PACKAGES: [&str; 1] = ["chromium"];

/// The browser that `CASEYOS_CHROMIUM` names, or the system's.
pub(crate) fn find() -> Option<PathBuf> {
    if let Some(path) = env::var_os("CASEYOS_CHROMIUM").map(PathBuf::from) {
        return path.is_file().then_some(path);
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let bundles = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    names.into_iter().find_map(which).or_else(|| bundles.into_iter().map(PathBuf::from).find(|path| path.is_file()))
}

pub(crate) fn get() -> Result<PathBuf> {
    if let Some(path) = find() {
        return Ok(path);
    }
    apt::install(&PACKAGES, "Chromium")?;
    find().context("Chromium is installed but not on PATH: set CASEYOS_CHROMIUM to the browser's program")
}
