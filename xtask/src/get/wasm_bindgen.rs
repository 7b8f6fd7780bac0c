//! `wasm-bindgen-test-runner`, in exactly the version that the lock file names.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::which;
use crate::{places, run};

const RUNNER: &str = "wasm-bindgen-test-runner";

/// The runner, when the right one is here.
pub(crate) fn find() -> Result<Option<PathBuf>> {
    let wanted = locked("wasm-bindgen", &lock_file()?)?;
    let ours = folder(&wanted)?.join("bin").join(format!("{RUNNER}{}", std::env::consts::EXE_SUFFIX));
    let candidates = [Some(ours), which(RUNNER)];
    Ok(candidates.into_iter().flatten().find(|path| is(path, &wanted)))
}

/// The runner; installs it once where it is missing.
pub(crate) fn get() -> Result<PathBuf> {
    if let Some(path) = find()? {
        return Ok(path);
    }
    let wanted = locked("wasm-bindgen", &lock_file()?)?;
    run::say(&format!("compiling {RUNNER} {wanted}, once (two to four minutes)"));
    let folder = folder(&wanted)?;
    let build = tempfile::tempdir_in(places::cache()?).context("cannot write to the cache folder")?;
    // Unoptimised: it compiles in half the time and is run a few times on small files.
    let mut install = Command::new(places::cargo());
    install
        .args(["install", "--debug", "--force", "wasm-bindgen-cli", "--bin", RUNNER, "--version", &wanted])
        .arg("--root")
        .arg(&folder)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_TARGET_DIR", build.path())
        .current_dir(places::cache()?);
    run::run(&mut install)
        .with_context(|| format!("get it by hand: `cargo install wasm-bindgen-cli --version {wanted}`"))?;
    find()?.with_context(|| format!("{RUNNER} {wanted} was installed into {} but does not run", folder.display()))
}

fn folder(wanted: &str) -> Result<PathBuf> {
    Ok(places::cache()?.join(format!("wasm-bindgen-{wanted}")))
}

fn is(path: &PathBuf, wanted: &str) -> bool {
    run::output(Command::new(path).arg("--version"))
        .is_ok_and(|text| text.split_whitespace().any(|word| word == wanted))
}

fn lock_file() -> Result<String> {
    fs::read_to_string(places::root().join("Cargo.lock")).context("cannot read Cargo.lock: `cargo generate-lockfile`")
}

/// The version of a package in the text of a lock file.
fn locked(name: &str, lock: &str) -> Result<String> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted).skip(1);
    let version = lines.next().and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(version.with_context(|| format!("Cargo.lock names no version of {name}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_says_which_version() {
        let lock =
            "[[package]]\nname = \"a-b\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"a\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked("a", lock).unwrap(), "0.2.130");
        assert!(locked("c", lock).is_err());
    }
}
