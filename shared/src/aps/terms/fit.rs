//! Fit: how well they match the rules that a person wrote.

use crate::aps::facts::Fit;
use crate::aps::fixed;
use crate::aps::points::Points;
use crate::aps::words;

/// The points; none without a rule.
pub(in crate::aps) fn points(fit: Option<&Fit>, weight: Points) -> Points {
    fixed::points(weight, fit.map_or(0, |fit| fixed::of_bp(fit.bp)))
}

/// Why.
pub(in crate::aps) fn because(fit: Option<&Fit>) -> String {
    match fit.map(|fit| (fit.words.trim(), fit.bp)) {
        None => "no rules yet".to_owned(),
        Some(("", bp)) => format!("matches {} of your rules", words::percent(bp.min(10_000))),
        Some((words, _)) => words.to_owned(),
    }
}
