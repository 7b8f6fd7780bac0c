//! Signals and their ledger: what became of everything that came in, and why not a move.

use crate::model::{Signal, SignalId, Ts, Verdict};
use crate::view::card::Chip;
use crate::view::time::{Clockface, When};
use crate::view::words;

/// The longest piece of a payload's value that a page shows.
const LONGEST: usize = 2_000;

/// What arrives within this time is told as having happened when it arrived.
const AT_ONCE: i64 = Ts::HOUR;

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalRow {
    /// Its id.
    pub id: SignalId,
    /// What happened: "Demo request, from a form".
    pub what: String,
    /// Who it is about, with the contact's address on the site.
    pub who: Option<(String, String)>,
    /// When it arrived here; the ledger is in this order.
    pub arrived: When,
    /// When it happened, where that was long before.
    pub happened: Option<When>,
    /// What became of it.
    pub verdict: Chip,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// The moves it led to, by address.
    pub moves: Vec<String>,
}

impl SignalRow {
    /// The line of a signal.
    #[must_use]
    pub fn new(signal: &Signal, clock: &Clockface) -> Self {
        let kind = words::plain(&signal.kind);
        let mut letters = kind.chars();
        let kind: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        Self {
            id: signal.id,
            what: format!("{kind}, from {}", words::source(&signal.source)),
            who: signal.contact.as_ref().map(|contact| (contact.name.clone(), format!("/contacts/{}", contact.id))),
            arrived: clock.when(signal.received_at),
            happened: (signal.received_at.since(signal.occurred_at).abs() >= AT_ONCE)
                .then(|| clock.when(signal.occurred_at)),
            verdict: Chip::toned(words::verdict(signal.verdict), tone(signal.verdict)),
            reason: signal.reason.clone(),
            moves: signal.moves.iter().map(|id| crate::view::card::href(*id)).collect(),
        }
    }
}

const fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Moved | Verdict::Merged => "good",
        Verdict::Waiting | Verdict::NoMove => "",
        Verdict::Failed => "bad",
    }
}

/// The ledger.
#[derive(Debug, Clone, Default)]
pub struct SignalList {
    /// Which verdict is looked at.
    pub verdict: Option<Verdict>,
    /// The lines, newest first.
    pub rows: Vec<SignalRow>,
    /// Where the next page is.
    pub next: Option<String>,
    /// Whether the reader may bring things in.
    pub may_write: bool,
}

/// One signal's page.
#[derive(Debug, Clone)]
pub struct SignalPage {
    /// The line of the ledger, again.
    pub row: SignalRow,
    /// The answer to "what became of this, and why not a move?"
    pub answer: String,
    /// When it happened.
    pub happened: When,
    /// What makes it the same thing when it comes again.
    pub dedupe_key: String,
    /// What the source said, field by field.
    pub payload: Vec<(String, String)>,
}

impl SignalPage {
    /// The page of a signal.
    #[must_use]
    pub fn new(signal: &Signal, clock: &Clockface) -> Self {
        Self {
            row: SignalRow::new(signal, clock),
            answer: answer(signal),
            happened: clock.when(signal.occurred_at),
            dedupe_key: signal.dedupe_key.clone(),
            payload: fields(&signal.payload),
        }
    }
}

fn answer(signal: &Signal) -> String {
    let because = |fallback: &str| signal.reason.clone().unwrap_or_else(|| fallback.to_owned());
    match signal.verdict {
        Verdict::Waiting => "It has arrived and will be read in a moment.".to_owned(),
        Verdict::Moved => because("It made a move of its own."),
        Verdict::Merged => because("It joined a move about the same person."),
        Verdict::NoMove => format!("It made no move: {}", because("nothing in it asked for one.")),
        Verdict::Failed => format!("It could not be read: {}", because("the reason was not kept.")),
    }
}

/// A payload as names in words and values; what lies deeper is named by its path.
fn fields(payload: &serde_json::Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    walk("", payload, &mut all);
    all
}

fn walk(path: &str, value: &serde_json::Value, into: &mut Vec<(String, String)>) {
    use serde_json::Value;
    let below = |name: &str| {
        let name = words::plain(name);
        if path.is_empty() { name } else { format!("{path} › {name}") }
    };
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(&below(name), value, into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| walk(&below(&(at + 1).to_string()), value, into));
        }
        Value::String(text) => into.push((path.to_owned(), cut(text))),
        Value::Bool(_) | Value::Number(_) => into.push((path.to_owned(), value.to_string())),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ts;

    fn signal(verdict: Verdict, reason: Option<&str>) -> Signal {
        Signal {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            source: "form".into(),
            kind: "demo_request".into(),
            dedupe_key: "k".into(),
            occurred_at: Ts::from_millis(0),
            received_at: Ts::from_millis(0),
            contact: None,
            deal_id: None,
            verdict,
            reason: reason.map(str::to_owned),
            moves: Vec::new(),
            payload: serde_json::json!({"name": "Ada", "answers": {"team_size": 40, "none": null}, "tags": ["a", "b"]}),
        }
    }

    #[test]
    fn a_line_says_what_happened_and_where_it_came_from() {
        let row = SignalRow::new(&signal(Verdict::Moved, None), &Clockface::utc(Ts::from_millis(0)));
        assert_eq!(row.what, "Demo request, from a form");
        assert_eq!(row.verdict, Chip::toned("Made a move", "good"));
    }

    #[test]
    fn the_ledger_tells_the_time_it_is_in_the_order_of_and_the_other_one_where_they_differ() {
        let mut signal = signal(Verdict::Moved, None);
        let clock = Clockface::utc(Ts::from_millis(0) + 20 * Ts::DAY);
        signal.received_at = clock.now;
        let row = SignalRow::new(&signal, &clock);
        assert_eq!(row.arrived.relative, "just now");
        assert_eq!(row.happened.unwrap().relative, "20 days ago");
        signal.occurred_at = clock.now - Ts::MINUTE;
        assert_eq!(SignalRow::new(&signal, &clock).happened, None);
    }

    #[test]
    fn the_ledger_answers_why_there_is_no_move() {
        let clock = Clockface::utc(Ts::from_millis(0));
        let page = SignalPage::new(&signal(Verdict::NoMove, Some("a newsletter.")), &clock);
        assert_eq!(page.answer, "It made no move: a newsletter.");
        for verdict in Verdict::ALL {
            assert!(!SignalPage::new(&signal(*verdict, None), &clock).answer.is_empty());
        }
    }

    #[test]
    fn a_payload_is_listed_by_paths_and_what_is_null_left_out() {
        let page = SignalPage::new(&signal(Verdict::Moved, None), &Clockface::utc(Ts::from_millis(0)));
        let names: Vec<_> = page.payload.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(names, ["answers › team size=40", "name=Ada", "tags › 1=a", "tags › 2=b"]);
    }

    #[test]
    fn a_long_value_is_cut_at_a_letter() {
        assert_eq!(cut(&"ä".repeat(LONGEST + 5)).chars().count(), LONGEST + 1);
    }
}
