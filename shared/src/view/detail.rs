//! One move's page: why this score, the evidence, what happened to it, and what would change it.

use crate::aps::{Change, Effect, Gate, Points, When as Occasion};
use crate::model::{Act, Factor, SignalId, Ts};
use crate::view::card::{MoveCard, WhyPart, why_parts};
use crate::view::time::{Clockface, When};
use crate::view::words;

/// A term of the score, exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The term's name.
    pub name: &'static str,
    /// Its points with decimals: "+17.4".
    pub points: String,
    /// Why.
    pub because: String,
    /// How long its bar is, in percent of the longest.
    pub width: i32,
    /// Whether it takes points away.
    pub negative: bool,
}

/// A reason that was merged into the move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it says.
    pub why: Vec<WhyPart>,
    /// When it happened.
    pub when: When,
    /// Where it came from: "from mail", "added by hand".
    pub source: String,
    /// The signal behind it.
    pub signal: Option<SignalId>,
}

impl Evidence {
    /// A reason as evidence.
    #[must_use]
    pub fn new(why: &str, at: Ts, source: &str, signal: Option<SignalId>, clock: &Clockface) -> Self {
        let source = match source {
            "manual" => "added by hand".to_owned(),
            other => format!("from {}", words::source(other)),
        };
        Self { why: why_parts(why), when: clock.when(at), source, signal }
    }
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Who did what.
    pub text: String,
    /// A reason that was given.
    pub note: Option<String>,
    /// When.
    pub when: When,
}

/// What stands in the edit form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditForm {
    /// The title.
    pub title: String,
    /// The reason.
    pub why: String,
    /// The due time as a `datetime-local` value.
    pub due: String,
    /// How many minutes it takes.
    pub minutes: i64,
}

/// Somebody to whom a move can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignable {
    /// The person's id; empty is nobody.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether it is theirs now.
    pub chosen: bool,
}

/// A move as a page.
#[derive(Debug, Clone)]
pub struct MoveDetail {
    /// The card at its head.
    pub card: MoveCard,
    /// The score with decimals.
    pub exact: String,
    /// The terms.
    pub bars: Vec<Bar>,
    /// What keeps it out of Today.
    pub gates: Vec<String>,
    /// What would change the score.
    pub changes: Vec<String>,
    /// When the score was reckoned.
    pub scored: When,
    /// On which versions of weights, model and facts.
    pub versions: String,
    /// Why it exists.
    pub evidence: Vec<Evidence>,
    /// What happened to it, newest first.
    pub history: Vec<Happened>,
    /// What is known beside: kind, source, due …
    pub facts: Vec<(&'static str, String)>,
    /// The edit form, for those who may edit.
    pub edit: Option<EditForm>,
    /// To whom it can be given, for those who may.
    pub assignable: Vec<Assignable>,
    /// Whether the edit form stands open.
    pub editing: bool,
}

/// The bars of a score.
#[must_use]
pub fn bars(factors: &[Factor]) -> Vec<Bar> {
    let longest = factors.iter().map(|factor| factor.points.0.abs()).max().unwrap_or(1).max(1);
    factors
        .iter()
        .map(|factor| Bar {
            name: words::term(factor.name),
            points: words::exact(factor.points),
            because: factor.because.clone(),
            width: (factor.points.0.abs() * 100 / longest).max(1),
            negative: factor.points.0 < 0,
        })
        .collect()
}

/// The gates, each with its reason and the moment it opens by itself.
#[must_use]
pub fn gates(gates: &[Gate], clock: &Clockface) -> Vec<String> {
    gates
        .iter()
        .map(|gate| match gate.opens_at {
            Some(at) => format!("{} (until {})", gate.because, clock.absolute(at)),
            None => gate.because.clone(),
        })
        .collect()
}

/// What would change the score, each thing as a sentence: "+9 Tue 10 Mar, 13:00: their 4 h are up (Urgency)".
#[must_use]
pub fn changes(changes: &[Change], clock: &Clockface) -> Vec<String> {
    changes
        .iter()
        .map(|change| {
            let occasion = match change.when {
                Occasion::Time { at } => clock.absolute(at),
                Occasion::TheyReply => "when they reply".to_owned(),
                Occasion::WeAnswer => "when you answer them".to_owned(),
                Occasion::IdentityResolved => "when it is settled whom this is about".to_owned(),
            };
            match change.effect {
                Effect::Points { term, delta } => {
                    format!("{} {occasion}: {} ({})", words::exact(delta), change.because, words::term(term))
                }
                Effect::EntersToday => format!("Comes into Today {occasion}: {}", change.because),
                Effect::LeavesQueue => format!("Leaves the queue {occasion}: {}", change.because),
            }
        })
        .collect()
}

/// One transition as a sentence: who did what.
#[must_use]
pub fn happened(who: &str, act: Act, note: Option<&str>) -> String {
    let did = match act {
        Act::Accept => "took it",
        Act::Dismiss => "dismissed it",
        Act::Snooze => "put it off",
        Act::Wake => "brought it back",
        Act::Restore => "put it back",
        Act::Complete => "marked it done",
        Act::Expire => "let it expire",
        Act::Execute => "started it",
        Act::Succeed => "finished it",
        Act::Fail => "could not do it",
        Act::Block => "stopped it",
        Act::Rollback => "took its effect back",
        Act::Undo => "undid the last step",
    };
    match note {
        Some(note) if !note.is_empty() => format!("{who} {did}: {note}"),
        _ => format!("{who} {did}"),
    }
}

/// The same transition of several moves in a row as a sentence.
#[must_use]
pub fn happened_often(who: &str, act: Act, times: i64) -> String {
    let moves = words::count(times, "move", "moves");
    match act {
        Act::Accept => format!("{who} took {moves}"),
        Act::Dismiss => format!("{who} dismissed {moves}"),
        Act::Snooze => format!("{who} put off {moves}"),
        Act::Wake => format!("{who} brought back {moves}"),
        Act::Restore => format!("{who} put back {moves}"),
        Act::Complete => format!("{who} marked {moves} done"),
        Act::Expire => format!("{who} let {moves} expire"),
        Act::Execute => format!("{who} started {moves}"),
        Act::Succeed => format!("{who} finished {moves}"),
        Act::Fail => format!("{who} could not do {moves}"),
        Act::Block => format!("{who} stopped {moves}"),
        Act::Rollback => format!("{who} took back the effect of {moves}"),
        Act::Undo => format!("{who} undid the last step of {moves}"),
    }
}

/// The score with its decimals.
#[must_use]
pub fn exact(aps: Points) -> String {
    aps.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aps::{GateKind, TermName};

    #[test]
    fn bars_are_measured_against_the_longest_and_never_vanish() {
        let factor = |points| Factor { name: TermName::Fit, points: Points(points), because: String::new() };
        let bars = bars(&[factor(3_000), factor(-1_500), factor(1)]);
        assert_eq!(bars.iter().map(|bar| bar.width).collect::<Vec<_>>(), [100, 50, 1]);
        assert_eq!(bars[1].points, "−15");
        assert!(bars[1].negative);
    }

    #[test]
    fn a_gate_that_opens_by_itself_says_when() {
        let clock = Clockface::utc("2026-03-10T12:00:00Z".parse().unwrap());
        let gate = |opens_at| Gate { kind: GateKind::Snoozed, because: "Put off".into(), opens_at };
        let lines = gates(&[gate(Some(clock.now + Ts::HOUR)), gate(None)], &clock);
        assert_eq!(lines, ["Put off (until Tue 10 Mar, 13:00)", "Put off"]);
    }

    #[test]
    fn each_thing_that_would_change_it_is_a_sentence() {
        let clock = Clockface::utc("2026-03-10T12:00:00Z".parse().unwrap());
        let change = |when, effect, because: &str| Change { when, effect, because: because.to_owned() };
        let at = clock.now + Ts::HOUR;
        let rises = Effect::Points { term: TermName::Urgency, delta: Points(900) };
        let lines = changes(
            &[
                change(Occasion::Time { at }, rises, "their 4 h are up"),
                change(Occasion::TheyReply, Effect::LeavesQueue, "it is answered"),
            ],
            &clock,
        );
        assert_eq!(
            lines,
            ["+9 Tue 10 Mar, 13:00: their 4 h are up (Urgency)", "Leaves the queue when they reply: it is answered"]
        );
    }

    #[test]
    fn the_history_says_who_did_what_and_why() {
        assert_eq!(happened("Elin", Act::Dismiss, Some("not a fit")), "Elin dismissed it: not a fit");
        for act in Act::ALL {
            assert!(happened("Elin", *act, None).starts_with("Elin "), "{act}");
            assert!(happened_often("Elin", *act, 1_200).contains(" 1,200 moves"), "{act}");
        }
    }
}
