//! Running other programs: each is shown before it starts, and a failure names it.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::places;

/// Says what is being done.
pub(crate) fn say(line: &str) {
    println!("xtask: {line}");
}

/// A cargo command in the workspace's root, run by the cargo that runs this program.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(places::cargo());
    command.args(args).current_dir(places::root());
    forget_this_crate(&mut command);
    command
}

/// Takes away what `cargo run` told this program about its own crate: build scripts that watch those variables
/// (ring's does) would be run again, and all that stands on them rebuilt, at each change between cargo and xtask.
pub(crate) fn forget_this_crate(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_about_this_crate) {
            command.env_remove(name);
        }
    }
}

fn is_about_this_crate(name: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|start| name.starts_with(start))
        || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"].contains(&name)
}

/// The command as one would type it, without its environment.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let mut line = name.to_string_lossy().into_owned();
    for arg in command.get_args() {
        let arg = arg.to_string_lossy();
        line.push(' ');
        if arg.is_empty() || arg.contains(char::is_whitespace) {
            line.push_str(&format!("'{arg}'"));
        } else {
            line.push_str(&arg);
        }
    }
    line
}

/// Shows the command and runs it with this program's output and no input.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("`{line}` did not start"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs the command silently; its standard output, or what it said on failure.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("`{line}` did not start"))?;
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr);
        bail!("`{line}` ended with {}: {}", out.status, said.trim());
    }
    String::from_utf8(out.stdout).with_context(|| format!("`{line}` did not print UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/somewhere/cargo");
        command.args(["test", "--", "two words", ""]);
        assert_eq!(shown(&command), "cargo test -- 'two words' ''");
    }

    #[test]
    fn another_cargo_is_not_told_about_this_crate() {
        let command = cargo(["version"]);
        let taken: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(taken.contains(&"CARGO_PKG_NAME".as_ref()), "{taken:?}");
        assert!(!taken.contains(&"PATH".as_ref()), "{taken:?}");
        assert!(is_about_this_crate("CARGO_BIN_NAME") && !is_about_this_crate("CARGO_TARGET_DIR"));
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = run(&mut cargo(["no-such-verb"])).unwrap_err().to_string();
        assert!(error.contains("cargo no-such-verb"), "{error}");
    }
}
