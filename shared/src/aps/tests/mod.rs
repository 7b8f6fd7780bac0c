//! The laws of the score.

mod design;
mod laws;
mod monotone;
mod next_change;
mod reference;
mod strategy;
mod vectors;
