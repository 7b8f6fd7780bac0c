//! The life of a move: creation, scoring, transitions, snoozing and expiry.

pub mod action;
pub mod change;
pub mod facts;
pub mod outcomes;
pub mod refused;
pub mod scoring;
pub mod today;
