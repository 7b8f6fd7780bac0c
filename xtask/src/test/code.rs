//! The steps that read the code without running it: formatting, lints, documentation, licences.

use std::env;
use std::process::Command;

use anyhow::{Context, Result};

use super::Ended;
use crate::get::which;
use crate::{places, run};

pub(super) fn fmt() -> Result<Ended> {
    run::run(&mut run::cargo(["fmt", "--all", "--check"])).context("`cargo fmt --all` mends it")?;
    Ok(Ended::Passed)
}

pub(super) fn clippy() -> Result<Ended> {
    run::run(&mut run::cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Ended::Passed)
}

pub(super) fn doc() -> Result<Ended> {
    run::run(run::cargo(["doc", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Ended::Passed)
}

pub(super) fn deny() -> Result<Ended> {
    let tools = places::cache()?.join("cargo-deny");
    let ours = tools.join("bin").join(format!("cargo-deny{}", env::consts::EXE_SUFFIX));
    let found = which("cargo-deny").or_else(|| ours.is_file().then(|| ours.clone()));
    let program = match found {
        Some(program) => program,
        None if env::var_os("CASEYOS_INSTALL_DENY").is_some() => {
            run::say("compiling cargo-deny, once (five to ten minutes)");
            run::run(
                Command::new(places::cargo())
                    .args(["install", "cargo-deny", "--locked", "--root"])
                    .arg(&tools)
                    .current_dir(places::cache()?),
            )?;
            ours
        }
        None => {
            return Ok(Ended::Skipped(
                "cargo-deny is not installed (`cargo install cargo-deny --locked`, or set CASEYOS_INSTALL_DENY=1); \
                 tidy checked the licences and sources against deny.toml"
                    .to_owned(),
            ));
        }
    };
    let mut check = Command::new(program);
    check.args(["check", "licenses", "bans", "sources"]).current_dir(places::root());
    run::run(&mut check)?;
    Ok(Ended::Passed)
}
