//! When a score next changes: the first moment at which it would differ by a point, or turn urgent.
//!
//! **Why it is never late.** Between two moments a < b the rising parts of the value lie between their values at a
//! and at b, and so do the falling ones; both hold as computed, because every rounding on the way is monotone
//! (`fixed.rs`, `course.rs`). The value never falls with either part, so on all of a..=b it lies between
//! `value(rising(a), falling(b))` and `value(rising(b), falling(a))`. When both bounds are less than a point from
//! now's value, and the move is not urgent at b (which never goes back), nothing changed in between and the whole
//! stretch is passed over. Otherwise it is halved and its earlier half is looked at first; a stretch of one
//! millisecond is decided by its end. So every moment before the answer has been ruled out, to the millisecond.
//! Past `Course::settled` no part moves, so a search that gets there answers "never".
//!
//! **Why it is quick.** A stretch on which only one of the two parts moves is decided by its ends, so the search is a
//! plain bisection unless a rise and a fall cancel out for long. Within the first minute the slow falling parts take
//! only a few values, which bounds the search; beyond it, a search of more than [`LOOKS`] looks answers the moment
//! it has got to: early, never late, and at least [`PATIENCE`] after now, so that a job that rescores cannot spin.

use super::course::{Course, Parts};
use crate::model::Ts;

/// A value that differs by this much has changed: one point.
const A_POINT: i32 = 100;

/// An answer that is only a bound is at least this long after now.
const PATIENCE: i64 = Ts::MINUTE;

/// How many moments beyond the first minute are looked at.
const LOOKS: u32 = 128;

#[derive(Clone, Copy)]
struct Look {
    at: Ts,
    parts: Parts,
}

/// The first moment after now at which the value differs by a point from now's or the move turns urgent.
pub(super) fn change(course: &Course<'_>) -> Option<Ts> {
    let look = |at| Look { at, parts: course.parts(at) };
    let now = look(course.now);
    let value = course.value(now.parts.rising, now.parts.falling);
    let settled = course.settled();
    if settled <= now.at {
        return None;
    }
    let calm = |a: Look, b: Look| {
        let low = course.value(a.parts.rising, b.parts.falling);
        let high = course.value(b.parts.rising, a.parts.falling);
        high - value < A_POINT && value - low < A_POINT && b.parts.urgent == now.parts.urgent
    };
    let changed = |b: Look| {
        let then = course.value(b.parts.rising, b.parts.falling);
        (then - value).abs() >= A_POINT || b.parts.urgent != now.parts.urgent
    };

    let patience = now.at + PATIENCE;
    // The ends of the stretches still to look at, the nearest on top; everything up to `from` is ruled out.
    let mut ends = vec![look(settled)];
    if patience < settled {
        ends.push(look(patience));
    }
    let mut from = now;
    let mut looks = 0;
    while let Some(&end) = ends.last() {
        let length = end.at.since(from.at);
        if calm(from, end) || (length <= 1 && !changed(end)) {
            from = end;
            ends.pop();
        } else if length <= 1 {
            return Some(end.at);
        } else {
            if from.at >= patience {
                looks += 1;
                if looks > LOOKS {
                    return Some(from.at);
                }
            }
            ends.push(look(from.at + length / 2));
        }
    }
    None
}
