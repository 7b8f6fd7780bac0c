//! The built program in processes of its own: a server that is called over HTTP, told to stop and killed, and single commands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Answer, Database};

/// How long a condition may take to come true before the test gives up.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until the condition holds, for as long as it takes on a slow machine.
#[track_caller]
pub fn eventually<'a>(what: &'a str, mut holds: impl AsyncFnMut() -> bool + 'a) -> impl Future<Output = ()> + 'a {
    let place = std::panic::Location::caller();
    async move {
        let begun = Instant::now();
        while !holds().await {
            assert!(begun.elapsed() < PATIENCE, "{place}: after {} s still not: {what}", PATIENCE.as_secs());
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The program with its database and its data folder, and nothing else of this process's surroundings.
pub fn caseyos(url: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_caseyos"));
    for name in [
        "CASEYOS_SECRET_KEY",
        "CASEYOS_SECRET_KEY_FILE",
        "CASEYOS_PUBLIC_URL",
        "CASEYOS_LOG",
        "RUST_LOG",
        "RUST_BACKTRACE",
    ] {
        command.env_remove(name);
    }
    command.env("DATABASE_URL", url).env("CASEYOS_DATA_DIR", folder).current_dir(folder);
    command
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// The standard output of a command that must have succeeded.
    #[track_caller]
    pub fn good(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        &self.out
    }

    /// The one line with which a command must have failed.
    #[track_caller]
    pub fn complaint(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        assert!(self.err.starts_with("caseyos: ") && !self.err.contains("panicked"), "{self:?}");
        self.err.trim_end()
    }
}

/// Runs a command to its end with this standard input.
pub async fn run(command: &mut Command, input: &str) -> Ended {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("caseyos starts");
    // A command that ends before it reads has closed the pipe.
    let _closed = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (out, err) = (gather(child.stdout.take().unwrap()), gather(child.stderr.take().unwrap()));
    let status = ended(&mut child).await;
    Ended { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
}

fn gather(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _until_then = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

async fn ended(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > PATIENCE {
            let _gone = child.kill();
            panic!("a process of caseyos did not end in {} s", PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A process that serves; it is killed when the test is done with it.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    said: Arc<Mutex<String>>,
}

impl Server {
    /// `caseyos serve` on this database; resolves when it listens.
    pub async fn start(database: &Database) -> Self {
        Self::spawn(caseyos(&database.url, database.folder.path()).args(["serve", "--addr", "127.0.0.1:0"])).await
    }

    /// Any command that serves.
    pub async fn spawn(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("caseyos starts");
        let said = Arc::new(Mutex::new(String::new()));
        listen(child.stdout.take().unwrap(), &said);
        listen(child.stderr.take().unwrap(), &said);
        // Killed with the test from here on, whatever happens.
        let mut server = Self { child, address: SocketAddr::from(([0, 0, 0, 0], 0)), said };
        let begun = Instant::now();
        loop {
            let said = server.said();
            let at = said.lines().find_map(|line| line.strip_prefix("CaseyOS listens on http://"));
            if let Some(address) = at {
                server.address = address.trim().parse().unwrap();
                return server;
            }
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "no server ({ended:?}): {said}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The number of the process.
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// What it printed so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Ends it in the middle of what it does (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop (SIGTERM), without waiting.
    pub fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.process()]).status().unwrap();
        assert!(told.success(), "SIGTERM was not sent");
    }

    /// Waits for its end, which must be a good one.
    pub async fn ends_well(mut self) {
        let status = ended(&mut self.child).await;
        assert!(status.success(), "{status}: {}", self.said());
        assert!(!self.said().contains("panicked"), "{}", self.said());
    }

    /// A connection that is kept open.
    pub async fn line(&self, authorization: &str) -> std::io::Result<Line> {
        Line::open(self.address, authorization).await
    }

    /// One request over a connection of its own, which must be answered.
    pub async fn get(&self, authorization: &str, path: &str) -> Answer {
        self.line(authorization).await.unwrap().send("GET", path, None).await.unwrap()
    }

    /// The same with a body.
    pub async fn post(&self, authorization: &str, path: &str, body: &Value) -> Answer {
        self.line(authorization).await.unwrap().send("POST", path, Some(body)).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn listen(pipe: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}

/// A kept-alive connection to a server, on which one request follows the other.
pub struct Line {
    stream: TcpStream,
    headers: String,
}

impl Line {
    /// Connects.
    pub async fn open(address: SocketAddr, authorization: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut line = Self { stream, headers: String::new() };
        if !authorization.is_empty() {
            line.header("authorization", authorization);
        }
        Ok(line)
    }

    /// Sends one more header with every request.
    pub fn header(&mut self, name: &str, value: &str) -> &mut Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Sends a request and reads the answer; an error when the server went away before the answer was whole.
    pub async fn send(&mut self, method: &str, path: &str, body: Option<&Value>) -> std::io::Result<Answer> {
        let text = body.map(Value::to_string).unwrap_or_default();
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{}", self.headers);
        if body.is_some() {
            request.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", text.len()));
        }
        self.stream.write_all(format!("{request}\r\n{text}").as_bytes()).await?;
        let mut bytes = Vec::new();
        loop {
            if let Some(answer) = whole(&format!("{method} {path}"), &bytes) {
                return Ok(answer);
            }
            if tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut bytes)).await?? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The answer, when all of it is there.
fn whole(asked: &str, bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let code = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse::<u16>().ok());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value.trim()).unwrap());
    }
    let length =
        headers.get("content-length").and_then(|length| length.to_str().ok()).and_then(|text| text.parse().ok());
    let body = bytes[end + 4..].get(..length.unwrap_or(0))?;
    let code = StatusCode::from_u16(code.unwrap_or(0)).expect("a status");
    Some(Answer { asked: asked.to_owned(), code, headers, body: Bytes::copy_from_slice(body) })
}
