//! `cargo xtask test`: every test in order, each with a closing line, and one for all.

mod code;
mod native;
mod pages;
mod postgres;
mod wasm;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{run, tidy};

/// How a step that did not fail ended.
pub(crate) enum Ended {
    Passed,
    /// Not run, and why that is no failure.
    Skipped(String),
}

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<Ended>,
}

const STEPS: [Step; 9] = [
    Step { name: "fmt", what: "the formatting", run: code::fmt },
    Step { name: "clippy", what: "the lints", run: code::clippy },
    Step { name: "tidy", what: "the rules of the house", run: tidy::step },
    Step { name: "doc", what: "the documentation builds", run: code::doc },
    Step { name: "deny", what: "licences and sources, by cargo-deny", run: code::deny },
    Step { name: "native", what: "all crates, on SQLite", run: native::native },
    Step { name: "wasm", what: "the domain in WebAssembly, in Node", run: wasm::wasm },
    Step { name: "postgres", what: "the core on a real PostgreSQL", run: postgres::postgres },
    Step { name: "pages", what: "the pages in a real Chromium", run: pages::pages },
];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    steps: Vec<String>,
    fail_fast: bool,
    list: bool,
}

struct Line {
    name: &'static str,
    took: Duration,
    ended: Result<Ended>,
}

pub(crate) fn test(args: &[String]) -> Result<()> {
    let wanted = wanted(args)?;
    if wanted.list {
        for step in &STEPS {
            println!("{:<9} {}", step.name, step.what);
        }
        return Ok(());
    }
    let mut lines = Vec::new();
    for step in &STEPS {
        if !wanted.steps.is_empty() && !wanted.steps.iter().any(|name| name == step.name) {
            continue;
        }
        println!();
        run::say(&format!("== {}: {}", step.name, step.what));
        let start = Instant::now();
        let ended = (step.run)();
        let failed = ended.is_err();
        let line = Line { name: step.name, took: start.elapsed(), ended };
        println!("{}", closing(&line));
        lines.push(line);
        if failed && wanted.fail_fast {
            break;
        }
    }
    summary(&lines)
}

fn wanted(args: &[String]) -> Result<Wanted> {
    let mut wanted = Wanted { steps: Vec::new(), fail_fast: false, list: false };
    for arg in args {
        match arg.as_str() {
            "--fail-fast" => wanted.fail_fast = true,
            "--list" => wanted.list = true,
            name if STEPS.iter().any(|step| step.name == name) => wanted.steps.push(name.to_owned()),
            other => bail!("there is no step `{other}`; `cargo xtask test --list` names them"),
        }
    }
    Ok(wanted)
}

fn closing(line: &Line) -> String {
    let (word, why) = match &line.ended {
        Ok(Ended::Passed) => ("ok", String::new()),
        Ok(Ended::Skipped(why)) => ("skipped", why.clone()),
        Err(error) => ("FAILED", format!("{error:#}")),
    };
    format!("{word:<8} {:<9} {:>7.1} s  {why}", line.name, line.took.as_secs_f64()).trim_end().to_owned()
}

fn summary(lines: &[Line]) -> Result<()> {
    println!();
    run::say("== summary");
    for line in lines {
        println!("{}", closing(line));
    }
    for name in ["CASEYOS_FIXTURES_DIR", "CASEYOS_SPECS_DIR"] {
        if std::env::var_os(name).is_none() {
            println!("NOT TESTED: {name} is not set, so every test that reads from it was skipped.");
        }
    }
    let failed: Vec<&str> = lines.iter().filter(|line| line.ended.is_err()).map(|line| line.name).collect();
    let skipped = lines.iter().filter(|line| matches!(line.ended, Ok(Ended::Skipped(_)))).count();
    let passed = lines.len() - failed.len() - skipped;
    let seconds: f64 = lines.iter().map(|line| line.took.as_secs_f64()).sum();
    println!("xtask test: {passed} passed, {} failed, {skipped} skipped; {seconds:.0} s", failed.len());
    if !failed.is_empty() {
        let names = failed.join(" ");
        bail!("failed: {names}. Again with `cargo xtask test {names}`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &str) -> Vec<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    fn line(name: &'static str, ended: Result<Ended>) -> Line {
        Line { name, took: Duration::from_millis(1_500), ended }
    }

    #[test]
    fn steps_are_named_and_a_wrong_name_is_refused() {
        let got = wanted(&args("fmt --fail-fast wasm")).unwrap();
        assert_eq!(got, Wanted { steps: args("fmt wasm"), fail_fast: true, list: false });
        let error = wanted(&args("formatting")).unwrap_err().to_string();
        assert!(error.contains("--list"), "{error}");
    }

    #[test]
    fn a_closing_line_says_how_long_and_why() {
        assert_eq!(closing(&line("fmt", Ok(Ended::Passed))), "ok       fmt           1.5 s");
        let failed = closing(&line("wasm", Err(anyhow::anyhow!("inner").context("outer"))));
        assert_eq!(failed, "FAILED   wasm          1.5 s  outer: inner");
    }

    #[test]
    fn one_failure_fails_the_whole_and_a_skip_does_not() {
        let skipped = || line("deny", Ok(Ended::Skipped("no cargo-deny".into())));
        assert!(summary(&[line("fmt", Ok(Ended::Passed)), skipped()]).is_ok());
        let error = summary(&[skipped(), line("fmt", Err(anyhow::anyhow!("no")))]).unwrap_err();
        assert_eq!(error.to_string(), "failed: fmt. Again with `cargo xtask test fmt`");
    }
}
