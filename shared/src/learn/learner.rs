//! The learners behind a model: each a linear one and one of combinations, taught with all but a quarter of the examples.

use serde::{Deserialize, Serialize};

use super::boost::{Examples, Trees};
use super::calibrate::{Calibration, Judged};
use super::encode::{Encoder, Test};
use super::ftrl::{Ftrl, PASSES};
use super::num;
use super::replay::Replay;

/// As many learners; each leaves out its share of the examples, by which it is judged.
const LEARNERS: usize = 4;
/// The linear learner's say; the rest is that of the combinations.
const LINEAR: f64 = 0.3;
/// Fewer than this many of either outcome teach nothing but the base rate.
const LEAST_OF_EACH: usize = 2;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Learner {
    linear: Ftrl,
    trees: Trees,
}

/// All that was learned from the examples when it was last gone through, and the steps since.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Learned {
    pub(super) encoder: Encoder,
    learners: Vec<Learner>,
    pub(super) calibration: Calibration,
}

/// What one example's attributes add up to.
pub(super) struct Sum {
    /// Raw log-odds, before calibration.
    pub(super) score: f64,
    /// Each column's part of the raw log-odds, as compared with the average example.
    pub(super) parts: Vec<f64>,
}

impl Learned {
    /// Goes through all remembered examples.
    pub(super) fn of(replay: &Replay, half_life: i64) -> Self {
        let outcomes: Vec<f64> = (0..replay.len()).map(|place| f64::from(u8::from(replay.good(place)))).collect();
        let importances = replay.weights(half_life);
        let good = outcomes.iter().filter(|outcome| **outcome > 0.5).count();
        if good.min(replay.len() - good) < LEAST_OF_EACH {
            return Self::default();
        }
        let encoder = Encoder::of(replay);
        let columns = encoder.encode_all(replay);
        let sizes: Vec<usize> = encoder.columns.iter().map(|column| column.codes()).collect();
        let offsets: Vec<usize> = (0..sizes.len()).map(|column| sizes[..column].iter().sum()).collect();
        let tests = encoder.tests();
        let examples = Examples {
            columns: &columns,
            sizes: &sizes,
            offsets: &offsets,
            tests: &tests,
            outcomes: &outcomes,
            importances: &importances,
        };
        let weighed: f64 = importances.iter().sum();
        let weighed_good: f64 = importances.iter().zip(&outcomes).map(|(weight, outcome)| weight * outcome).sum();
        let centre = num::logit((weighed_good + 0.5) / (weighed + 1.0));
        let mut learned = Self { encoder, ..Self::default() };
        let mut judged = Vec::with_capacity(replay.len());
        for left_out in 0..LEARNERS {
            let rows: Vec<usize> = (0..replay.len()).filter(|row| left_out_by(*row) != left_out).collect();
            let mut linear = Ftrl::new(learned.encoder.features());
            for _ in 0..PASSES {
                for row in &rows {
                    let features = learned.features(columns.iter().map(|codes| codes[*row]));
                    linear.step(&features, outcomes[*row] > 0.5, importances[*row]);
                }
            }
            let trees = Trees::fit(&examples, &rows, centre, left_out as u64);
            let learner = Learner { linear, trees };
            for row in (0..replay.len()).filter(|row| left_out_by(*row) == left_out) {
                let features = learned.features(columns.iter().map(|codes| codes[row]));
                let linear: f64 = features.iter().map(|feature| learner.linear.weight(*feature)).sum();
                let crossed = learner.trees.score(&tests, |column| columns[column][row], |_, _| ()) + centre;
                let score = LINEAR * linear + (1.0 - LINEAR) * crossed;
                judged.push(Judged { score, good: outcomes[row] > 0.5, importance: importances[row] });
            }
            learned.learners.push(learner);
        }
        learned.calibration = Calibration::fit(judged, centre);
        learned
    }

    /// One step of the linear learners, for the example at a place.
    pub(super) fn step(&mut self, codes: &[u8], place: usize, good: bool) {
        let features = self.features(codes.iter().copied());
        for (index, learner) in self.learners.iter_mut().enumerate() {
            if left_out_by(place) != index {
                for _ in 0..PASSES {
                    learner.linear.step(&features, good, 1.0);
                }
            }
        }
    }

    /// What the attributes with these codes add up to.
    pub(super) fn sum(&self, codes: &[u8], tests: &[Test]) -> Sum {
        let mut parts = vec![0.0; codes.len()];
        let mut score = 0.0;
        let share = 1.0 / self.learners.len().max(1) as f64;
        for learner in &self.learners {
            score += LINEAR * share * learner.linear.weight(0);
            self.encoder.visit(codes.iter().copied(), |column, feature| {
                let part = LINEAR * share * learner.linear.weight(feature);
                score += part;
                parts[column] += part;
            });
            let say = (1.0 - LINEAR) * share;
            let trees = learner.trees.score(tests, |column| codes[column], |column, part| parts[column] += say * part);
            score += say * (trees + self.calibration.centre());
        }
        for (part, usual) in parts.iter_mut().zip(self.usual()) {
            *part -= usual;
        }
        Sum { score, parts }
    }

    /// Each column's linear part for the average example: what a part is compared with.
    fn usual(&self) -> Vec<f64> {
        let share = LINEAR / self.learners.len().max(1) as f64;
        let weight = |feature| self.learners.iter().map(|learner| learner.linear.weight(feature)).sum::<f64>() * share;
        let mut offset = 1;
        let mut usual = Vec::with_capacity(self.encoder.columns.len());
        for column in &self.encoder.columns {
            let total: u32 = column.tries.iter().sum();
            let edges = column.features() - column.codes();
            let mut on = vec![0u32; edges];
            let mut sum = 0.0;
            for (code, count) in column.tries.iter().enumerate() {
                sum += weight(offset + code) * f64::from(*count);
                on.iter_mut().take(column.above(code as u8)).for_each(|on| *on += count);
            }
            for (edge, on) in on.iter().enumerate() {
                sum += weight(offset + column.codes() + edge) * f64::from(*on);
            }
            usual.push(sum / f64::from(total.max(1)));
            offset += column.features();
        }
        usual
    }

    fn features(&self, codes: impl Iterator<Item = u8>) -> Vec<usize> {
        let mut features = vec![0];
        self.encoder.visit(codes, |_, feature| features.push(feature));
        features
    }
}

/// The learner that does not see the example at a place. Scattered, because examples often come in a rhythm.
fn left_out_by(place: usize) -> usize {
    (num::mix(place as u64) % LEARNERS as u64) as usize
}
