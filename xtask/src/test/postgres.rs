//! The step `postgres`: the core's tests on a PostgreSQL that is started for them and stopped whatever happens.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::Ended;
use crate::get;
use crate::run;

/// How long it may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many connections the server takes.
const CONNECTIONS: usize = 200;
/// What a test may hold: most have one process's pool, a few have the pools of several.
const CONNECTIONS_OF_A_TEST: usize = 45;

/// How many tests may run at once: what the server's connections suffice for, however many cores there are.
fn threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cores.min(CONNECTIONS / CONNECTIONS_OF_A_TEST)
}

pub(super) fn postgres() -> Result<Ended> {
    let bin = get::postgres::get()?;
    run::run(&mut run::cargo(["test", "--package", "caseyos-api", "--test", "it", "--no-run"]))?;
    let server = Server::start(&bin)?;
    run::say(&format!("PostgreSQL serves at {}", server.url));
    let threads = format!("--test-threads={}", threads());
    run::within(
        run::TESTS,
        run::cargo(["test", "--package", "caseyos-api", "--test", "it", "--no-fail-fast", "--", &threads])
            .env("CASEYOS_TEST_POSTGRES_URL", &server.url),
    )?;
    Ok(Ended::Passed)
}

struct Server {
    child: Child,
    url: String,
    // Removed after the server has stopped: fields are dropped in order, after `drop`.
    _folder: TempDir,
}

impl Server {
    fn start(bin: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("caseyos-pg").tempdir()?;
        let owner = owner()?;
        if let Some(owner) = owner {
            owner.give(folder.path())?;
        }
        let data = folder.path().join("data");
        let log = folder.path().join("log");
        let program = |name: &str| {
            let mut command = Command::new(bin.join(name));
            command.current_dir(folder.path());
            if let Some(owner) = owner {
                owner.run_as(&mut command);
            }
            command
        };
        run::output(
            program("initdb")
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
                .arg(&data),
        )?;
        let port = free_port()?;
        let lines = fs::File::create(&log)?;
        let mut command = program("postgres");
        command.arg("-D").arg(&data).arg("-k").arg(folder.path());
        // Nothing here outlives the tests, so nothing waits for the disk.
        for setting in [
            "listen_addresses=127.0.0.1",
            &format!("port={port}"),
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            &format!("max_connections={CONNECTIONS}"),
        ] {
            command.args(["-c", setting]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(lines).spawn()?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut server = Self { child, url, _folder: folder };
        server.wait_until_ready(&log)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, log: &PathBuf) -> Result<()> {
        let start = Instant::now();
        loop {
            let text = fs::read_to_string(log).unwrap_or_default();
            if text.contains("database system is ready to accept connections") {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("PostgreSQL ended with {status}: {}", text.trim());
            }
            if start.elapsed() > PATIENCE {
                bail!("PostgreSQL did not start in {} s: {}", PATIENCE.as_secs(), text.trim());
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Asks it to end at once (SIGINT), and ends it when it does not.
    fn stop(&mut self) -> Result<()> {
        let asked = run::output(Command::new("kill").arg("-INT").arg(self.child.id().to_string()));
        let start = Instant::now();
        while asked.is_ok() && start.elapsed() < PATIENCE {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("xtask: PostgreSQL (process {}) was not stopped: {error}", self.child.id());
        }
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The user that PostgreSQL runs as when this program is root, which PostgreSQL refuses to be.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

fn owner() -> Result<Option<Owner>> {
    if !get::apt::is_root() {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let owner = ["postgres", "nobody"].into_iter().find_map(|name| in_passwd(&passwd, name));
    Ok(Some(owner.context("PostgreSQL refuses root and there is no user `postgres` or `nobody`: run as another user")?))
}

fn in_passwd(passwd: &str, name: &str) -> Option<Owner> {
    let mut fields = passwd
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
    let user = fields.nth(1)?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    Some(Owner { user, group })
}

#[cfg(unix)]
impl Owner {
    fn give(self, path: &Path) -> Result<()> {
        std::os::unix::fs::chown(path, Some(self.user), Some(self.group))
            .with_context(|| format!("cannot give {} to PostgreSQL's user", path.display()))
    }

    fn run_as(self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        command.uid(self.user).gid(self.group);
    }
}

#[cfg(not(unix))]
impl Owner {
    fn give(self, _path: &Path) -> Result<()> {
        bail!("changing the owner {}:{} is a matter of Unix", self.user, self.group)
    }

    fn run_as(self, _command: &mut Command) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\npostgresql:x:9:9::/:\npostgres:x:105:110:,,,:/var:/bin/bash\n";
        let owner = in_passwd(passwd, "postgres").unwrap();
        assert_eq!((owner.user, owner.group), (105, 110));
        assert!(in_passwd(passwd, "nobody").is_none());
    }
}
