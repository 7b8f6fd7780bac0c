//! The built program, run as people run it: how soon it is ready, what a command takes, what a process holds.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::round;

pub(crate) fn caseyos() -> &'static str {
    env!("CARGO_BIN_EXE_caseyos")
}

/// A fresh process: how soon it is ready, and what it holds when idle.
pub(crate) fn process(folder: &Path) -> anyhow::Result<Value> {
    let begun = Instant::now();
    let mut command = Command::new(caseyos());
    command.env("CASEYOS_DATA_DIR", folder.join("idle")).env_remove("DATABASE_URL");
    let server = Served::start(&mut command)?;
    let ready = begun.elapsed();
    std::thread::sleep(Duration::from_secs(2));
    let resident = server.resident_mb();
    Ok(json!({
        "start_to_ready_ms": round(ready.as_secs_f64() * 1000.0),
        "idle_resident_mb": round(resident),
        "binary_mb": round(std::fs::metadata(caseyos())?.len() as f64 / 1e6),
    }))
}

/// Runs a command of the binary in a data folder of its own; answers its time and its peak resident memory in MB.
pub(crate) fn timed(folder: &Path, name: &str, arguments: &[&str]) -> anyhow::Result<(Duration, f64)> {
    let begun = Instant::now();
    let mut child = Command::new(caseyos())
        .args(arguments)
        .env("CASEYOS_DATA_DIR", folder.join(name))
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = 0.0_f64;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(status_mb(child.id(), "VmHWM:"));
        std::thread::sleep(Duration::from_millis(5));
    };
    anyhow::ensure!(status.success(), "caseyos {arguments:?} ended with {status}");
    Ok((begun.elapsed(), peak))
}

pub(crate) fn add_user(folder: &Path, name: &str) -> anyhow::Result<()> {
    let mut child = Command::new(caseyos())
        .args(["user", "add", "bench@casey.example", "--role", "admin", "--password-stdin"])
        .env("CASEYOS_DATA_DIR", folder.join(name))
        .env_remove("DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(stdin) = child.stdin.as_mut() {
        stdin.write_all(b"correct horse battery\n")?;
    }
    anyhow::ensure!(child.wait()?.success(), "caseyos user add failed");
    Ok(())
}

/// A line of the process's status, in MB; nothing where there is no such file.
fn status_mb(process: u32, name: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kb = line.and_then(|rest| rest.split_whitespace().next()).and_then(|kb| kb.parse::<f64>().ok());
    kb.unwrap_or_default() / 1024.0
}

/// A serving process; it is killed when this goes.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Served {
    /// Starts `caseyos serve` with the command's surroundings; answers when it accepts connections.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = command
            .args(["serve", "--addr", &address.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut served = Self { child, address };
        let begun = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            if let Some(status) = served.child.try_wait()? {
                anyhow::bail!("the server ended with {status}");
            }
            anyhow::ensure!(begun.elapsed() < Duration::from_secs(60), "the server did not start within 60 s");
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(served)
    }

    /// Resident memory.
    pub(crate) fn resident_mb(&self) -> f64 {
        status_mb(self.child.id(), "VmRSS:")
    }

    /// How many files and sockets it has open.
    pub(crate) fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }

    /// Ends it in the middle of what it does.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
