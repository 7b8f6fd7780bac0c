//! `cargo xtask bench` and `cargo xtask soak`: the measured figures.

use anyhow::{Result, bail};

use crate::{places, run};

pub(crate) fn bench(args: &[String]) -> Result<()> {
    measure(&["--json"], args)
}

pub(crate) fn soak(args: &[String]) -> Result<()> {
    measure(&["--soak"], args)
}

fn measure(first: &[&str], args: &[String]) -> Result<()> {
    let metadata = places::metadata(false)?;
    let has = metadata["packages"].as_array().into_iter().flatten().any(|package| {
        package["name"] == "caseyos-api"
            && package["targets"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|target| target["name"] == "caseyos" && target["kind"][0] == "bench")
    });
    if !has {
        bail!("there is nothing to measure with: api/Cargo.toml has no [[bench]] named `caseyos`");
    }
    run::run(run::cargo(["bench", "--package", "caseyos-api", "--bench", "caseyos", "--"]).args(first).args(args))
}
