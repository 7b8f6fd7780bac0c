//! What would change a score: the ticks of its terms, its gates, and what people may do.

use serde::{Deserialize, Serialize};

use super::answer::TermName;
use super::course::Course;
use super::facts::{ClockKind, Facts};
use super::gates;
use super::points::Points;
use super::terms::{doubt, urgency};
use super::weights::Weights;
use crate::model::Ts;

/// One thing that would change the score or the move's place; the caller makes a sentence of it, with its own words
/// for clock times ("+9 tomorrow 09:00", "leaves the queue if they reply").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// On what occasion.
    pub when: When,
    /// With what effect.
    pub effect: Effect,
    /// Why, in words without clock times.
    pub because: String,
}

/// The occasion of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "on")]
pub enum When {
    /// At this moment, by itself.
    Time {
        /// The moment.
        at: Ts,
    },
    /// When they reply.
    TheyReply,
    /// When somebody of us answers them.
    WeAnswer,
    /// When it is settled whom this is about.
    IdentityResolved,
}

/// The effect of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Effect {
    /// A term will have other points.
    Points {
        /// Which.
        term: TermName,
        /// By how much against now.
        delta: Points,
    },
    /// The move comes into Today.
    EntersToday,
    /// The move leaves the queue.
    LeavesQueue,
}

/// What would change the score of a move on these facts: by itself first, soonest first, then what people may do.
#[must_use]
pub fn what_would_change(facts: &Facts, weights: &Weights, now: Ts) -> Vec<Change> {
    let course = Course::of(facts, weights, now);
    let ticks = [
        (TermName::Urgency, urgency::tick(&facts.clocks, course.weights.urgency, now)),
        (TermName::Intent, course.interest.tick(course.weights.intent, now)),
        (TermName::Fatigue, course.over.tick(course.weights.fatigue, now)),
        (TermName::Doubt, doubt::tick(facts.doubt, course.weights.doubt, now)),
    ];
    let mut timed: Vec<(Ts, Effect, String)> = ticks
        .into_iter()
        .filter_map(|(term, tick)| tick.map(|tick| (tick.at, Effect::Points { term, delta: tick.delta }, tick.because)))
        .collect();
    let closed = gates::closed(&facts.gates, now);
    // In Today once the last gate opens, if all of them open by themselves.
    let opens = closed.iter().map(|gate| gate.opens_at).collect::<Option<Vec<_>>>();
    if let Some(at) = opens.and_then(|opens| opens.into_iter().max()) {
        let because = closed.iter().map(|gate| gate.because.as_str()).collect::<Vec<_>>().join(", ");
        timed.push((at, Effect::EntersToday, format!("until then: {because}")));
    }
    timed.sort_by_key(|(at, ..)| *at);
    let mut changes: Vec<Change> =
        timed.into_iter().map(|(at, effect, because)| Change { when: When::Time { at }, effect, because }).collect();

    let mut on = |when, effect, because: &str| changes.push(Change { when, effect, because: because.to_owned() });
    if facts.gates.identity_unresolved && closed.len() == 1 {
        on(When::IdentityResolved, Effect::EntersToday, "nothing else holds it back");
    }
    if facts.clocks.iter().any(|clock| clock.kind == ClockKind::WaitingForUs) {
        on(When::WeAnswer, Effect::LeavesQueue, "they no longer wait for us");
    } else {
        on(When::TheyReply, Effect::LeavesQueue, "a reply asks for another next step");
    }
    changes
}
