//! A move as a card: how urgent, what to do, who, why now, and what pressing the button will do.

use crate::aps::Points;
use crate::model::{Act, ContactRef, DealRef, Factor, Move, MoveId, MoveKind, MoveState, Role};
use crate::view::time::{Clockface, When, span};
use crate::view::words;

/// How much a button wants to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The one that moves things forward.
    Go,
    /// An ordinary one.
    Plain,
    /// One that stands back.
    Quiet,
}

/// Something one can do with a move, as a button that works as a plain form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What pressing it does.
    pub label: String,
    /// The transition behind it.
    pub act: Act,
    /// The key that presses it.
    pub key: Option<char>,
    /// How much it wants to be pressed.
    pub style: Style,
}

/// A short fact with a colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Its words.
    pub text: String,
    /// `good`, `warn`, `bad` or nothing.
    pub tone: &'static str,
}

impl Chip {
    /// A chip without a colour.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: "" }
    }

    /// A chip of this tone.
    #[must_use]
    pub fn toned(text: impl Into<String>, tone: &'static str) -> Self {
        Self { text: text.into(), tone }
    }
}

/// A term of the score as a card shows it: whole points and a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermChip {
    /// "+30", "−2".
    pub points: String,
    /// Why.
    pub because: String,
    /// Whether it takes points away.
    pub negative: bool,
}

/// What a card needs to know beyond the move on the wire.
#[derive(Debug, Clone, Copy)]
pub struct Extra {
    /// Whether it is urgent.
    pub urgent: bool,
    /// How many minutes it takes.
    pub minutes: i64,
    /// What the reader may do.
    pub role: Role,
}

/// A moment for which a move can be put off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnoozeChoice {
    /// Its name: "Tomorrow 9:00".
    pub label: String,
    /// The moment, RFC 3339.
    pub until: String,
}

/// A move, ready to be shown.
#[derive(Debug, Clone)]
pub struct MoveCard {
    /// Its id.
    pub id: MoveId,
    /// The score in whole points.
    pub aps: i32,
    /// A verb and a name.
    pub title: String,
    /// Who, where, and what is at stake, in one line.
    pub who: String,
    /// Whom it is about, for a link.
    pub contact: Option<ContactRef>,
    /// Why now: plain text and quoted text in turn.
    pub why: Vec<WhyPart>,
    /// The terms of the score, largest first; they add up to `aps`.
    pub terms: Vec<TermChip>,
    /// Badges: urgent, due, taken, snoozed.
    pub chips: Vec<Chip>,
    /// What one can do, the primary one first.
    pub buttons: Vec<Button>,
    /// For how long it can be put off; empty when it cannot.
    pub snooze: Vec<SnoozeChoice>,
    /// Where it stands.
    pub state: MoveState,
    /// Since when it is here.
    pub created: When,
    /// How long it takes: "6 min".
    pub effort: String,
}

/// A piece of a reason: told, or quoted from the other person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyPart {
    /// Our words.
    Said(String),
    /// Their words.
    Quoted(String),
}

impl MoveCard {
    /// The card of a move.
    #[must_use]
    pub fn new(m: &Move, extra: Extra, clock: &Clockface) -> Self {
        let (aps, points) = shown_points(m.aps, &m.factors);
        let terms = m.factors.iter().zip(&points).filter(|(_, points)| **points != 0);
        Self {
            id: m.id,
            aps,
            title: m.title.clone(),
            who: who(m.contact.as_ref(), m.deal.as_ref()),
            contact: m.contact.clone(),
            why: why_parts(&m.why),
            terms: terms
                .map(|(factor, points)| TermChip {
                    points: words::signed(*points),
                    because: factor.because.clone(),
                    negative: *points < 0,
                })
                .collect(),
            chips: chips(m, extra.urgent, clock),
            buttons: if extra.role >= Role::Member { buttons(m) } else { Vec::new() },
            snooze: if extra.role >= Role::Member && matches!(m.state, MoveState::Pending | MoveState::Accepted) {
                snooze_choices(clock)
            } else {
                Vec::new()
            },
            state: m.state,
            created: clock.when(m.created_at),
            effort: format!("{} min", extra.minutes.max(1)),
        }
    }
}

/// For how long a move is usually put off.
#[must_use]
pub fn snooze_choices(clock: &Clockface) -> Vec<SnoozeChoice> {
    let choice =
        |label: &str, until: crate::model::Ts| SnoozeChoice { label: label.to_owned(), until: until.to_string() };
    vec![
        choice("1 hour", clock.now + crate::model::Ts::HOUR),
        choice("Tomorrow 9:00", clock.tomorrow_at_nine()),
        choice("Next Monday 9:00", clock.next_week_at_nine()),
    ]
}

/// The score and its terms in whole points, rounded so that what is shown adds up (§9: "pages round so that shown
/// parts add up"): each term is cut down and the largest remainders are handed the points that are missing.
#[must_use]
pub fn shown_points(value: Points, factors: &[Factor]) -> (i32, Vec<i32>) {
    let whole = (value.0 + 50).div_euclid(100);
    let mut parts: Vec<i32> = factors.iter().map(|factor| factor.points.0.div_euclid(100)).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(factors[*at].points.0.rem_euclid(100)));
    let missing = usize::try_from(whole - parts.iter().sum::<i32>()).unwrap_or(0);
    for at in order.into_iter().take(missing) {
        parts[at] += 1;
    }
    (whole, parts)
}

/// Who it is about and what is at stake: "Priya Nair · Head of Ops, Lumen Freight · deal Lumen 40 seats, 48,000 €".
#[must_use]
pub fn who(contact: Option<&ContactRef>, deal: Option<&DealRef>) -> String {
    let mut parts = Vec::new();
    if let Some(contact) = contact {
        parts.push(contact.name.clone());
        match (&contact.title, &contact.company) {
            (Some(title), Some(company)) => parts.push(format!("{title}, {company}")),
            (Some(one), None) | (None, Some(one)) => parts.push(one.clone()),
            (None, None) => {}
        }
    }
    if let Some(deal) = deal {
        let amount = deal.amount.as_ref().map(|amount| format!(", {}", words::money(amount))).unwrap_or_default();
        parts.push(format!("deal {}{amount}", deal.name));
    }
    parts.join(" · ")
}

/// Splits a reason at its typographic quotation marks, so that what they said stands out from what we say.
#[must_use]
pub fn why_parts(why: &str) -> Vec<WhyPart> {
    let mut parts = Vec::new();
    let mut rest = why;
    while let Some((before, quoted_on)) = rest.split_once('“') {
        let Some((quoted, after)) = quoted_on.split_once('”') else { break };
        if !before.is_empty() {
            parts.push(WhyPart::Said(before.to_owned()));
        }
        parts.push(WhyPart::Quoted(quoted.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(WhyPart::Said(rest.to_owned()));
    }
    parts
}

fn chips(m: &Move, urgent: bool, clock: &Clockface) -> Vec<Chip> {
    let mut chips = Vec::new();
    if urgent && m.state.is_open() {
        chips.push(Chip::toned("Urgent", "warn"));
    }
    if let Some(due) = m.due_at.filter(|_| m.state.is_open()) {
        let left = due.since(clock.now);
        chips.push(if left < 0 {
            Chip::toned(format!("overdue by {}", span(left)), "bad")
        } else {
            Chip::plain(format!("due in {}", span(left)))
        });
    }
    match (m.state, &m.assignee) {
        (MoveState::Pending, None) => {}
        (MoveState::Pending, Some(person)) => chips.push(Chip::plain(format!("for {}", person.name))),
        (MoveState::Accepted, Some(person)) => chips.push(Chip::toned(format!("{} has it", person.name), "good")),
        (MoveState::Snoozed, _) => chips.push(Chip::plain(match m.snoozed_until {
            Some(until) => format!("snoozed until {}", clock.absolute(until)),
            None => "snoozed".to_owned(),
        })),
        (state, _) => chips.push(Chip::plain(words::state(state))),
    }
    chips
}

fn buttons(m: &Move) -> Vec<Button> {
    let button = |label: String, act, key, style| Button { label, act, key, style };
    match m.state {
        MoveState::Pending => vec![
            button(take(m.kind, m.contact.as_ref()), Act::Accept, Some('a'), Style::Go),
            button("Dismiss".to_owned(), Act::Dismiss, Some('d'), Style::Quiet),
        ],
        MoveState::Accepted => vec![
            button("Mark done".to_owned(), Act::Complete, Some('a'), Style::Go),
            button("Dismiss".to_owned(), Act::Dismiss, Some('d'), Style::Quiet),
        ],
        MoveState::Blocked => vec![button("Take it anyway".to_owned(), Act::Accept, Some('a'), Style::Go)],
        MoveState::Snoozed => vec![button("Bring it back now".to_owned(), Act::Wake, Some('a'), Style::Go)],
        MoveState::Dismissed => vec![button("Put it back".to_owned(), Act::Restore, Some('a'), Style::Plain)],
        MoveState::Executing | MoveState::Done | MoveState::Failed | MoveState::Expired | MoveState::RolledBack => {
            Vec::new()
        }
    }
}

/// What taking a move means, as the button says it.
fn take(kind: MoveKind, contact: Option<&ContactRef>) -> String {
    let name = contact.map_or("them", |contact| words::first_name(&contact.name));
    match kind {
        MoveKind::Reply => format!("I’ll answer {name}"),
        MoveKind::FollowUp => format!("I’ll follow up with {name}"),
        MoveKind::DemoRequest => format!("I’ll set up {name}’s demo"),
        MoveKind::NewLead => format!("I’ll contact {name}"),
        MoveKind::Meeting => format!("I’ll arrange it with {name}"),
        MoveKind::Call => format!("I’ll call {name}"),
        MoveKind::Social => "I’ll react".to_owned(),
        MoveKind::SourceHealth => "I’ll look after it".to_owned(),
        MoveKind::DataFix => "I’ll put it right".to_owned(),
        MoveKind::Task | MoveKind::Custom => "I’ll do it".to_owned(),
    }
}

/// The move's page.
#[must_use]
pub fn href(id: MoveId) -> String {
    format!("/queue/{id}")
}

#[cfg(test)]
#[path = "card_tests.rs"]
mod tests;
