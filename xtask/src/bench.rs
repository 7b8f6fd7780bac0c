//! `cargo xtask bench` and `cargo xtask soak`: the measured figures.

use anyhow::{Result, bail};

use crate::{places, run};

pub(crate) fn bench(args: &[String]) -> Result<()> {
    measure("bench", args)
}

pub(crate) fn soak(args: &[String]) -> Result<()> {
    measure("soak", args)
}

fn measure(what: &str, args: &[String]) -> Result<()> {
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
    let bench = ["bench", "--package", "caseyos-api", "--bench", "caseyos"];
    run::run(run::cargo(bench).arg("--no-run"))?;
    run::within(run::MEASURES, run::cargo(bench).args(["--", what]).args(args))
}
