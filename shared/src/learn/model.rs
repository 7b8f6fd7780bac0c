//! The model: from attributes to the probability that something goes well, with its reasons.

use serde::{Deserialize, Serialize};

use super::learner::Learned;
use super::num;
use super::replay::Replay;
use super::value::Attributes;
use crate::model::Ts;

/// The first refresh comes after this many examples; then each time there are so many times as many.
const FIRST_REFRESH: u64 = 8;
const NEXT_REFRESH: u64 = 3;

/// What a model starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// The probability in basis points before anything was learned.
    pub prior_bp: u16,
    /// As many examples as the prior is worth.
    pub prior_tries: u16,
    /// How many examples are remembered; the oldest make room.
    pub capacity: u16,
    /// An example counts half after this many days.
    pub half_life_days: u16,
}

impl Default for Config {
    fn default() -> Self {
        Self { prior_bp: 2_000, prior_tries: 8, capacity: 8_192, half_life_days: 365 }
    }
}

/// One attribute's say in a prediction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The attribute.
    pub name: String,
    /// Its value as people read it; empty when it is missing.
    pub value: String,
    /// What it adds to the log-odds, in thousandths: above zero speaks for success.
    pub milli: i32,
    /// Remembered examples with such a value (the same category or bin) that went well.
    pub good: u32,
    /// All remembered examples with such a value.
    pub tries: u32,
}

/// What the model says about one set of attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// The probability of success in basis points, 1 to 9999.
    pub probability_bp: u16,
    /// The probability without any attributes.
    pub base_bp: u16,
    /// "12 of 40 like this went well": remembered examples that were rated alike by learners that had not seen
    /// them, and went well.
    pub good: u32,
    /// All remembered examples that were rated alike.
    pub tries: u32,
    /// The attributes with a say, the strongest first.
    pub contributions: Vec<Contribution>,
    /// What the log-odds have in thousandths apart from base and contributions (the model's calibration): the
    /// base's log-odds, this and all contributions add up to the log-odds of the probability, but for rounding.
    pub rest_milli: i32,
}

/// An online model of success over attributes. Two models with the same history are the same to the bit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    config: Config,
    good: u64,
    refreshed_at: u64,
    replay: Replay,
    learned: Learned,
}

impl Model {
    /// A model that knows the prior only.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let replay = Replay::new(usize::from(config.capacity));
        Self { config, good: 0, refreshed_at: 0, replay, learned: Learned::default() }
    }

    /// How many examples it was ever taught.
    #[must_use]
    pub fn examples(&self) -> u64 {
        self.replay.seen()
    }

    /// Takes in what became of something with these attributes. Cheap, but for a [`refresh`](Self::refresh) each
    /// time there are three times as many examples, or half of those remembered have been replaced.
    pub fn learn(&mut self, attributes: &Attributes, success: bool, at: Ts) {
        let place = self.replay.push(attributes, success, at);
        self.good += u64::from(success);
        let fresh = self.replay.seen() - self.refreshed_at;
        if self.replay.seen() >= FIRST_REFRESH
            && fresh >= (self.refreshed_at * (NEXT_REFRESH - 1)).min(u64::from(self.config.capacity / 2))
        {
            self.refresh();
        } else {
            self.learned.step(&self.learned.encoder.encode(attributes), place, success);
        }
    }

    /// Goes through all remembered examples again: bins, categories, crosses and calibration are made anew.
    ///
    /// Takes time in proportion to the examples (some 60 ms per thousand in a release build): before a model is stored as a version,
    /// not at each example.
    pub fn refresh(&mut self) {
        if self.refreshed_at < self.replay.seen() {
            self.refreshed_at = self.replay.seen();
            self.learned = Learned::of(&self.replay, i64::from(self.config.half_life_days) * Ts::DAY);
        }
    }

    /// The probability of success without any attributes, in basis points.
    #[must_use]
    pub fn base_bp(&self) -> u16 {
        let prior = f64::from(self.config.prior_tries);
        let good = self.good as f64 + prior * f64::from(self.config.prior_bp) / 10_000.0;
        num::to_bp(good / (self.replay.seen() as f64 + prior).max(1.0))
    }

    /// What the attributes say, from the model's own base rate.
    #[must_use]
    pub fn predict(&self, attributes: &Attributes) -> Prediction {
        self.predict_from(self.base_bp(), attributes)
    }

    /// What the attributes say, from a base rate that is known better, such as that of
    /// [`Rates`](super::Rates) for the kind of action. While evidence is thin, the answer stays near that base.
    #[must_use]
    pub fn predict_from(&self, base_bp: u16, attributes: &Attributes) -> Prediction {
        let base = num::logit(f64::from(base_bp.clamp(num::MIN_BP, num::MAX_BP)) / 10_000.0);
        let encoder = &self.learned.encoder;
        let codes = encoder.encode(attributes);
        let sum = self.learned.sum(&codes, &encoder.tests());
        let calibration = &self.learned.calibration;
        let score = calibration.apply(sum.score, base);
        let (good, tries) = calibration.similar(sum.score);
        let mut contributions = Vec::new();
        for ((column, code), part) in encoder.columns.iter().zip(&codes).zip(&sum.parts) {
            let value = attributes.iter().find(|(name, _)| *name == column.name).map(|(_, value)| value.display());
            let of_code = |counts: &[u32]| counts.get(usize::from(*code)).copied().unwrap_or(0);
            contributions.push(Contribution {
                name: column.name.clone(),
                value: value.unwrap_or_default(),
                milli: milli(calibration.slope() * part),
                good: of_code(&column.good),
                tries: of_code(&column.tries),
            });
        }
        contributions.retain(|contribution| contribution.milli != 0);
        contributions.sort_by_key(|contribution| std::cmp::Reverse(contribution.milli.abs()));
        let said: i32 = contributions.iter().map(|contribution| contribution.milli).sum();
        Prediction {
            probability_bp: num::to_bp(num::sigmoid(score)),
            base_bp,
            good,
            tries,
            contributions,
            rest_milli: milli(score - base) - said,
        }
    }
}

/// Log-odds in whole thousandths, the nearest.
fn milli(log_odds: f64) -> i32 {
    let half = if log_odds < 0.0 { -0.5 } else { 0.5 };
    (log_odds * 1000.0 + half) as i32
}
