//! `cargo xtask tidy`: the rules of the house that a compiler does not know.

mod arrows;
mod clock;
mod leaks;
mod licences;
mod marks;
mod migrations;
mod modules;
mod places;
mod readme;
mod registries;
mod rust;
mod tested;
mod tree;
mod wasm;

use anyhow::{Result, bail};

use crate::{no_arguments, places as house, run, test::Ended};
use tree::{Finding, Tree};

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: [(&str, Check); 12] = [
    ("arrows inside the core", arrows::inside_the_core),
    ("clock", clock::check),
    ("HTML and SQL in their rooms", leaks::check),
    ("no unfinished marks", marks::check),
    ("migrations numbered", migrations::check),
    ("a sentence on every file", modules::sentence),
    ("no long files", modules::length),
    ("no places of one machine", places::check),
    ("README's first commands", readme::check),
    ("registries alphabetical", registries::check),
    ("a test for every plug-in", tested::check),
    ("the domain's tests run in WASM", wasm::check),
];

pub(crate) fn tidy(args: &[String]) -> Result<()> {
    no_arguments("tidy", args)?;
    let tree = Tree::of_clone(&house::root())?;
    let metadata = house::metadata(true)?;
    let deny = tree.text("deny.toml").unwrap_or_default();

    let mut all = 0;
    let mut report = |name: &str, findings: Vec<Finding>| {
        println!("{:<8} {name}", if findings.is_empty() { "ok" } else { "FAILED" });
        all += findings.len();
        for finding in findings {
            println!("  {finding}");
        }
    };
    for (name, check) in CHECKS {
        report(name, check(&tree));
    }
    report("arrows between crates", arrows::between_crates(&metadata));
    report("licences and sources", licences::check(&metadata, deny)?);
    match all {
        0 => Ok(()),
        1 => bail!("one rule is broken; the line above says where"),
        many => bail!("{many} rules are broken; the lines above say where"),
    }
}

/// The same as a step of `cargo xtask test`.
pub(crate) fn step() -> Result<Ended> {
    run::say("reading every file of the clone");
    tidy(&[])?;
    Ok(Ended::Passed)
}
