//! Running other programs: each is shown before it starts, and a failure names it.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::places;

/// How patient this program is with what it runs; a slow machine wants a larger number.
const PATIENCE: u64 = 1;
/// How long a build, an installation or a look at something may take before it is taken for hung.
pub(crate) const BUILD: Duration = Duration::from_secs(PATIENCE * 40 * 60);
/// How long a step's tests may run, once they are built.
pub(crate) const TESTS: Duration = Duration::from_secs(PATIENCE * 15 * 60);
/// How long measuring may take, which somebody asked for.
pub(crate) const MEASURES: Duration = Duration::from_secs(PATIENCE * 24 * 3_600);

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

/// Shows the command and runs it with this program's output and no input; it is ended when it takes longer than a build may.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    within(BUILD, command)
}

/// The same for a command that may take so long.
pub(crate) fn within(limit: Duration, command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let mut child = command.stdin(Stdio::null()).spawn().with_context(|| format!("`{line}` did not start"))?;
    let status = wait(&mut child, limit, &line)?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs the command silently; its standard output, or what it said on failure.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("`{line}` did not start"))?;
    let (out, err) = (gather(child.stdout.take()), gather(child.stderr.take()));
    let status = wait(&mut child, BUILD, &line)?;
    let read = |pipe: JoinHandle<Vec<u8>>| pipe.join().unwrap_or_default();
    let (out, err) = (read(out), read(err));
    if !status.success() {
        let said = String::from_utf8_lossy(&err);
        bail!("`{line}` ended with {status}: {}", said.trim());
    }
    String::from_utf8(out).with_context(|| format!("`{line}` did not print UTF-8"))
}

fn gather(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _until_then = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// Waits for the end of a command; ends it, and all that it started, when its time is up.
fn wait(child: &mut Child, limit: Duration, line: &str) -> Result<ExitStatus> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begun.elapsed() >= limit {
            end_with_descendants(child);
            bail!(
                "`{line}` did not end within {:.0} minutes and was stopped with everything it had started: it hangs, or this \
                 machine needs more time (PATIENCE in xtask/src/run.rs)",
                limit.as_secs_f64() / 60.0
            );
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}

/// Ends a child and its descendants, which a process group of its own would do too, were it not that Ctrl-C then stops at this
/// program and leaves them running.
fn end_with_descendants(child: &mut Child) {
    let table = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let table = table.map(|table| String::from_utf8_lossy(&table.stdout).into_owned()).unwrap_or_default();
    // The child first, so that it starts no other while its descendants end.
    let _gone = child.kill();
    for process in descendants(child.id(), &table) {
        let _gone = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
    }
    let _reaped = child.wait();
}

/// The processes below this one, by a table of processes and their parents.
fn descendants(root: u32, table: &str) -> Vec<u32> {
    let rows: Vec<(u32, u32)> = table
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().map(str::parse);
            Some((words.next()?.ok()?, words.next()?.ok()?))
        })
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(rows.iter().filter(|(process, above)| *above == parent && *process != parent).map(|row| row.0));
        at += 1;
    }
    found.remove(0);
    found
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

    #[test]
    fn descendants_are_found_whatever_the_order_of_the_table() {
        let table = "  1 0\n 40 30\n 20 10\n 30 20\n 50 1\n 10 1\nno row\n";
        assert_eq!(descendants(10, table), [20, 30, 40]);
        assert!(descendants(99, table).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn what_hangs_is_ended_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("grandchild");
        let script = format!("sleep 600 & echo $! > {0}.part; mv {0}.part {0}; wait", note.display());
        let mut child = Command::new("sh").args(["-c", &script]).spawn().unwrap();
        let grandchild = loop {
            if let Ok(text) = std::fs::read_to_string(&note) {
                break text.trim().to_owned();
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let error = wait(&mut child, Duration::ZERO, "sh").unwrap_err().to_string();
        assert!(error.contains("`sh` did not end within"), "{error}");
        // A process that has ended and is not yet reaped has no command line any more.
        let lives = || {
            output(Command::new("ps").args(["-o", "args=", "-p", &grandchild])).is_ok_and(|line| line.contains("600"))
        };
        let begun = Instant::now();
        while lives() {
            assert!(begun.elapsed() < Duration::from_secs(60), "process {grandchild} was left behind");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn what_a_command_prints_is_read_to_its_end() {
        let text = output(&mut cargo(["--list"])).unwrap();
        assert!(text.contains("build"), "{text}");
    }
}
