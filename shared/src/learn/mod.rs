//! What outcomes teach: from attributes and what became of them to the probability that the next one goes well.
//!
//! [`Model`] is an online model over any attributes: FTRL-proximal logistic regression over adaptive bins and
//! categories, averaged with boosted crosses of them, calibrated on examples that the learners had not seen, and
//! held near the base rate while evidence is thin. [`Rates`] gives the base rate by kind of action. Everything is
//! deterministic to the bit on every target, and probabilities leave as whole basis points.

mod boost;
mod calibrate;
mod encode;
pub mod eval;
mod ftrl;
pub mod interval;
mod learner;
pub mod metrics;
mod model;
mod num;
mod pack;
pub mod ranking;
mod rates;
mod replay;
#[cfg(test)]
mod tests;
mod value;
pub mod weights;

pub use model::{Config, Contribution, Model, Prediction};
pub use num::{MAX_BP, MIN_BP};
pub use rates::{Rate, Rates};
pub use value::{Attributes, Value};
