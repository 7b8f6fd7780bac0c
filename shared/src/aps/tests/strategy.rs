//! Any facts, any weights: near and far times, sane and extreme figures.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use crate::aps::intent::kinds;
use crate::aps::{
    Clock, ClockKind, DealFacts, Doubt, Facts, Fatigue, Fit, GateFacts, Intent, Learned, Points, Relationship, Waiting,
    Weights,
};
use crate::model::{MoveId, Ts};

/// The moment that the tests call now: 2026-03-02T09:00:00Z.
pub(super) const NOW: Ts = Ts::from_millis(1_772_442_000_000);

/// A length of time from milliseconds to two years.
pub(super) fn span() -> impl Strategy<Value = i64> {
    prop_oneof![0..2 * Ts::MINUTE, 0..6 * Ts::HOUR, 0..10 * Ts::DAY, 0..800 * Ts::DAY,]
}

/// A moment around now, seldom at the ends of time.
pub(super) fn moment() -> impl Strategy<Value = Ts> {
    prop_oneof![
        8 => span().prop_map(|span| NOW + span),
        8 => span().prop_map(|span| NOW - span),
        1 => any::<i64>().prop_map(Ts::from_millis),
    ]
}

fn clock_kind() -> impl Strategy<Value = ClockKind> {
    prop_oneof![
        Just(ClockKind::WaitingForUs),
        Just(ClockKind::Promise),
        Just(ClockKind::Meeting),
        Just(ClockKind::CloseDate),
        Just(ClockKind::DueDate),
    ]
}

pub(super) fn clock() -> impl Strategy<Value = Clock> {
    (clock_kind(), moment(), moment()).prop_map(|(kind, start, due)| Clock { kind, start, due })
}

pub(super) fn intent() -> impl Strategy<Value = Intent> {
    (0..kinds().len(), moment()).prop_map(|(kind, occurred_at)| Intent { kind: kinds()[kind].kind, occurred_at })
}

fn money() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..100_000_000i64, 1 => any::<i64>()]
}

pub(super) fn deal() -> impl Strategy<Value = DealFacts> {
    (money(), any::<u16>(), money(), option::of(any::<u16>()))
        .prop_map(|(amount_minor, stage_bp, p95_minor, top_bp)| DealFacts { amount_minor, stage_bp, p95_minor, top_bp })
}

fn learned() -> impl Strategy<Value = Learned> {
    (0..=11_000u16, 0..=11_000u16, any::<u32>(), 0..100u32, vec("[a-z ]{0,9}", 0..3)).prop_map(
        |(probability_bp, base_bp, good, tries, reasons)| Learned { probability_bp, base_bp, good, tries, reasons },
    )
}

fn gates() -> impl Strategy<Value = GateFacts> {
    let waiting = (moment(), option::of(moment())).prop_map(|(since, until)| Waiting { since, until });
    let seldom = || prop::bool::weighted(0.1);
    let when = || option::weighted(0.15, moment());
    (
        option::weighted(0.1, "[a-z]{0,5}"),
        when(),
        seldom(),
        seldom(),
        option::weighted(0.15, waiting),
        when(),
        when(),
        seldom(),
        when(),
    )
        .prop_map(
            |(suppressed, answered_at, in_flight, covered, waiting_on_them, snoozed, absent, unknown, from)| {
                GateFacts {
                    suppressed,
                    answered_at,
                    in_flight,
                    covered_by: covered.then(|| MoveId::new(Uuid::nil())),
                    waiting_on_them,
                    snoozed_until: snoozed,
                    assignee_absent_until: absent,
                    identity_unresolved: unknown,
                    actionable_from: from,
                }
            },
        )
}

/// Any facts.
pub(super) fn facts() -> impl Strategy<Value = Facts> {
    let fatigue =
        (vec(moment(), 0..8), prop_oneof![9 => 0..6u32, 1 => any::<u32>()], option::weighted(0.2, "[A-Z][a-z]{0,5}"))
            .prop_map(|(touched_at, cap, colleague)| Fatigue { touched_at, cap, colleague });
    let relationship = (0..5u32, 0..4u32, any::<bool>()).prop_map(|(replies, meetings, referral)| Relationship {
        replies,
        meetings,
        referral,
    });
    let doubt = (prop_oneof![Just(10_000u16), any::<u16>()], option::of(moment()))
        .prop_map(|(identity_bp, verified_at)| Doubt { identity_bp, verified_at });
    let fit = (any::<u16>(), "[a-z ]{0,9}").prop_map(|(bp, words)| Fit { bp, words });
    (
        vec(clock(), 0..4),
        option::weighted(0.3, moment()),
        option::of(deal()),
        vec(intent(), 0..6),
        option::of(fit),
        relationship,
        option::of(learned()),
        prop_oneof![9 => 0..40u32, 1 => any::<u32>()],
        fatigue,
        doubt,
        gates(),
    )
        .prop_map(|(clocks, due_at, deal, intent, fit, relationship, learned, minutes, fatigue, doubt, gates)| {
            Facts { clocks, due_at, deal, intent, fit, relationship, learned, minutes, fatigue, doubt, gates }
        })
}

/// The default weights, or any at all, within bounds or not.
pub(super) fn weights() -> impl Strategy<Value = Weights> {
    let any_weights = vec(prop_oneof![9 => -3000..6000i32, 1 => any::<i32>()], 9).prop_map(|w| Weights {
        urgency: Points(w[0]),
        impact: Points(w[1]),
        intent: Points(w[2]),
        fit: Points(w[3]),
        relationship: Points(w[4]),
        learned: Points(w[5]),
        effort: Points(w[6]),
        fatigue: Points(w[7]),
        doubt: Points(w[8]),
    });
    prop_oneof![Just(Weights::default()), any_weights]
}
