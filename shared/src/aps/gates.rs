//! What keeps a move out of Today altogether, each with its reason.

use super::answer::{Gate, GateKind};
use super::facts::GateFacts;
use super::words;
use crate::model::Ts;

/// The gates closed at this moment, in the order of §5.
///
/// Time alone only ever opens a gate: each timed one is closed until its moment, none has a moment from which it
/// closes. That is why the next change need look at `opens_at` only.
pub(super) fn closed(facts: &GateFacts, now: Ts) -> Vec<Gate> {
    let mut gates = Vec::new();
    let mut close = |kind, because: String, opens_at| gates.push(Gate { kind, because, opens_at });
    let to_come = |until: Option<Ts>| until.filter(|until| *until > now);

    if let Some(reason) = &facts.suppressed {
        let because = match reason.trim() {
            "" => "must not be contacted".to_owned(),
            reason => format!("must not be contacted: {reason}"),
        };
        close(GateKind::Suppressed, because, None);
    }
    if facts.answered_at.is_some() {
        close(GateKind::Answered, "already answered".to_owned(), None);
    }
    if facts.in_flight {
        close(GateKind::InFlight, "being carried out".to_owned(), None);
    }
    if facts.covered_by.is_some() {
        close(GateKind::Covered, "a better move for them comes first".to_owned(), None);
    }
    if let Some(waiting) = facts.waiting_on_them
        && waiting.until.is_none_or(|until| until > now)
    {
        let because = format!("it is their turn: we wrote {}", words::ago(now.since(waiting.since)));
        close(GateKind::WaitingOnThem, because, waiting.until);
    }
    if let Some(until) = to_come(facts.snoozed_until) {
        close(GateKind::Snoozed, "snoozed".to_owned(), Some(until));
    }
    if let Some(until) = to_come(facts.assignee_absent_until) {
        close(GateKind::OwnerAbsent, "the assignee is away".to_owned(), Some(until));
    }
    if facts.identity_unresolved {
        close(GateKind::IdentityUnresolved, "not clear yet who this is about".to_owned(), None);
    }
    if let Some(from) = to_come(facts.actionable_from) {
        close(GateKind::NotActionable, "nothing to do yet".to_owned(), Some(from));
    }
    gates
}
