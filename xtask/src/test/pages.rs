//! The step `pages`: the pages as a person sees them, in a real Chromium.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Ended;
use crate::{get, places, run};

pub(super) fn pages() -> Result<Ended> {
    let bench = get::pages::ready()?;
    let root = places::root();
    let dir = root.join("api/tests/pages");
    let mut files: Vec<PathBuf> = fs::read_dir(&dir)
        .with_context(|| format!("cannot read {}", dir.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    if files.is_empty() {
        bail!("api/tests/pages holds no *.test.mjs");
    }
    let mut command = Command::new("node");
    // A file that hangs must not cost the others their time.
    let limit = format!("--test-timeout={}", run::TESTS.as_millis() * 2 / 3);
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=2", &limit]).args(&files).current_dir(&root);
    bench.give(&mut command);
    run::within(run::TESTS, &mut command)?;
    Ok(Ended::Passed)
}
