//! Calibration: what a learner's log-odds were worth on examples that it had not seen.
//!
//! Platt's scaling, pulled towards "worth nothing": with thin evidence, or attributes that tell nothing, the slope
//! stays near zero and the probability stays at the base rate.

use serde::{Deserialize, Serialize};

use super::num;
use super::pack;

/// The pull on slope and shift, as evidence (sums of p(1-p)) that says they are zero.
const SLOPE_PULL: f64 = 1.0;
const SHIFT_PULL: f64 = 5.0;
const STEPS: usize = 30;
/// Examples in a group of similar ones: at least this many, and at most so many groups.
const LEAST_GROUP: usize = 20;
const MOST_GROUPS: usize = 20;

/// One judged example: the log-odds that a learner without it gave, what happened, what it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    pub(super) score: f64,
    pub(super) good: bool,
    pub(super) importance: f64,
}

/// From raw log-odds to what they are worth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// Centre, slope, shift.
    #[serde(with = "pack")]
    line: Vec<f64>,
    /// Where each group of similar examples begins, by raw log-odds, but for the first.
    #[serde(with = "pack")]
    groups: Vec<f64>,
    good: Vec<u32>,
    tries: Vec<u32>,
}

impl Calibration {
    /// Fits the line around `centre`, the log-odds of the base rate, and counts what became of similar examples.
    pub(super) fn fit(mut judged: Vec<Judged>, centre: f64) -> Self {
        let (mut slope, mut shift) = (0.0, 0.0);
        for _ in 0..STEPS {
            let (mut gs, mut gb, mut hss, mut hsb, mut hbb) =
                (SLOPE_PULL * slope, SHIFT_PULL * shift, SLOPE_PULL, 0.0, SHIFT_PULL);
            for one in &judged {
                let x = one.score - centre;
                let p = num::sigmoid(centre + slope * x + shift);
                let wrong = (p - f64::from(u8::from(one.good))) * one.importance;
                let curvature = p * (1.0 - p) * one.importance;
                gs += wrong * x;
                gb += wrong;
                hss += curvature * x * x;
                hsb += curvature * x;
                hbb += curvature;
            }
            let area = hss * hbb - hsb * hsb;
            slope = (slope - ((hbb * gs - hsb * gb) / area).clamp(-0.5, 0.5)).clamp(0.0, 2.0);
            shift = (shift - ((hss * gb - hsb * gs) / area).clamp(-0.5, 0.5)).clamp(-2.0, 2.0);
        }
        judged.sort_by(|a, b| a.score.total_cmp(&b.score));
        let size = LEAST_GROUP.max(judged.len().div_ceil(MOST_GROUPS));
        let groups = judged.chunks(size);
        Self {
            line: vec![centre, slope, shift],
            groups: groups.clone().skip(1).map(|group| group[0].score).collect(),
            good: groups.clone().map(|group| group.iter().filter(|one| one.good).count() as u32).collect(),
            tries: groups.map(|group| group.len() as u32).collect(),
        }
    }

    /// The log-odds of the base rate among the examples.
    pub(super) fn centre(&self) -> f64 {
        self.line.first().copied().unwrap_or(0.0)
    }

    /// How much one log-odd of the learners is worth.
    pub(super) fn slope(&self) -> f64 {
        self.line.get(1).copied().unwrap_or(0.0)
    }

    /// The log-odds to state for raw log-odds, for something whose base rate has the log-odds `base`.
    pub(super) fn apply(&self, score: f64, base: f64) -> f64 {
        match self.line.as_slice() {
            [centre, slope, shift] => base + slope * (score - centre) + shift,
            _ => base,
        }
    }

    /// Of the examples with such log-odds: how many went well, and how many there are.
    pub(super) fn similar(&self, score: f64) -> (u32, u32) {
        let group = self.groups.partition_point(|start| *start <= score);
        (self.good.get(group).copied().unwrap_or(0), self.tries.get(group).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 400 examples whose true log-odds are `truth` times the stated ones, which are -2, -1, 1 or 2.
    fn judged(truth: f64) -> Vec<Judged> {
        let mut all = Vec::new();
        for score in [-2.0, -1.0, 1.0, 2.0] {
            let good = (num::sigmoid(truth * score) * 100.0 + 0.5) as usize;
            all.extend((0..100).map(|n| Judged { score, good: n < good, importance: 1.0 }));
        }
        all
    }

    #[test]
    fn too_bold_is_tempered_and_too_timid_is_trusted_more() {
        for (truth, low, high) in [(0.5, 0.45, 0.52), (1.0, 0.93, 1.03), (1.5, 1.38, 1.55)] {
            let slope = Calibration::fit(judged(truth), 0.0).slope();
            assert!((low..high).contains(&slope), "{truth}: {slope}");
        }
    }

    #[test]
    fn scores_that_tell_nothing_or_the_contrary_leave_the_base_rate() {
        for truth in [0.0, -1.0] {
            let calibration = Calibration::fit(judged(truth), 0.0);
            let stated = num::sigmoid(calibration.apply(3.0, num::logit(0.2)));
            assert!((stated - 0.2).abs() < 0.01, "{stated}");
        }
        assert_eq!(Calibration::default().apply(3.0, -1.0), -1.0);
    }

    #[test]
    fn similar_examples_are_counted() {
        let calibration = Calibration::fit(judged(1.0), 0.0);
        assert_eq!(calibration.similar(-9.0), (20, 20).min(calibration.similar(-9.0)));
        let total: u32 = calibration.tries.iter().sum();
        assert_eq!((total, calibration.tries.len()), (400, 20));
        assert_eq!(Calibration::default().similar(0.0), (0, 0));
    }
}
