//! A small load generator: many kept-alive connections, each sending its next request when the last was answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a load came to.
pub(crate) struct Load {
    /// Requests answered with a status below 300.
    pub(crate) answered: u64,
    /// Requests answered with anything else.
    pub(crate) refused: u64,
    /// How long it took.
    pub(crate) took: Duration,
    /// The 99th percentile of the latencies.
    pub(crate) p99: Duration,
}

impl Load {
    /// Requests a second.
    pub(crate) fn rate(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }
}

/// Sends requests over so many connections for so long; `next` makes the request of a connection's turn.
pub(crate) async fn run<F>(address: SocketAddr, connections: usize, lasts: Duration, next: F) -> anyhow::Result<Load>
where
    F: Fn(usize, u64) -> Option<Vec<u8>> + Clone + Send + 'static,
{
    let begun = Instant::now();
    let until = begun + lasts;
    let mut tasks = Vec::with_capacity(connections);
    for connection in 0..connections {
        let next = next.clone();
        tasks.push(tokio::spawn(async move { one(address, connection, until, next).await }));
    }
    let (mut answered, mut refused, mut latencies) = (0, 0, Vec::new());
    for task in tasks {
        let (good, bad, times) = task.await??;
        answered += good;
        refused += bad;
        latencies.extend(times);
    }
    let took = begun.elapsed();
    latencies.sort_unstable();
    let p99 = latencies.get(latencies.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Load { answered, refused, took, p99 })
}

async fn one<F: Fn(usize, u64) -> Option<Vec<u8>>>(
    address: SocketAddr,
    connection: usize,
    until: Instant,
    next: F,
) -> anyhow::Result<(u64, u64, Vec<Duration>)> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut good, mut bad, mut times) = (0, 0, Vec::with_capacity(4096));
    let mut buffer = Vec::with_capacity(16 * 1024);
    for turn in 0.. {
        let sent = Instant::now();
        if sent >= until {
            break;
        }
        let Some(request) = next(connection, turn) else { break };
        let status = ask(&mut stream, &mut buffer, &request).await?;
        times.push(sent.elapsed());
        if status < 300 {
            good += 1;
        } else {
            bad += 1;
        }
    }
    Ok((good, bad, times))
}

/// Sends a request and reads the answer, all of it, into the buffer; the status.
pub(crate) async fn ask(stream: &mut TcpStream, buffer: &mut Vec<u8>, request: &[u8]) -> anyhow::Result<u16> {
    stream.write_all(request).await?;
    read_answer(stream, buffer).await
}

/// The body of the answer in the buffer.
pub(crate) fn body(buffer: &[u8]) -> &[u8] {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n");
    head.map_or(&[][..], |at| &buffer[at + 4..])
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<u16> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            anyhow::bail!("the server closed the connection");
        }
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        // As little work as will do: what the load itself costs is taken from the server's share of the processors.
        let (status, length) = (number(&buffer[..head], b"HTTP/1.1 "), number(&buffer[..head], LENGTH));
        let status = u16::try_from(status).unwrap_or(0);
        while buffer.len() < head + 4 + length {
            if stream.read_buf(buffer).await? == 0 {
                anyhow::bail!("the server closed the connection");
            }
        }
        return Ok(status);
    }
}

/// The header that says how long the body is, as the server writes it.
const LENGTH: &[u8] = b"\r\ncontent-length: ";

/// The number that follows these words; 0 where they do not stand.
fn number(head: &[u8], words: &[u8]) -> usize {
    let Some(at) = head.windows(words.len()).position(|some| some == words) else { return 0 };
    let digits = head[at + words.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

/// A GET with a key.
pub(crate) fn get(path: &str, key: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\r\n").into_bytes()
}

/// A POST of JSON with a key.
pub(crate) fn post(path: &str, key: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
