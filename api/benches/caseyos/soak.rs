//! The long measures: many moves, a mailbox of gigabytes, kill -9 again and again, hours of mixed load, floods of odd inputs.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::house::{FILE, House, count, texts};
use super::load::{ask, body, get, post};
use super::programs::{Served, caseyos};
use super::{imports, parsers, progress, round};

/// What is asked for on the command line.
pub(crate) struct Options {
    minutes: f64,
    rounds: usize,
    megabytes: usize,
    inputs: u64,
}

impl Options {
    /// Reads `--minutes N --rounds N --megabytes N --inputs N`; 0 leaves a measure out.
    pub(crate) fn read(words: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { minutes: 10.0, rounds: 50, megabytes: 2_000, inputs: 1_000_000 };
        for pair in words.chunks(2) {
            let [name, number] = pair else { anyhow::bail!("{} needs a number", pair[0]) };
            match name.as_str() {
                "--minutes" => options.minutes = number.parse()?,
                "--rounds" => options.rounds = number.parse()?,
                "--megabytes" => options.megabytes = number.parse()?,
                "--inputs" => options.inputs = number.parse()?,
                other => anyhow::bail!("there is no {other}; there are --minutes, --rounds, --megabytes and --inputs"),
            }
        }
        Ok(options)
    }
}

/// All of them, in the order of how long they take.
pub(crate) async fn soak(options: &Options) -> anyhow::Result<Value> {
    let mut figures = serde_json::Map::new();
    {
        progress("Today's Moves with many moves");
        let folder = tempfile::tempdir()?;
        let house = House::build(folder.path()).await?;
        house.fill(10_000).await?;
        figures.insert("size".to_owned(), super::size(&house).await?);
    }
    if options.rounds > 0 {
        figures.insert("kills".to_owned(), kills(options.rounds).await?);
    }
    if options.megabytes > 0 {
        progress(&format!("a mailbox of {} MB", options.megabytes));
        let folder = tempfile::tempdir()?;
        figures.insert("import_mail".to_owned(), imports::mail(folder.path(), options.megabytes)?);
    }
    if options.inputs > 0 {
        figures.insert("parsers".to_owned(), parsers::parsers(options.inputs));
    }
    if options.minutes > 0.0 {
        figures.insert("mixed".to_owned(), mixed(Duration::from_secs_f64(options.minutes * 60.0)).await?);
    }
    Ok(Value::Object(figures))
}

fn serve(folder: &Path) -> anyhow::Result<Served> {
    Served::start(Command::new(caseyos()).env("CASEYOS_DATA_DIR", folder).env_remove("DATABASE_URL"))
}

/// A workspace with a key, closed again: what serves it is a process of its own.
async fn founded(folder: &Path) -> anyhow::Result<String> {
    let (app, _, key) = House::found(folder).await?;
    app.db.close().await;
    Ok(key)
}

fn signal(key: &str, name: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"source":"api","kind":"demo_request","dedupe_key":"{name}","contact":{{"email":"p@{name}.example","name":"Pat"}},"payload":{{"note":"Please show us the product"}}}}"#
    );
    post("/api/signals", key, &body)
}

/// Kills the server in bursts of signals; what was acknowledged must be there, once.
async fn kills(rounds: usize) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let key = founded(folder.path()).await?;
    let acknowledged: Arc<Mutex<HashSet<String>>> = Arc::default();
    let mut recoveries = Vec::new();
    for number in 0..rounds {
        if number % 10 == 0 {
            progress(&format!("kill -9, round {} of {rounds}", number + 1));
        }
        let begun = Instant::now();
        let server = serve(folder.path())?;
        let mut stream = TcpStream::connect(server.address).await?;
        let first = format!("r{number}-first");
        anyhow::ensure!(
            ask(&mut stream, &mut Vec::new(), &signal(&key, &first)).await? == 202,
            "the first signal was refused"
        );
        recoveries.push(begun.elapsed().as_secs_f64() * 1000.0);
        lock(&acknowledged).insert(first);
        let senders: Vec<_> = (0..16)
            .map(|sender| {
                tokio::spawn(burst(
                    server.address,
                    key.clone(),
                    format!("r{number}-{sender}"),
                    Arc::clone(&acknowledged),
                ))
            })
            .collect();
        // Somewhere in the burst, each round elsewhere.
        tokio::time::sleep(Duration::from_millis(100 + 37 * (number as u64 % 29))).await;
        server.kill()?;
        for sender in senders {
            sender.await?;
        }
    }
    let file = folder.path().join(FILE);
    let stored: HashSet<String> = texts(&file, "select dedupe_key from signal").await?.into_iter().collect();
    let rows = count(&file, "select count(*) from signal").await?;
    let gaps = count(&file, "select coalesce(max(seq), 0) - count(*) from event").await?;
    let whole = count(&file, "select count(*) from pragma_integrity_check where integrity_check = 'ok'").await?;
    let acknowledged = lock(&acknowledged);
    recoveries.sort_by(f64::total_cmp);
    Ok(json!({
        "rounds": rounds,
        "acknowledged": acknowledged.len(),
        "lost": acknowledged.iter().filter(|name| !stored.contains(*name)).count(),
        "doubled": rows - i64::try_from(stored.len())?,
        "gaps_in_events": gaps,
        "file_is_whole": whole == 1,
        "start_to_first_signal_ms": { "median": round(recoveries[recoveries.len() / 2]), "worst": round(recoveries[recoveries.len() - 1]) },
    }))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Sends signals until the server is gone.
async fn burst(address: SocketAddr, key: String, name: String, acknowledged: Arc<Mutex<HashSet<String>>>) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let mut buffer = Vec::new();
    for number in 0.. {
        let name = format!("{name}-{number}");
        match ask(&mut stream, &mut buffer, &signal(&key, &name)).await {
            Ok(202) => lock(&acknowledged).insert(name),
            Ok(_) => true,
            Err(_) => return,
        };
    }
}

/// What the callers of the mixed load counted.
#[derive(Default)]
struct Tally {
    signals: AtomicU64,
    reads: AtomicU64,
    acts: AtomicU64,
    failed: AtomicU64,
    turn: AtomicUsize,
}

/// A server under an ordinary mix for so long: signals come in, people look and act. What grows is given as a slope.
async fn mixed(lasts: Duration) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let key = founded(folder.path()).await?;
    let server = serve(folder.path())?;
    let (tally, until) = (Arc::new(Tally::default()), Instant::now() + lasts);
    let callers: Vec<_> = (0..12)
        .map(|number| tokio::spawn(call(server.address, key.clone(), number, until, Arc::clone(&tally))))
        .collect();
    let log = folder.path().join(format!("{FILE}-wal"));
    let (begun, every) = (Instant::now(), (lasts / 120).max(Duration::from_millis(500)));
    let (mut resident, mut files, mut wal) = (Vec::new(), Vec::new(), Vec::new());
    let mut said = Instant::now();
    while Instant::now() < until {
        tokio::time::sleep(every).await;
        if Instant::now() >= until {
            break;
        }
        let hours = begun.elapsed().as_secs_f64() / 3600.0;
        resident.push((hours, server.resident_mb()));
        files.push((hours, server.open_files() as f64));
        wal.push((hours, std::fs::metadata(&log).map_or(0.0, |log| log.len() as f64 / 1e6)));
        if said.elapsed() > Duration::from_secs(30) {
            said = Instant::now();
            let (_, mb) = resident[resident.len() - 1];
            progress(&format!(
                "mixed load, {:.0} of {:.0} s: {mb:.0} MB resident",
                begun.elapsed().as_secs_f64(),
                lasts.as_secs_f64()
            ));
        }
    }
    for caller in callers {
        caller.await??;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let number = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    Ok(json!({
        "seconds": round(seconds),
        "signals": number(&tally.signals), "reads": number(&tally.reads), "acts": number(&tally.acts), "failed": number(&tally.failed),
        "requests_per_s": round((number(&tally.signals) + number(&tally.reads) + number(&tally.acts)) as f64 / seconds),
        "resident_mb": course(&resident), "open_files": course(&files), "wal_mb": course(&wal),
    }))
}

/// First, last and greatest, and the slope per hour of the second half: the first is warming up.
fn course(samples: &[(f64, f64)]) -> Value {
    let values = || samples.iter().map(|sample| sample.1);
    json!({
        "first": values().next().map(round),
        "last": values().next_back().map(round),
        "greatest": values().reduce(f64::max).map(round),
        "slope_per_hour": round(slope(&samples[samples.len() / 2..])),
    })
}

/// By least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len().max(1) as f64;
    let (x, y) = (samples.iter().map(|s| s.0).sum::<f64>() / count, samples.iter().map(|s| s.1).sum::<f64>() / count);
    let above: f64 = samples.iter().map(|s| (s.0 - x) * (s.1 - y)).sum();
    let below: f64 = samples.iter().map(|s| (s.0 - x).powi(2)).sum();
    if below == 0.0 { 0.0 } else { above / below }
}

/// One caller: a third of them send signals, the others look at Today's Moves and take, put off or dismiss what stands there.
async fn call(
    address: SocketAddr,
    key: String,
    number: usize,
    until: Instant,
    tally: Arc<Tally>,
) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    let good = |status: u16, counter: &AtomicU64| {
        // Two who act on one move at once: the second is told so, and that is right.
        let counter = if status < 300 || status == 409 { counter } else { &tally.failed };
        counter.fetch_add(1, Ordering::Relaxed);
    };
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(15)).await;
        let turn = tally.turn.fetch_add(1, Ordering::Relaxed);
        if number.is_multiple_of(3) {
            // Now and then somebody known comes back.
            let name = format!("m{}", if turn.is_multiple_of(5) { turn / 2 } else { turn });
            good(ask(&mut stream, &mut buffer, &signal(&key, &name)).await?, &tally.signals);
            continue;
        }
        good(ask(&mut stream, &mut buffer, &get("/api/command-queue/today?limit=20", &key)).await?, &tally.reads);
        if !turn.is_multiple_of(4) {
            continue;
        }
        let today: Value = serde_json::from_slice(body(&buffer)).unwrap_or_default();
        let items = today["items"].as_array().map_or(&[][..], Vec::as_slice);
        let Some(id) = items.get(turn % items.len().max(1)).and_then(|item| item["id"].as_str()) else { continue };
        let act = ["accept", "dismiss", "complete"][turn % 3];
        let request = post(&format!("/api/command-queue/{id}/{act}"), &key, "{}");
        good(ask(&mut stream, &mut buffer, &request).await?, &tally.acts);
    }
    Ok(())
}
