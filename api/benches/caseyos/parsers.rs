//! Generated inputs for the parsers of foreign bytes: how many panic, how many are slow, and which seed makes the slowest again.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use caseyos_api::signals::csv_rows::CsvRows;
use caseyos_api::signals::mail;
use caseyos_shared::capture::reply;
use serde_json::{Value, json};

use super::{progress, round};

/// An input that takes longer is counted as slow.
const SLOW: Duration = Duration::from_millis(100);

struct Parser {
    name: &'static str,
    /// What an input is put together from.
    pieces: &'static [&'static str],
    parse: fn(&[u8]),
}

const PARSERS: [Parser; 5] = [
    // registry:begin
    Parser { name: "csv", pieces: CSV, parse: csv },
    Parser { name: "html", pieces: HTML, parse: html },
    Parser { name: "mail", pieces: MAIL, parse: message },
    Parser { name: "mbox", pieces: MAIL, parse: mbox },
    Parser { name: "reply", pieces: TEXT, parse: text },
    // registry:end
];

const CSV: &[&str] = &[
    "name,email,company\n",
    "name;email\r\n",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "Ann",
    "ann@acme.example",
    "\"Acme, Inc.\"",
    "\u{feff}",
    "é",
    "\u{0}",
    "12.5",
    "1,234",
    "=1+1",
    "   ",
    "\"a\nb\"",
];
const HTML: &[&str] = &[
    "<div>",
    "</div>",
    "<blockquote>",
    "</blockquote>",
    "<br>",
    "<p>",
    "<table><tr><td>",
    "</table>",
    "<style>",
    "</style>",
    "<script>",
    "<!--",
    "-->",
    "<div class=\"gmail_quote\">",
    "<div id=\"divRplyFwdMsg\">",
    "&nbsp;",
    "&lt;",
    "&#x1F600;",
    "&#0;",
    "<a href='",
    "'>",
    "Hello",
    "\n",
    "On Mon, Ann wrote:",
    "<",
    ">",
    "<svg><math>",
    "<template>",
    "<span style=\"display:none\">",
    "é",
];
const MAIL: &[&str] = &[
    "From MAILER@x Mon Nov 02 10:00:00 2026\n",
    ">From x\n",
    "From: Ann <ann@acme.example>\r\n",
    "To: me@casey.example\r\n",
    "Subject: =?utf-8?B?SGVsbG8=?=\r\n",
    "Subject: =?utf-8?Q?=C3",
    "Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n",
    "Message-ID: <a@b>\r\n",
    "References: <a@b> <c@d>\r\n",
    "X-Gmail-Labels: Inbox\r\n",
    "List-Unsubscribe: <https://x.example>\r\n",
    "MIME-Version: 1.0\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n",
    "Content-Type: multipart/alternative; boundary=\"b\"\r\n",
    "--b\r\n",
    "--b--\r\n",
    "Content-Type: text/plain; charset=utf-8\r\n",
    "Content-Type: text/html; charset=windows-1252\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "SGVsbG8=\r\n",
    "=E9=\r\n",
    "\r\n",
    "\n",
    "Hello\r\n",
    "> quoted\r\n",
    "On Mon, Ann wrote:\r\n",
    "-- \r\n",
    "<div>Hi</div>",
    "é",
    "\u{0}",
    " folded\r\n",
    "\t",
];
const TEXT: &[&str] = &[
    "Hello,\n",
    "Thanks, Ann\n",
    "\n",
    "> quoted\n",
    ">> deeper\n",
    "-- \n",
    "On Mon, 2 Nov 2026 at 09:00, Ann <ann@acme.example> wrote:\n",
    "Am 02.11.2026 um 09:00 schrieb Ann:\n",
    "Le lun. 2 nov. 2026 à 09:00, Ann a écrit :\n",
    "From: Ann\n",
    "Sent: Monday\n",
    "Von: Ann\n",
    "Gesendet: Montag\n",
    "_______________\n",
    "-----Original Message-----\n",
    "Sent from my iPhone\n",
    "Ann Berg\n",
    "+46 70 123 45 67\n",
    "www.acme.example\n",
    "*",
    "|",
    "\u{200b}",
    "\u{202e}",
    "é",
    "Best regards\n",
    "CEO, Acme\n",
    "----\n",
    "\t",
    " ",
];

fn csv(bytes: &[u8]) {
    if let Ok(rows) = CsvRows::new(std::io::Cursor::new(bytes.to_vec())) {
        rows.for_each(drop);
    }
}

fn html(bytes: &[u8]) {
    black_box(mail::html_lines(&String::from_utf8_lossy(bytes)));
}

fn message(bytes: &[u8]) {
    let _parsed = black_box(mail::parse(bytes));
}

fn mbox(bytes: &[u8]) {
    mail::Mbox::new(bytes).for_each(drop);
}

fn text(bytes: &[u8]) {
    black_box(reply::cut(&String::from_utf8_lossy(bytes)));
}

/// SplitMix64: small, and the same inputs from the same seed everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }
}

/// The input of a seed: pieces in any order, now and then one of them very often, and some bytes changed.
fn input(pieces: &[&str], seed: u64) -> Vec<u8> {
    let mut chance = Chance(seed);
    let most = if chance.below(200) == 0 { 4_000 } else { 60 };
    let mut bytes = Vec::new();
    for _ in 0..chance.below(most) {
        let piece = pieces[chance.below(pieces.len())].as_bytes();
        let times = if chance.below(40) == 0 { chance.below(400) } else { 1 };
        (0..times).for_each(|_| bytes.extend_from_slice(piece));
    }
    if chance.below(3) == 0 && !bytes.is_empty() {
        for _ in 0..chance.below(8) {
            let at = chance.below(bytes.len());
            bytes[at] = chance.next().to_le_bytes()[0];
        }
        if chance.below(4) == 0 {
            bytes.truncate(chance.below(bytes.len()));
        }
    }
    bytes
}

#[derive(Default)]
struct Found {
    inputs: u64,
    bytes: usize,
    panicked: Vec<u64>,
    slow: u64,
    slowest: (Duration, u64),
}

/// Feeds each parser so many inputs, on every core.
pub(crate) fn parsers(inputs: u64) -> Value {
    let silent = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut figures = serde_json::Map::new();
    for parser in &PARSERS {
        progress(&format!("{inputs} inputs for the parser of {}", parser.name));
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
        let found = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..cores).map(|core| scope.spawn(move || feed(parser, core, cores, inputs))).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).fold(Found::default(), together)
        });
        figures.insert(
            parser.name.to_owned(),
            json!({
                "inputs": found.inputs,
                "megabytes": found.bytes / 1_000_000,
                "panicked": found.panicked.len(),
                "seeds_that_panic": found.panicked.iter().take(10).collect::<Vec<_>>(),
                "over_100_ms": found.slow,
                "slowest_ms": round(found.slowest.0.as_secs_f64() * 1000.0),
                "slowest_seed": found.slowest.1,
            }),
        );
    }
    std::panic::set_hook(silent);
    Value::Object(figures)
}

fn feed(parser: &Parser, core: u64, cores: u64, inputs: u64) -> Found {
    let mut found = Found::default();
    for seed in (core..inputs).step_by(usize::try_from(cores).unwrap_or(1)) {
        let bytes = input(parser.pieces, seed);
        let begun = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| (parser.parse)(&bytes))).is_err() {
            found.panicked.push(seed);
        }
        let mut took = begun.elapsed();
        // A busy machine takes the processor away now and then: slow is what is slow each time.
        for _ in 0..3 {
            if took <= SLOW {
                break;
            }
            let again = Instant::now();
            let _known = catch_unwind(AssertUnwindSafe(|| (parser.parse)(&bytes)));
            took = took.min(again.elapsed());
        }
        found.inputs += 1;
        found.bytes += bytes.len();
        found.slow += u64::from(took > SLOW);
        found.slowest = found.slowest.max((took, seed));
    }
    found
}

fn together(mut all: Found, one: Found) -> Found {
    all.inputs += one.inputs;
    all.bytes += one.bytes;
    all.panicked.extend(one.panicked);
    all.slow += one.slow;
    all.slowest = all.slowest.max(one.slowest);
    all
}
