//! The next change is never late, never idle, and never where nothing will change.

use proptest::prelude::*;

use super::strategy::{NOW, clock, facts, span, weights};
use crate::aps::{Aps, Clock, ClockKind, Facts, GateKind, Intent, IntentKind, Points, Weights, score};
use crate::model::Ts;

/// What must not change before the next change.
fn shown(aps: &Aps) -> (Vec<GateKind>, bool) {
    (aps.gates.iter().map(|gate| gate.kind).collect(), aps.urgent)
}

fn differs(a: &Aps, b: &Aps) -> bool {
    (a.value.0 - b.value.0).abs() >= 100 || shown(a) != shown(b)
}

/// Moments at which something in these facts begins, ends or is half over.
fn turns(facts: &Facts) -> Vec<Ts> {
    let mut turns: Vec<Ts> = facts.clocks.iter().flat_map(|clock| [clock.start, clock.due]).collect();
    turns.extend(facts.due_at.map(|due| due - 4 * Ts::HOUR));
    turns.extend(facts.fatigue.touched_at.iter().map(|touched| *touched + 7 * Ts::DAY));
    turns.extend(facts.intent.iter().map(|signal| signal.occurred_at + signal.kind.rule().half_life));
    turns.extend(facts.doubt.verified_at.iter().flat_map(|seen| [*seen + 90 * Ts::DAY, *seen + 365 * Ts::DAY]));
    let gates = &facts.gates;
    turns.extend(gates.waiting_on_them.and_then(|waiting| waiting.until));
    turns.extend([gates.snoozed_until, gates.assignee_absent_until, gates.actionable_from].into_iter().flatten());
    turns.iter().flat_map(|turn| [*turn - 1, *turn, *turn + 1]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changes_before_the_next_change(facts in facts(), weights in weights(), steps in prop::collection::vec(span(), 40)) {
        let now = score(&facts, &weights, NOW);
        let end = now.next_change.unwrap_or(Ts::from_millis(i64::MAX));
        let length = end.since(NOW);
        let mut moments: Vec<Ts> = (1..300).map(|second| NOW + second * Ts::SECOND).collect();
        moments.extend((1..100).map(|part| NOW + length / 100 * part));
        moments.extend(steps.into_iter().map(|step| NOW + step));
        moments.extend(turns(&facts));
        moments.push(end - 1);
        for at in moments.into_iter().filter(|at| *at > NOW && *at < end) {
            let then = score(&facts, &weights, at);
            prop_assert!(!differs(&now, &then), "{at} is before {end}, but {then:?} differs from {now:?}");
        }
        if now.next_change.is_none() {
            prop_assert!(!differs(&now, &score(&facts, &weights, end)));
        }
    }

    #[test]
    fn within_a_minute_it_is_exact_so_that_nobody_rescores_in_vain(facts in facts(), weights in weights()) {
        let now = score(&facts, &weights, NOW);
        let Some(next) = now.next_change else { return Ok(()) };
        prop_assert!(next > NOW);
        if next.since(NOW) < Ts::MINUTE {
            prop_assert!(differs(&now, &score(&facts, &weights, next)), "nothing changes at {next}: {now:?}");
        }
    }

    #[test]
    fn on_rising_clocks_alone_it_is_exact_however_far(clocks in prop::collection::vec(clock(), 1..4)) {
        let facts = Facts { clocks, ..Facts::default() };
        let now = score(&facts, &Weights::default(), NOW);
        if let Some(next) = now.next_change {
            prop_assert!(differs(&now, &score(&facts, &Weights::default(), next)));
        }
    }

    #[test]
    fn rescoring_at_each_next_change_comes_to_an_end(facts in facts(), weights in weights()) {
        let (mut now, mut rescored) = (NOW, 0);
        while let Some(next) = score(&facts, &weights, now).next_change {
            prop_assert!(next > now);
            now = next;
            rescored += 1;
            prop_assert!(rescored <= 400, "still changing after {rescored} times, at {now}");
        }
    }
}

#[test]
fn a_clock_changes_the_score_with_its_first_whole_point() {
    let clock = Clock { kind: ClockKind::WaitingForUs, start: NOW, due: NOW + 30 * Ts::HOUR };
    let next = score(&Facts { clocks: vec![clock], ..Facts::default() }, &Weights::default(), NOW).next_change;
    // Rounded to the nearest hundredth, the first point is there with 0.995 of it.
    let late = next.unwrap().since(NOW + Ts::HOUR);
    assert!((-18 * Ts::SECOND - 1..=-18 * Ts::SECOND + 1).contains(&late), "{late} ms");
}

#[test]
fn a_fading_signal_changes_the_score_when_a_point_has_faded() {
    let facts = Facts { intent: vec![Intent { kind: IntentKind::DemoForm, occurred_at: NOW }], ..Facts::default() };
    let now = score(&facts, &Weights::default(), NOW);
    assert_eq!(now.value, Points(1800));
    let next = now.next_change.unwrap();
    // 18 · 2^(−t/12 h) = 17 at t = 12 h · log2(18/17) = 59 min 21 s; rounding shows it a little before.
    assert!((58 * Ts::MINUTE..60 * Ts::MINUTE).contains(&next.since(NOW)), "{next}");
    assert_eq!(score(&facts, &Weights::default(), next).value, Points(1700));
}

#[test]
fn a_snooze_that_ends_sooner_than_a_point_is_the_next_change() {
    let mut facts = Facts::default();
    facts.gates.snoozed_until = Some(NOW + 5);
    facts.gates.actionable_from = Some(NOW + 9);
    assert_eq!(score(&facts, &Weights::default(), NOW).next_change, Some(NOW + 5));
    assert_eq!(score(&facts, &Weights::default(), NOW + 5).next_change, Some(NOW + 9));
    assert_eq!(score(&facts, &Weights::default(), NOW + 9).next_change, None);
}

#[test]
fn turning_urgent_is_a_change() {
    let facts = Facts { due_at: Some(NOW + 5 * Ts::HOUR), ..Facts::default() };
    assert_eq!(score(&facts, &Weights::default(), NOW).next_change, Some(NOW + Ts::HOUR));
}

#[test]
fn a_rise_and_a_fall_that_cancel_out_do_not_make_the_job_spin() {
    // Half-lives of weeks against a clock of weeks, tuned so that the sum hardly moves.
    for days in 1..60 {
        let facts = Facts {
            clocks: vec![Clock { kind: ClockKind::CloseDate, start: NOW - Ts::DAY, due: NOW + days * Ts::DAY }],
            intent: vec![
                Intent { kind: IntentKind::JobChange, occurred_at: NOW },
                Intent { kind: IntentKind::DealMoved, occurred_at: NOW },
                Intent { kind: IntentKind::Meeting, occurred_at: NOW },
            ],
            ..Facts::default()
        };
        for urgency in (100..3000).step_by(50) {
            let weights = Weights { urgency: Points(urgency), ..Weights::default() };
            let next = score(&facts, &weights, NOW).next_change;
            assert!(next.is_none_or(|next| next.since(NOW) >= Ts::MINUTE), "{days} {urgency}: {next:?}");
        }
    }
}
