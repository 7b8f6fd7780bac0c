//! The Action Priority Score: 0 to 100, explained, in whole hundredths of a point (design §5 and §9).
//!
//! Whole numbers only: the same facts, weights and moment give the same answer to the bit on every target.

mod answer;
mod changes;
mod course;
mod facts;
mod fixed;
mod gates;
pub mod intent;
mod next;
mod points;
mod terms;
pub mod testing;
#[cfg(test)]
mod tests;
mod weights;
mod words;

pub use answer::{Aps, Gate, GateKind, Term, TermName, Tick};
pub use changes::{Change, Effect, When, what_would_change};
pub use facts::{
    Clock, ClockKind, DealFacts, Doubt, Facts, Fatigue, Fit, GateFacts, Intent, Learned, Relationship, Waiting,
};
pub use intent::IntentKind;
pub use points::Points;
pub use weights::{WeightProblem, Weights, WeightsPatch};

use crate::model::Ts;
use course::Course;
use terms::{doubt, effort, fit, impact, learned, relationship, urgency};

/// The score of a move on these facts at this moment, with its reasons. Weights outside their bounds count as the
/// nearest bound.
#[must_use]
pub fn score(facts: &Facts, weights: &Weights, now: Ts) -> Aps {
    let course = Course::of(facts, weights, now);
    let parts = course.parts(now);
    let sum = course.sum(parts.rising, parts.falling);
    let value = course.value(parts.rising, parts.falling);
    let gates = gates::closed(&facts.gates, now);
    let opens = gates.iter().filter_map(|gate| gate.opens_at).min();
    Aps {
        value: Points(value),
        terms: explain(&course, Points(value - sum)),
        gates,
        next_change: [next::change(&course), opens].into_iter().flatten().min(),
        urgent: parts.urgent,
    }
}

/// The terms that have points, most points first; of equals, in the order of §5's table.
fn explain(course: &Course<'_>, clamp: Points) -> Vec<Term> {
    let Course { facts, weights, now, .. } = course;
    let now = *now;
    let mut terms = Vec::with_capacity(10);
    let mut add = |name, points: Points, because: &dyn Fn() -> String, next_tick: &dyn Fn() -> Option<Tick>| {
        if points != Points::ZERO {
            terms.push(Term { name, points, because: because(), next_tick: next_tick() });
        }
    };
    let never = || None;

    add(TermName::Urgency, course.urgency(now), &|| urgency::because(&facts.clocks, now), &|| {
        urgency::tick(&facts.clocks, weights.urgency, now)
    });
    add(TermName::Impact, course.impact, &|| impact::because(facts.deal), &never);
    add(TermName::Intent, course.intent(now), &|| course.interest.because(now), &|| {
        course.interest.tick(weights.intent, now)
    });
    add(TermName::Fit, course.fit, &|| fit::because(facts.fit.as_ref()), &never);
    add(TermName::Relationship, course.relationship, &|| relationship::because(facts.relationship), &never);
    add(TermName::Learned, course.learned, &|| learned::because(facts.learned.as_ref(), course.learned), &never);
    add(TermName::Effort, course.effort, &|| effort::because(facts.minutes), &never);
    add(TermName::Fatigue, course.fatigue(now), &|| course.over.because(&facts.fatigue, now), &|| {
        course.over.tick(weights.fatigue, now)
    });
    add(TermName::Doubt, course.doubt(now), &|| doubt::because(facts.doubt, now), &|| {
        doubt::tick(facts.doubt, weights.doubt, now)
    });
    add(
        TermName::Clamp,
        clamp,
        &|| if clamp.0 < 0 { "no score is above 100" } else { "no score is below 0" }.to_owned(),
        &never,
    );
    terms.sort_by_key(|term| (std::cmp::Reverse(term.points), term.name));
    terms
}
