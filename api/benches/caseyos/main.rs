//! The figures that the core is held to, as JSON: `cargo xtask bench`, and the long ones: `cargo xtask soak`. Rates are compared with
//! yardsticks of the same run.

mod house;
mod imports;
mod load;
mod parsers;
mod programs;
mod soak;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use house::House;
use load::{get, post};
use serde_json::{Value, json};

/// The allocator of the built program, for the yardsticks as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 64;
const TODAY: &str = "/api/command-queue/today?limit=5";

fn main() -> anyhow::Result<()> {
    // Cargo adds a word of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let figures = match words.split_first() {
        Some((first, rest)) if first == "soak" => {
            let options = soak::Options::read(rest)?;
            runtime.block_on(soak::soak(&options))?
        }
        None => runtime.block_on(measure())?,
        Some((first, [])) if first == "bench" => runtime.block_on(measure())?,
        Some(_) => anyhow::bail!("`bench` takes no arguments; the long measures are `cargo xtask soak`"),
    };
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}

async fn measure() -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let house = House::build(folder.path()).await?;
    let mut figures = serde_json::Map::new();
    house.fill(10_000).await?;
    progress("Today's Moves beside two plain routes");
    figures.insert("reads".to_owned(), reads(&house).await?);
    progress("the same with many more moves");
    figures.insert("size".to_owned(), size(&house).await?);
    progress("signals and acts");
    figures.insert("signals".to_owned(), signals(&house, folder.path()).await?);
    figures.insert("acts".to_owned(), acts(&house).await?);
    progress("the built program and its imports");
    figures.insert("process".to_owned(), programs::process(folder.path())?);
    figures.insert("import_leads".to_owned(), imports::leads(folder.path(), 100_000)?);
    figures.insert("import_mail".to_owned(), imports::mail(folder.path(), 200)?);
    if let Some(leads) = eval(folder.path())? {
        figures.insert("eval_leads".to_owned(), leads);
    }
    Ok(Value::Object(figures))
}

/// Says on standard error what is being measured: standard output is the figures alone.
fn progress(what: &str) {
    eprintln!("caseyos bench: {what}");
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
    let (p99, hello_p99) = (median(p99), median(hello_p99));
    Ok(json!({
        "hello_per_s": hello.round(),
        "read_per_s": read.round(),
        "today_unchanged_per_s": unchanged.round(),
        "today_changed_per_s": changed.round(),
        "unchanged_to_hello": round(unchanged / hello),
        "changed_to_read": round(changed / read),
        "today_p99_ms": round(p99),
        "hello_p99_ms": round(hello_p99),
        "today_p99_to_hello_p99": round(p99 / hello_p99),
    }))
}

async fn run(house: &House, path: &str, lasts: Duration) -> anyhow::Result<load::Load> {
    let request = get(path, &house.key);
    let load = load::run(house.address, CONNECTIONS, lasts, move |_, _| Some(request.clone())).await?;
    anyhow::ensure!(load.refused == 0, "{path}: {} requests were refused", load.refused);
    Ok(load)
}

/// The same read with a small and a large table, uncached.
async fn size(house: &House) -> anyhow::Result<Value> {
    let small = changed_rate(house).await?;
    // A million, unless this machine takes more than a minute to lay the table.
    let begun = Instant::now();
    let mut moves = 300_000;
    house.fill(moves).await?;
    if begun.elapsed() < Duration::from_secs(18) {
        moves = 1_000_000;
        house.fill(moves).await?;
    }
    let filled = begun.elapsed();
    let big = changed_rate(house).await?;
    Ok(json!({
        "moves": moves,
        "filled_in_s": round(filled.as_secs_f64()),
        "rate_to_that_with_10000": round(big / small),
    }))
}

async fn changed_rate(house: &House) -> anyhow::Result<f64> {
    house.always_changed.store(true, Ordering::Relaxed);
    let mut rates = Vec::new();
    for _ in 0..3 {
        rates.push(run(house, TODAY, Duration::from_secs(2)).await?.rate());
    }
    house.always_changed.store(false, Ordering::Relaxed);
    Ok(median(rates))
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

/// The learning model on labelled leads, where they are at hand.
fn eval(folder: &Path) -> anyhow::Result<Option<Value>> {
    let Some(fixtures) = std::env::var_os("CASEYOS_FIXTURES_DIR") else { return Ok(None) };
    let leads = Path::new(&fixtures).join("leads/leads.csv");
    let predictions = folder.join("predictions.csv");
    let begun = Instant::now();
    let output = Command::new(programs::caseyos())
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
