//! What holds of every score.

use std::cmp::Reverse;

use proptest::prelude::*;

use super::strategy::{NOW, facts, moment, weights};
use crate::aps::{Aps, Facts, Points, TermName, Weights, score};
use crate::model::Ts;

proptest! {
    #[test]
    fn the_value_is_within_0_and_100(facts in facts(), weights in weights(), now in moment()) {
        let value = score(&facts, &weights, now).value;
        prop_assert!((Points(0)..=Points(10_000)).contains(&value));
    }

    #[test]
    fn the_explanation_adds_up_to_the_value(facts in facts(), weights in weights(), now in moment()) {
        let aps = score(&facts, &weights, now);
        prop_assert_eq!(aps.terms.iter().map(|term| term.points.0).sum::<i32>(), aps.value.0);
    }

    #[test]
    fn terms_stand_largest_first_once_each_with_points_and_a_reason(facts in facts(), weights in weights()) {
        let terms = score(&facts, &weights, NOW).terms;
        prop_assert!(terms.is_sorted_by_key(|term| (Reverse(term.points), term.name)));
        let mut names: Vec<_> = terms.iter().map(|term| term.name).collect();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), terms.len());
        for term in &terms {
            prop_assert!(term.points != Points::ZERO && !term.because.trim().is_empty(), "{:?}", term);
        }
    }

    #[test]
    fn a_clamp_shows_only_at_the_ends(facts in facts(), weights in weights()) {
        let aps = score(&facts, &weights, NOW);
        if let Some(clamp) = aps.terms.iter().find(|term| term.name == TermName::Clamp) {
            prop_assert_eq!(aps.value, if clamp.points.0 < 0 { Points(10_000) } else { Points(0) });
        }
    }

    #[test]
    fn the_order_of_facts_does_not_matter(facts in facts(), weights in weights()) {
        let mut turned = facts.clone();
        turned.clocks.reverse();
        turned.intent.reverse();
        turned.fatigue.touched_at.reverse();
        prop_assert_eq!(score(&facts, &weights, NOW), score(&turned, &weights, NOW));
    }

    #[test]
    fn a_tick_is_what_the_term_will_then_have(facts in facts(), weights in weights()) {
        for term in score(&facts, &weights, NOW).terms {
            let Some(tick) = term.next_tick else { continue };
            prop_assert!(tick.at > NOW);
            let then = score(&facts, &weights, tick.at);
            let points = then.terms.iter().find(|later| later.name == term.name).map_or(0, |later| later.points.0);
            prop_assert_eq!(tick.to.0, points);
            prop_assert_eq!(tick.delta.0, points - term.points.0);
        }
    }

    #[test]
    fn an_answer_and_its_facts_survive_being_stored(facts in facts(), weights in weights()) {
        let aps = score(&facts, &weights, NOW);
        prop_assert_eq!(&serde_json::from_str::<Aps>(&serde_json::to_string(&aps).unwrap()).unwrap(), &aps);
        prop_assert_eq!(&serde_json::from_str::<Facts>(&serde_json::to_string(&facts).unwrap()).unwrap(), &facts);
        prop_assert_eq!(serde_json::from_str::<Weights>(&serde_json::to_string(&weights).unwrap()).unwrap(), weights);
    }
}

#[test]
fn nothing_known_scores_nothing_and_never_changes() {
    let aps = score(&Facts::default(), &Weights::default(), NOW);
    let nothing = Aps { value: Points(0), terms: vec![], gates: vec![], next_change: None, urgent: false };
    assert_eq!(aps, nothing);
    assert!(aps.ready());
    assert_eq!(serde_json::from_str::<Facts>("{}").unwrap(), Facts::default());
}

#[test]
fn the_ends_of_time_and_money_neither_overflow_nor_panic() {
    use crate::aps::{Clock, ClockKind, DealFacts, Intent, IntentKind};
    let ends = [i64::MIN, -1, 0, 1, i64::MAX];
    for a in ends {
        for b in ends {
            for now in ends {
                let (a, b, now) = (Ts::from_millis(a), Ts::from_millis(b), Ts::from_millis(now));
                let mut facts = Facts {
                    clocks: vec![Clock { kind: ClockKind::WaitingForUs, start: a, due: b }],
                    due_at: Some(b),
                    intent: vec![Intent { kind: IntentKind::JobChange, occurred_at: a }],
                    minutes: u32::MAX,
                    ..Facts::default()
                };
                facts.fatigue.touched_at = vec![a, b];
                facts.doubt.verified_at = Some(a);
                let next = score(&facts, &Weights::default(), now).next_change;
                assert!(next.is_none_or(|next| next > now));
            }
        }
    }
    for amount_minor in ends {
        for p95_minor in ends {
            for stage_bp in [0, 1, 10_000, u16::MAX] {
                let deal = DealFacts { amount_minor, stage_bp, p95_minor, top_bp: None };
                let aps = score(&Facts { deal: Some(deal), ..Facts::default() }, &Weights::default(), NOW);
                assert!(aps.value <= Weights::default().impact);
            }
        }
    }
}
