//! Effort: the minutes it takes, over thirty.

use crate::aps::fixed;
use crate::aps::points::Points;
use crate::aps::words;

/// A move of this many minutes or more costs the whole weight.
const WHOLE: i64 = 30;

/// The points.
pub(in crate::aps) fn points(minutes: u32, weight: Points) -> Points {
    fixed::points(weight, fixed::progress(i64::from(minutes), WHOLE))
}

/// Why.
pub(in crate::aps) fn because(minutes: u32) -> String {
    words::count(u64::from(minutes), "minute", "minutes")
}
