//! The developer's commands: `cargo xtask <verb>`.

mod bench;
mod dist;
mod doctor;
mod get;
mod places;
mod run;
mod shots;
mod test;
mod tidy;
mod up;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask <verb>

  up [ARGS]       builds the release binary and serves on 127.0.0.1:8000; ARGS go to `caseyos serve`
  test [STEP…]    every test, or the named steps; --fail-fast stops at the first failure, --list names the steps
  doctor          what is here, what is missing and how to get it; --json for programs
  tidy            the rules of the house that a compiler does not know
  bench [ARGS]    the measured figures as JSON; ARGS go to the benchmark
  soak [ARGS]     the long measures that do not fit a test run: --minutes N of mixed load, and more (see CONTRIBUTING.md)
  shots           a screenshot of every page into docs/screens
  dist            the release binary and its SHA-256 into dist
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match verb(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn verb(args: &[String]) -> Result<()> {
    let Some((verb, rest)) = args.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    match verb.as_str() {
        "bench" => bench::bench(rest),
        "dist" => dist::dist(rest),
        "doctor" => doctor::doctor(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        "shots" => shots::shots(rest),
        "soak" => bench::soak(rest),
        "test" => test::test(rest),
        "tidy" => tidy::tidy(rest),
        "up" => up::up(rest),
        other => bail!("there is no verb `{other}`; `cargo xtask help` lists them"),
    }
}

/// Refuses arguments where a verb takes none.
fn no_arguments(verb: &str, args: &[String]) -> Result<()> {
    match args.first() {
        Some(extra) => bail!("`cargo xtask {verb}` takes no argument `{extra}`"),
        None => Ok(()),
    }
}
