//! How good stated probabilities were: ranking (AUC), distance (Brier, log loss) and calibration.

use serde::{Deserialize, Serialize};

use super::num;

/// A stated probability in basis points, and what happened.
pub type Stated = (u16, bool);

/// The share of pairs of a success and a miss in which the success was rated higher; equal ratings count half.
/// `None` without a success or without a miss.
#[must_use]
pub fn auc(stated: &[Stated]) -> Option<f64> {
    let mut sorted = stated.to_vec();
    sorted.sort_unstable_by_key(|(bp, _)| *bp);
    let (mut misses, mut half_pairs) = (0u64, 0u64);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let good = tied.iter().filter(|(_, good)| *good).count() as u64;
        let bad = tied.len() as u64 - good;
        half_pairs += good * (2 * misses + bad);
        misses += bad;
    }
    let pairs = misses * (sorted.len() as u64 - misses);
    (pairs > 0).then(|| half_pairs as f64 / (2 * pairs) as f64)
}

/// The mean squared distance between what was stated and what happened (1 or 0). `None` without any.
#[must_use]
pub fn brier(stated: &[Stated]) -> Option<f64> {
    mean(stated, |p, good| {
        let distance = if good { 1.0 - p } else { p };
        distance * distance
    })
}

/// The mean of minus the natural logarithm of the probability that was stated for what happened. `None` without any.
#[must_use]
pub fn log_loss(stated: &[Stated]) -> Option<f64> {
    mean(stated, |p, good| -num::ln(if good { p } else { 1.0 - p }))
}

fn mean(stated: &[Stated], loss: impl Fn(f64, bool) -> f64) -> Option<f64> {
    let sum: f64 = stated.iter().map(|(bp, good)| loss(f64::from(*bp) / 10_000.0, *good)).sum();
    (!stated.is_empty()).then(|| sum / stated.len() as f64)
}

/// The cases whose stated probability is in one tenth of the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// The mean of what was stated, in basis points.
    pub stated_bp: u16,
    /// The share that went well, in basis points.
    pub happened_bp: u16,
    /// How many cases there are.
    pub tries: u32,
}

/// What was stated against what happened, for each tenth of the scale that has cases, ascending.
#[must_use]
pub fn calibration(stated: &[Stated]) -> Vec<CalibrationBin> {
    let mut bins = [(0u64, 0u64, 0u64); 10];
    for (bp, good) in stated {
        let (sum, goods, tries) = &mut bins[usize::from(*bp / 1_000).min(9)];
        *sum += u64::from(*bp);
        *goods += u64::from(*good);
        *tries += 1;
    }
    let bin = |(sum, good, tries): &(u64, u64, u64)| CalibrationBin {
        stated_bp: (sum / tries) as u16,
        happened_bp: (good * 10_000 / tries) as u16,
        tries: *tries as u32,
    };
    bins.iter().filter(|(_, _, tries)| *tries > 0).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_computed_by_hand() {
        let stated = [(9_000, true), (6_000, false), (6_000, true), (2_000, false)];
        // Pairs: 9>6, 9>2, 6=6 (half), 6>2.
        assert_eq!(auc(&stated), Some(3.5 / 4.0));
        assert!((brier(&stated).unwrap() - (0.01 + 0.36 + 0.16 + 0.04) / 4.0).abs() < 1e-12);
        let by_hand = -(0.9f64.ln() + 0.4f64.ln() + 0.6f64.ln() + 0.8f64.ln()) / 4.0;
        assert!((log_loss(&stated).unwrap() - by_hand).abs() < 1e-12);
        let bin = |stated_bp, happened_bp, tries| CalibrationBin { stated_bp, happened_bp, tries };
        assert_eq!(calibration(&stated), [bin(2_000, 0, 1), bin(6_000, 5_000, 2), bin(9_000, 10_000, 1)]);
    }

    #[test]
    fn without_cases_there_is_no_figure() {
        assert_eq!((auc(&[]), brier(&[]), log_loss(&[])), (None, None, None));
        assert_eq!((auc(&[(1, true)]), auc(&[(1, false), (2, false)])), (None, None));
        assert!(calibration(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn auc_is_the_share_of_pairs_in_order(stated in prop::collection::vec((1..40u16, any::<bool>()), 0..60)) {
            let (mut pairs, mut right) = (0.0, 0.0);
            for (good, _) in stated.iter().filter(|(_, good)| *good) {
                for (bad, _) in stated.iter().filter(|(_, good)| !good) {
                    pairs += 1.0;
                    right += if good > bad { 1.0 } else if good == bad { 0.5 } else { 0.0 };
                }
            }
            let counted = auc(&stated);
            prop_assert_eq!(counted.is_some(), pairs > 0.0);
            let expected = if pairs > 0.0 { right / pairs } else { 0.0 };
            prop_assert!((counted.unwrap_or(0.0) - expected).abs() < 1e-12);
        }
    }
}
