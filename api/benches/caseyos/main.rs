//! The figures that the core is held to, as JSON: `cargo xtask bench`. Rates are compared with yardsticks of the same run.

mod house;
mod load;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use house::House;
use load::{get, post};
use serde_json::{Value, json};

const CONNECTIONS: usize = 64;
const TODAY: &str = "/api/command-queue/today?limit=5";

fn main() -> anyhow::Result<()> {
    let full = std::env::args().any(|argument| argument == "--full");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let figures = runtime.block_on(measure(full))?;
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}

async fn measure(full: bool) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let house = House::build(folder.path()).await?;
    let mut figures = serde_json::Map::new();
    house.fill(10_000).await?;
    figures.insert("reads".to_owned(), reads(&house).await?);
    figures.insert("size".to_owned(), size(&house, if full { 1_000_000 } else { 100_000 }).await?);
    figures.insert("signals".to_owned(), signals(&house, folder.path()).await?);
    figures.insert("acts".to_owned(), acts(&house).await?);
    figures.insert("process".to_owned(), process(folder.path())?);
    figures.insert("imports".to_owned(), imports(folder.path(), full)?);
    if let Some(leads) = eval(folder.path())? {
        figures.insert("eval_leads".to_owned(), leads);
    }
    Ok(Value::Object(figures))
}

fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// Today's Moves against the two plain routes, in interleaved rounds.
async fn reads(house: &House) -> anyhow::Result<Value> {
    let lasts = Duration::from_millis(1500);
    let (mut hello, mut read, mut unchanged, mut changed) = (vec![], vec![], vec![], vec![]);
    let (mut p99, mut hello_p99) = (vec![], vec![]);
    for _ in 0..6 {
        let plain = run(house, "/bench/hello", lasts).await?;
        hello.push(plain.rate());
        hello_p99.push(plain.p99.as_secs_f64() * 1000.0);
        read.push(run(house, "/bench/read", lasts).await?.rate());
        let today = run(house, TODAY, lasts).await?;
        unchanged.push(today.rate());
        p99.push(today.p99.as_secs_f64() * 1000.0);
        house.always_changed.store(true, Ordering::Relaxed);
        changed.push(run(house, TODAY, lasts).await?.rate());
        house.always_changed.store(false, Ordering::Relaxed);
    }
    let (hello, read, unchanged, changed) = (median(hello), median(read), median(unchanged), median(changed));
    Ok(json!({
        "hello_per_s": hello.round(),
        "read_per_s": read.round(),
        "today_unchanged_per_s": unchanged.round(),
        "today_changed_per_s": changed.round(),
        "unchanged_to_hello": round(unchanged / hello),
        "changed_to_read": round(changed / read),
        "today_p99_ms": round(median(p99)),
        "hello_p99_ms": round(median(hello_p99)),
    }))
}

async fn run(house: &House, path: &str, lasts: Duration) -> anyhow::Result<load::Load> {
    let request = get(path, &house.key);
    let load = load::run(house.address, CONNECTIONS, lasts, move |_, _| Some(request.clone())).await?;
    anyhow::ensure!(load.refused == 0, "{path}: {} requests were refused", load.refused);
    Ok(load)
}

/// The same read with a small and a large table, uncached.
async fn size(house: &House, large: i64) -> anyhow::Result<Value> {
    let lasts = Duration::from_secs(2);
    house.always_changed.store(true, Ordering::Relaxed);
    let small = median(vec![
        run(house, TODAY, lasts).await?.rate(),
        run(house, TODAY, lasts).await?.rate(),
        run(house, TODAY, lasts).await?.rate(),
    ]);
    house.fill(large).await?;
    let big = median(vec![
        run(house, TODAY, lasts).await?.rate(),
        run(house, TODAY, lasts).await?.rate(),
        run(house, TODAY, lasts).await?.rate(),
    ]);
    house.always_changed.store(false, Ordering::Relaxed);
    Ok(json!({ "moves": large, "rate_to_that_with_10000": round(big / small) }))
}

/// Durable signals a second, against one transaction each.
async fn signals(house: &House, folder: &Path) -> anyhow::Result<Value> {
    let each = house::one_transaction_each(folder, 2_000).await?;
    let key = house.key.clone();
    let load = load::run(house.address, CONNECTIONS * 2, Duration::from_secs(4), move |connection, turn| {
        let body = format!(
            r#"{{"source":"api","kind":"demo_request","dedupe_key":"{connection}-{turn}","contact":{{"email":"p{connection}x{turn}@acme.example","name":"Pat {turn}"}},"payload":{{"note":"Please show us the product"}}}}"#
        );
        Some(post("/api/signals", &key, &body))
    })
    .await?;
    anyhow::ensure!(load.refused == 0, "{} signals were refused", load.refused);
    let begun = Instant::now();
    caseyos_api::jobs::run_everything_due(&house.app).await?;
    let worked = load.answered as f64 / begun.elapsed().as_secs_f64();
    Ok(json!({
        "durable_per_s": load.rate().round(),
        "one_transaction_each_per_s": each.round(),
        "to_one_transaction_each": round(load.rate() / each),
        "p99_ms": round(load.p99.as_secs_f64() * 1000.0),
        "moves_made_and_scored_per_s": worked.round(),
    }))
}

/// Accept, dismiss and snooze, each on moves of its own.
async fn acts(house: &House) -> anyhow::Result<Value> {
    let ids = std::sync::Arc::new(House::filled(90_000));
    let mut figures = serde_json::Map::new();
    let until = house.app.clock.now() + 7 * 24 * 3_600_000;
    for (round_of, (act, body)) in
        [("accept", "{}".to_owned()), ("dismiss", "{}".to_owned()), ("snooze", format!(r#"{{"until":"{until}"}}"#))]
            .into_iter()
            .enumerate()
    {
        let (key, ids) = (house.key.clone(), std::sync::Arc::clone(&ids));
        let load = load::run(house.address, CONNECTIONS * 2, Duration::from_secs(3), move |connection, turn| {
            let at = round_of * 30_000 + connection + usize::try_from(turn).ok()? * CONNECTIONS * 2;
            let id = ids.get(at).filter(|_| at < (round_of + 1) * 30_000)?;
            Some(post(&format!("/api/command-queue/{id}/{act}"), &key, &body))
        })
        .await?;
        anyhow::ensure!(load.refused == 0, "{act}: {} requests were refused", load.refused);
        figures.insert(format!("{act}_per_s"), json!(load.rate().round()));
    }
    Ok(Value::Object(figures))
}

fn caseyos() -> &'static str {
    env!("CARGO_BIN_EXE_caseyos")
}

/// A fresh process: how soon it is ready, and what it holds when idle.
fn process(folder: &Path) -> anyhow::Result<Value> {
    let data = folder.join("idle");
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let begun = Instant::now();
    let mut server = Command::new(caseyos())
        .args(["serve", "--addr", &format!("127.0.0.1:{port}")])
        .env("CASEYOS_DATA_DIR", &data)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(2));
    }
    let ready = begun.elapsed();
    std::thread::sleep(Duration::from_secs(2));
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    server.kill()?;
    server.wait()?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kb| kb.parse::<f64>().ok())
        .unwrap_or_default();
    Ok(json!({
        "start_to_ready_ms": round(ready.as_secs_f64() * 1000.0),
        "idle_resident_mb": round(resident / 1024.0),
        "binary_mb": round(std::fs::metadata(caseyos())?.len() as f64 / 1e6),
    }))
}

/// Runs a command of the binary in a data folder of its own; answers its time and its peak resident memory in MB.
fn timed(folder: &Path, name: &str, arguments: &[&str]) -> anyhow::Result<(Duration, f64)> {
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
        let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let high =
            text.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next());
        peak = peak.max(high.and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1024.0);
        std::thread::sleep(Duration::from_millis(5));
    };
    anyhow::ensure!(status.success(), "caseyos {arguments:?} ended with {status}");
    Ok((begun.elapsed(), peak))
}

fn add_user(folder: &Path, name: &str) -> anyhow::Result<()> {
    use std::io::Write;
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

/// Leads and mail of the project's own making.
fn imports(folder: &Path, full: bool) -> anyhow::Result<Value> {
    let rows = 100_000_u32;
    let leads = folder.join("leads.csv");
    let mut text = String::from("name,email,company,city,visits,last_activity\n");
    for row in 0..rows {
        text.push_str(&format!(
            "Lead {row},lead{row}@firm{}.example,Firm {},Lund,{},Form sent\n",
            row % 5000,
            row % 5000,
            row % 17
        ));
    }
    std::fs::write(&leads, text)?;
    add_user(folder, "leads")?;
    let path = leads.display().to_string();
    let (took, peak) = timed(folder, "leads", &["import", "leads", &path, "--json"])?;
    let mbox = folder.join("mail.mbox");
    let megabytes = if full { 2_000 } else { 200 };
    let size = write_mbox(&mbox, megabytes * 1_000_000)?;
    add_user(folder, "mail")?;
    let path = mbox.display().to_string();
    let (mail_took, mail_peak) =
        timed(folder, "mail", &["import", "mail", &path, "--me", "me@casey.example", "--json"])?;
    Ok(json!({
        "lead_rows_per_s": (f64::from(rows) / took.as_secs_f64()).round(),
        "lead_peak_mb": round(peak),
        "mail_mb_per_s": round(size as f64 / 1e6 / mail_took.as_secs_f64()),
        "mail_peak_mb": round(mail_peak),
        "mail_mb": size / 1_000_000,
    }))
}

/// A mailbox like one that was exported: short answers with quotes, some newsletters, now and then an attachment.
fn write_mbox(path: &Path, at_least: usize) -> anyhow::Result<usize> {
    use std::io::Write;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let quoted = "> Thank you for the call yesterday. I have put the figures together as promised.\r\n".repeat(30);
    let attachment = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg\r\n"
        .repeat(1_200);
    let (mut written, mut number) = (0_usize, 0_usize);
    while written < at_least {
        let head = format!(
            "From 1-{number}@xxx Mon Nov 02 10:00:00 +0000 2026\r\nX-GM-THRID: {}\r\nX-Gmail-Labels: Inbox,Important\r\nMessage-ID: <m{number}@firm.example>\r\n\
             Date: Mon, 2 Nov 2026 10:{:02}:00 +0000\r\nFrom: Pat Example <pat{}@firm{}.example>\r\nTo: me@casey.example\r\nSubject: Re: Annual plan {}\r\nMIME-Version: 1.0\r\n",
            number / 4,
            number % 60,
            number % 900,
            number % 300,
            number / 4
        );
        let body = if number % 10 == 9 {
            format!(
                "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere is the file.\r\n\r\nPat\r\n--b\r\n\
                 Content-Type: image/png; name=\"plan.png\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"plan.png\"\r\n\r\n{attachment}--b--\r\n\r\n"
            )
        } else {
            format!(
                "Content-Type: text/plain; charset=utf-8\r\n\r\nHi,\r\n\r\nDoes the annual plan include the API, and can you hold the price until Friday?\r\n\r\nThanks\r\nPat\r\n\r\n\
                 On Mon, 2 Nov 2026 at 09:00, Me <me@casey.example> wrote:\r\n{quoted}\r\n"
            )
        };
        file.write_all(head.as_bytes())?;
        file.write_all(body.as_bytes())?;
        written += head.len() + body.len();
        number += 1;
    }
    file.flush()?;
    Ok(written)
}

/// The learning model on labelled leads, where they are at hand.
fn eval(folder: &Path) -> anyhow::Result<Option<Value>> {
    let Some(fixtures) = std::env::var_os("CASEYOS_FIXTURES_DIR") else { return Ok(None) };
    let leads = Path::new(&fixtures).join("leads/leads.csv");
    let predictions = folder.join("predictions.csv");
    let begun = Instant::now();
    let output = Command::new(caseyos())
        .args(["eval", "leads"])
        .arg(&leads)
        .args(["--outcome-column", "converted", "--train", "2000", "--json", "--predictions"])
        .arg(&predictions)
        .output()?;
    anyhow::ensure!(output.status.success(), "eval leads: {}", String::from_utf8_lossy(&output.stderr));
    let mut figures: Value = serde_json::from_slice(&output.stdout)?;
    figures["seconds"] = json!(round(begun.elapsed().as_secs_f64()));
    Ok(Some(figures))
}
