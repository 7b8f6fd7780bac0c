//! The score against §5's formulas written down once more, in floating point.

use std::collections::HashMap;

use proptest::prelude::*;

use super::strategy::{NOW, facts};
use crate::aps::{Facts, TermName, Weights, score};
use crate::model::Ts;

fn exact(facts: &Facts, now: Ts) -> [(TermName, f64); 9] {
    let ratio = |a: i64, b: i64| (a as f64 / b as f64).clamp(0.0, 1.0);
    let bp = |bp: u16| f64::from(bp.min(10_000)) / 10_000.0;
    let urgency = facts.clocks.iter().map(|clock| {
        if now >= clock.due {
            1.0
        } else if now <= clock.start {
            0.0
        } else {
            ratio(now.since(clock.start), clock.due.since(clock.start))
        }
    });
    let impact = facts.deal.filter(|deal| deal.p95_minor > 0).map_or(0.0, |deal| {
        let value = (deal.amount_minor.max(0) as f64 * bp(deal.stage_bp)).floor();
        ((1.0 + value).ln() / (1.0 + deal.p95_minor as f64).ln()).min(1.0)
    });
    let mut groups: HashMap<_, f64> = HashMap::new();
    for signal in &facts.intent {
        let rule = signal.kind.rule();
        let halvings = now.since(signal.occurred_at).max(0) as f64 / rule.half_life as f64;
        let strength = bp(rule.weight_bp) * (-halvings).exp2();
        let group = groups.entry(rule.group as usize).or_default();
        *group = group.max(strength);
    }
    let intent = 1.0 - groups.values().map(|strength| 1.0 - strength).product::<f64>();
    let relationship = [0.0, 0.3, 0.4, 0.5][facts.relationship.replies.min(3) as usize]
        + [0.0, 0.2, 0.3][facts.relationship.meetings.min(2) as usize]
        + if facts.relationship.referral { 0.2 } else { 0.0 };
    let learned = facts.learned.as_ref().filter(|learned| learned.tries > 0).map_or(0.0, |learned| {
        let (p, base) = (bp(learned.probability_bp), bp(learned.base_bp));
        let logit = |p: f64| (p / (1.0 - p)).ln();
        if p == base { 0.0 } else { ((logit(p) - logit(base)) / 2.0).tanh() }
    });
    let felt = facts.fatigue.touched_at.iter().filter(|touched| now.since(**touched) < 7 * Ts::DAY).count() as f64;
    let cap = f64::from(facts.fatigue.cap);
    let over = ((felt - cap).max(0.0) / cap.max(1.0)).min(1.0);
    let fatigue = (over + if facts.fatigue.colleague.is_some() { 0.5 } else { 0.0 }).min(1.0);
    let stale = facts.doubt.verified_at.map_or(0.0, |seen| ratio(now.since(seen) - 90 * Ts::DAY, 275 * Ts::DAY));
    [
        (TermName::Urgency, 30.0 * urgency.fold(0.0, f64::max)),
        (TermName::Impact, 25.0 * impact),
        (TermName::Intent, 20.0 * intent),
        (TermName::Fit, 15.0 * facts.fit.as_ref().map_or(0.0, |fit| bp(fit.bp))),
        (TermName::Relationship, 10.0 * relationship),
        (TermName::Learned, 20.0 * learned),
        (TermName::Effort, -10.0 * (f64::from(facts.minutes) / 30.0).min(1.0)),
        (TermName::Fatigue, -15.0 * fatigue),
        (TermName::Doubt, -10.0 * (1.0 - bp(facts.doubt.identity_bp)).max(stale)),
    ]
}

proptest! {
    #[test]
    fn every_term_is_its_formula_to_the_hundredth(facts in facts()) {
        let aps = score(&facts, &Weights::default(), NOW);
        for (name, points) in exact(&facts, NOW) {
            let got = aps.terms.iter().find(|term| term.name == name).map_or(0, |term| term.points.0);
            // Half a hundredth of rounding, and the fixed point's own error of well below a tenth of one.
            prop_assert!((f64::from(got) - 100.0 * points).abs() < 0.6, "{name:?}: {got} is not {points}");
        }
    }
}
