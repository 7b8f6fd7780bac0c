//! Doubt: an unsure identity or stale data take points away; the worse of the two counts.

use crate::aps::answer::Tick;
use crate::aps::facts::Doubt;
use crate::aps::fixed::{self, ONE, Share};
use crate::aps::points::Points;
use crate::aps::words;
use crate::model::Ts;

/// Data seen within this time raises no doubt.
const FRESH: i64 = 90 * Ts::DAY;
/// Data not seen for this time raises all of it.
const STALE: i64 = 365 * Ts::DAY;

fn stranger(doubt: Doubt) -> Share {
    ONE - fixed::of_bp(doubt.identity_bp)
}

fn staleness(doubt: Doubt, at: Ts) -> Share {
    doubt.verified_at.map_or(0, |seen| fixed::progress(at.since(seen) - FRESH, STALE - FRESH))
}

/// The points at a moment; with time they only fall.
pub(in crate::aps) fn points(doubt: Doubt, weight: Points, at: Ts) -> Points {
    fixed::points(weight, stranger(doubt).max(staleness(doubt, at)))
}

/// Why.
pub(in crate::aps) fn because(doubt: Doubt, now: Ts) -> String {
    match doubt.verified_at {
        Some(seen) if staleness(doubt, now) > stranger(doubt) => {
            format!("data not checked for {}", words::span(now.since(seen)))
        }
        _ => format!("only {} sure who this is", words::percent(doubt.identity_bp.min(10_000))),
    }
}

/// The moment from which nothing changes any more.
pub(in crate::aps) fn settled(doubt: Doubt) -> Option<Ts> {
    doubt.verified_at.map(|seen| seen + STALE)
}

/// When the data will count as wholly stale.
pub(in crate::aps) fn tick(doubt: Doubt, weight: Points, now: Ts) -> Option<Tick> {
    let at = settled(doubt).filter(|at| *at > now)?;
    let (from, to) = (points(doubt, weight, now), points(doubt, weight, at));
    let because = format!("the data has not been checked for {}", words::span(STALE));
    (to != from).then(|| Tick { at, delta: Points(to.0 - from.0), to, because })
}
