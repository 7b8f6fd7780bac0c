//! Debian's packages, where this program may install them.

use std::process::Command;

use anyhow::{Result, bail};

use super::which;
use crate::run;

/// Whether `apt-get install` would be let.
pub(crate) fn may() -> bool {
    which("apt-get").is_some() && is_root()
}

/// Whether this program runs as root.
pub(crate) fn is_root() -> bool {
    run::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The command that installs these packages by hand.
pub(crate) fn by_hand(packages: &[&str]) -> String {
    format!("apt-get install -y --no-install-recommends {}", packages.join(" "))
}

/// Installs packages, or says how to.
pub(crate) fn install(packages: &[&str], what: &str) -> Result<()> {
    if !may() {
        bail!(
            "{what} is missing. On Debian or Ubuntu: `sudo {}`; elsewhere use the package manager of your system",
            by_hand(packages)
        );
    }
    run::say(&format!("{what} is missing, installing {}", packages.join(" ")));
    if install_now(packages).is_ok() {
        return Ok(());
    }
    run::say("the package lists may be missing or old, fetching them");
    run::run(apt().args(["-qq", "update"]))?;
    install_now(packages)
}

fn install_now(packages: &[&str]) -> Result<()> {
    run::run(apt().args(["-qq", "install", "-y", "--no-install-recommends"]).args(packages))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
