//! `cargo xtask shots`: a screenshot of every page into docs/screens.

use std::process::Command;

use anyhow::Result;

use crate::{get, no_arguments, places, run};

pub(crate) fn shots(args: &[String]) -> Result<()> {
    no_arguments("shots", args)?;
    let bench = get::pages::ready()?;
    let root = places::root();
    let mut command = Command::new("node");
    command.arg(root.join("api/tests/pages/shots.mjs")).arg(root.join("docs/screens")).current_dir(&root);
    bench.give(&mut command);
    run::within(run::TESTS, &mut command)
}
