//! The linear learner: FTRL-proximal logistic regression, one step per example and pass.
//!
//! McMahan et al., "Ad click prediction: a view from the trenches" (2013): per-coordinate rates, so that rare
//! features keep learning while common ones have settled.

use serde::{Deserialize, Serialize};

use super::num;
use super::pack;

/// How fast a weight moves at first.
const ALPHA: f64 = 0.3;
/// How long it stays that fast.
const BETA: f64 = 1.0;
/// The pull towards zero, per pass over the examples.
const L2: f64 = 6.0;
/// How often each example is gone through: at a refresh, and when it comes.
pub(super) const PASSES: usize = 3;

/// Weights as sums of gradients (`z`) and of their squares (`n`). Feature 0 is the constant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Ftrl {
    #[serde(with = "pack")]
    z: Vec<f64>,
    #[serde(with = "pack")]
    n: Vec<f64>,
}

impl Ftrl {
    pub(super) fn new(features: usize) -> Self {
        Self { z: vec![0.0; features], n: vec![0.0; features] }
    }

    /// The log-odds that a feature adds.
    pub(super) fn weight(&self, feature: usize) -> f64 {
        let (Some(z), Some(n)) = (self.z.get(feature), self.n.get(feature)) else {
            return 0.0;
        };
        let pull = if feature == 0 { 0.0 } else { L2 * PASSES as f64 };
        -z / ((BETA + n.sqrt()) / ALPHA + pull)
    }

    /// One step towards what happened.
    pub(super) fn step(&mut self, features: &[usize], good: bool, importance: f64) {
        let score: f64 = features.iter().map(|feature| self.weight(*feature)).sum();
        let gradient = (num::sigmoid(score) - f64::from(u8::from(good))) * importance;
        for feature in features {
            let weight = self.weight(*feature);
            let (Some(z), Some(n)) = (self.z.get_mut(*feature), self.n.get_mut(*feature)) else {
                continue;
            };
            let more = *n + gradient * gradient;
            *z += gradient - (more.sqrt() - n.sqrt()) / ALPHA * weight;
            *n = more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_goes_with_success_gets_a_positive_weight() {
        let mut ftrl = Ftrl::new(3);
        for round in 0..200 {
            ftrl.step(&[0, 1], round % 4 != 0, 1.0);
            ftrl.step(&[0, 2], round % 4 == 0, 1.0);
        }
        assert!(ftrl.weight(1) > 0.5 && ftrl.weight(2) < -0.5 && ftrl.weight(0).abs() < 0.2);
        assert_eq!(ftrl.weight(99), 0.0);
    }

    #[test]
    fn the_first_step_is_as_computed_by_hand() {
        let mut ftrl = Ftrl::new(2);
        ftrl.step(&[0, 1], true, 1.0);
        assert!((ftrl.weight(0) - 0.5 / (1.5 / ALPHA)).abs() < 1e-15);
        assert!((ftrl.weight(1) - 0.5 / (1.5 / ALPHA + 18.0)).abs() < 1e-15);
    }
}
