//! The course of a score over time: the value at any later moment, on facts that stay as they are.

use super::facts::Facts;
use super::points::Points;
use super::terms::fatigue::Over;
use super::terms::intent::Interest;
use super::terms::{doubt, effort, fit, impact, learned, relationship, urgency};
use super::weights::Weights;
use crate::model::Ts;

/// A move this close to its due date is urgent (§5).
const DUE_SOON: i64 = 4 * Ts::HOUR;

/// The parts that time does not move, and what the others are made from.
pub(super) struct Course<'a> {
    pub(super) facts: &'a Facts,
    pub(super) weights: Weights,
    pub(super) now: Ts,
    pub(super) impact: Points,
    pub(super) fit: Points,
    pub(super) relationship: Points,
    pub(super) learned: Points,
    pub(super) effort: Points,
    pub(super) over: Over,
    pub(super) interest: Interest,
}

/// The time-dependent half of the value at one moment, in its rising and its falling part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// Urgency and fatigue: neither ever falls with time.
    pub(super) rising: i32,
    /// Intent and doubt: neither ever rises with time.
    pub(super) falling: i32,
    /// Never goes back to false with time.
    pub(super) urgent: bool,
}

impl<'a> Course<'a> {
    pub(super) fn of(facts: &'a Facts, weights: &Weights, now: Ts) -> Self {
        let weights = weights.bounded();
        Self {
            impact: impact::points(facts.deal, weights.impact),
            fit: fit::points(facts.fit.as_ref(), weights.fit),
            relationship: relationship::points(facts.relationship, weights.relationship),
            learned: learned::points(facts.learned.as_ref(), weights.learned),
            effort: effort::points(facts.minutes, weights.effort),
            over: Over::of(&facts.fatigue, now),
            interest: Interest::of(&facts.intent, now),
            facts,
            weights,
            now,
        }
    }

    pub(super) fn urgency(&self, at: Ts) -> Points {
        urgency::points(&self.facts.clocks, self.weights.urgency, at)
    }

    pub(super) fn intent(&self, at: Ts) -> Points {
        self.interest.points(self.weights.intent, at)
    }

    pub(super) fn fatigue(&self, at: Ts) -> Points {
        self.over.points(self.weights.fatigue, at)
    }

    pub(super) fn doubt(&self, at: Ts) -> Points {
        doubt::points(self.facts.doubt, self.weights.doubt, at)
    }

    /// The moving parts at a moment from `now` on.
    pub(super) fn parts(&self, at: Ts) -> Parts {
        let urgency = self.urgency(at);
        Parts {
            rising: urgency.0 + self.fatigue(at).0,
            falling: self.intent(at).0 + self.doubt(at).0,
            urgent: urgency::presses(urgency, self.weights.urgency)
                || self.facts.due_at.is_some_and(|due| due - DUE_SOON <= at),
        }
    }

    /// The value of a rising and a falling part; it never falls with either.
    pub(super) fn value(&self, rising: i32, falling: i32) -> i32 {
        self.sum(rising, falling).clamp(0, 10_000)
    }

    /// The same before the clamp. Bounded weights keep it far within 32 bits.
    pub(super) fn sum(&self, rising: i32, falling: i32) -> i32 {
        let still = self.impact.0 + self.fit.0 + self.relationship.0 + self.learned.0 + self.effort.0;
        still + rising + falling
    }

    /// A moment from which nothing moves any more.
    pub(super) fn settled(&self) -> Ts {
        let moments = [
            urgency::settled(&self.facts.clocks),
            self.facts.due_at.map(|due| due - DUE_SOON),
            self.over.settled(),
            self.interest.settled(),
            doubt::settled(self.facts.doubt),
        ];
        moments.into_iter().flatten().max().unwrap_or(self.now)
    }
}
