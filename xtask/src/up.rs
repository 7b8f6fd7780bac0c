//! `cargo xtask up`: from a fresh clone to a serving core.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{get, places, run};

pub(crate) fn up(args: &[String]) -> Result<()> {
    get::rust::check()?;
    get::cc::get()?;
    run::say("building the release binary (the first time takes some minutes)");
    run::run(&mut run::cargo(["build", "--release", "--bin", "caseyos"]))
        .context("the build failed; the compiler's message above says where")?;
    let binary = places::caseyos("release")?;
    run::say("serving; data is kept in ./data unless DATABASE_URL says otherwise; Ctrl-C stops");
    let mut serve = Command::new(&binary);
    serve.arg("serve").args(args).current_dir(places::root());
    println!("$ {}", run::shown(&serve));
    become_it(serve)
}

/// Becomes the server, so that Ctrl-C and every other signal reach it and its exit code is the answer.
#[cfg(unix)]
fn become_it(mut serve: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = serve.exec();
    bail!("`{}` did not start: {error}", run::shown(&serve))
}

#[cfg(not(unix))]
fn become_it(mut serve: Command) -> Result<()> {
    let status = serve.status().context("the server did not start")?;
    if !status.success() {
        bail!("the server ended with {status}");
    }
    Ok(())
}
