//! More of what speaks for a move never lowers its score, and more of what speaks against it never raises it.

use proptest::prelude::*;

use super::strategy::{NOW, clock, deal, facts, intent, moment, span, weights};
use crate::aps::{Facts, Fit, Learned, Points, TermName, Weights, score};
use crate::model::Ts;

fn value(facts: &Facts, weights: &Weights) -> Points {
    score(facts, weights, NOW).value
}

fn term(facts: &Facts, weights: &Weights, name: TermName, now: Ts) -> Points {
    score(facts, weights, now).terms.iter().find(|term| term.name == name).map_or(Points::ZERO, |term| term.points)
}

/// The value does not fall from these facts to the changed ones.
fn never_lower(facts: &Facts, weights: &Weights, change: impl FnOnce(&mut Facts)) -> Result<(), TestCaseError> {
    let mut changed = facts.clone();
    change(&mut changed);
    prop_assert!(value(&changed, weights) >= value(facts, weights));
    Ok(())
}

/// The value does not rise from these facts to the changed ones.
fn never_higher(facts: &Facts, weights: &Weights, change: impl FnOnce(&mut Facts)) -> Result<(), TestCaseError> {
    let mut changed = facts.clone();
    change(&mut changed);
    prop_assert!(value(&changed, weights) <= value(facts, weights));
    Ok(())
}

proptest! {
    #[test]
    fn urgency_rises_with_time(facts in facts(), weights in weights(), a in moment(), later in span()) {
        let points = |now| term(&facts, &weights, TermName::Urgency, now);
        prop_assert!(points(a) <= points(a + later));
    }

    #[test]
    fn another_clock_never_lowers_the_score(facts in facts(), weights in weights(), clock in clock()) {
        never_lower(&facts, &weights, |facts| facts.clocks.push(clock))?;
    }

    #[test]
    fn an_earlier_due_moment_never_lowers_the_score(mut facts in facts(), weights in weights(), clock in clock(), earlier in span()) {
        facts.clocks = vec![clock];
        never_lower(&facts, &weights, |facts| facts.clocks[0].due = facts.clocks[0].due - earlier)?;
    }

    #[test]
    fn a_larger_amount_never_lowers_the_score(mut facts in facts(), weights in weights(), deal in deal(), more in 0..i64::MAX) {
        facts.deal = Some(deal);
        never_lower(&facts, &weights, |facts| {
            facts.deal = Some(crate::aps::DealFacts { amount_minor: deal.amount_minor.saturating_add(more), ..deal });
        })?;
    }

    #[test]
    fn a_likelier_stage_never_lowers_the_score(mut facts in facts(), weights in weights(), deal in deal(), more in any::<u16>()) {
        facts.deal = Some(deal);
        never_lower(&facts, &weights, |facts| {
            facts.deal = Some(crate::aps::DealFacts { stage_bp: deal.stage_bp.saturating_add(more), ..deal });
        })?;
    }

    #[test]
    fn larger_deals_elsewhere_never_raise_the_score(mut facts in facts(), weights in weights(), mut deal in deal(), more in 0..i64::MAX) {
        deal.p95_minor = deal.p95_minor.max(1);
        facts.deal = Some(deal);
        never_higher(&facts, &weights, |facts| {
            facts.deal = Some(crate::aps::DealFacts { p95_minor: deal.p95_minor.saturating_add(more), ..deal });
        })?;
    }

    #[test]
    fn another_signal_never_lowers_the_score(facts in facts(), weights in weights(), signal in intent()) {
        never_lower(&facts, &weights, |facts| facts.intent.push(signal))?;
    }

    #[test]
    fn a_fresher_signal_never_lowers_the_score(mut facts in facts(), weights in weights(), signal in intent(), fresher in span()) {
        facts.intent.push(signal);
        never_lower(&facts, &weights, |facts| {
            if let Some(signal) = facts.intent.last_mut() {
                signal.occurred_at = signal.occurred_at + fresher;
            }
        })?;
    }

    #[test]
    fn intent_fades_with_time(facts in facts(), weights in weights(), a in moment(), later in span()) {
        let points = |now| term(&facts, &weights, TermName::Intent, now);
        prop_assert!(points(a) >= points(a + later));
    }

    #[test]
    fn a_better_fit_never_lowers_the_score(mut facts in facts(), weights in weights(), bp in any::<u16>(), more in any::<u16>()) {
        facts.fit = Some(Fit { bp, words: String::new() });
        never_lower(&facts, &weights, |facts| {
            facts.fit = Some(Fit { bp: bp.saturating_add(more), words: String::new() });
        })?;
    }

    #[test]
    fn more_replies_meetings_or_a_referral_never_lower_the_score(facts in facts(), weights in weights(), n in 0..5u32) {
        never_lower(&facts, &weights, |facts| facts.relationship.replies += n)?;
        never_lower(&facts, &weights, |facts| facts.relationship.meetings += n)?;
        never_lower(&facts, &weights, |facts| facts.relationship.referral = true)?;
    }

    #[test]
    fn a_likelier_success_never_lowers_the_score(mut facts in facts(), weights in weights(), p in 0..=10_000u16, base_bp in 0..=10_000u16, more in any::<u16>()) {
        let learned = |probability_bp| Learned { probability_bp, base_bp, good: 1, tries: 9, reasons: vec![] };
        facts.learned = Some(learned(p));
        // At the very ends of the base everything is as good as any, or nothing is: there the formula has no value.
        prop_assume!(base_bp > 0 && base_bp < 10_000);
        never_lower(&facts, &weights, |facts| facts.learned = Some(learned(p.saturating_add(more))))?;
    }

    #[test]
    fn more_minutes_never_raise_the_score(facts in facts(), weights in weights(), more in any::<u32>()) {
        never_higher(&facts, &weights, |facts| facts.minutes = facts.minutes.saturating_add(more))?;
    }

    #[test]
    fn another_touch_or_a_lower_cap_never_raises_the_score(facts in facts(), weights in weights(), at in moment(), less in 0..6u32) {
        never_higher(&facts, &weights, |facts| facts.fatigue.touched_at.push(at))?;
        never_higher(&facts, &weights, |facts| facts.fatigue.cap = facts.fatigue.cap.saturating_sub(less))?;
    }

    #[test]
    fn a_colleague_at_it_never_raises_the_score(facts in facts(), weights in weights()) {
        never_higher(&facts, &weights, |facts| facts.fatigue.colleague = Some("Ana".to_owned()))?;
    }

    #[test]
    fn a_surer_identity_never_lowers_the_score(facts in facts(), weights in weights(), more in any::<u16>()) {
        never_lower(&facts, &weights, |facts| facts.doubt.identity_bp = facts.doubt.identity_bp.saturating_add(more))?;
    }

    #[test]
    fn data_checked_later_never_lowers_the_score(mut facts in facts(), weights in weights(), seen in moment(), later in span()) {
        facts.doubt.verified_at = Some(seen);
        never_lower(&facts, &weights, |facts| facts.doubt.verified_at = Some(seen + later))?;
    }
}
