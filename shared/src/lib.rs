//! The domain of CaseyOS: what every surface and every server has in common.
//!
//! Pure on purpose: no I/O, no clock, no randomness, no globals. Whatever a function needs to know of the
//! moment (`now`, an id, a random number) is a parameter, so that the same call gives the same answer natively,
//! in the browser and at the edge.
#![warn(missing_docs)]

// On wasm32 `#[test]` is the attribute of the runner in Node: `cargo xtask test wasm`.
#[cfg(all(test, target_arch = "wasm32"))]
#[macro_use]
extern crate caseyos_wasm_test;

pub mod aps;
pub mod capture;
pub mod guard;
pub mod learn;
pub mod model;
pub mod problem;
pub mod receipt;
pub mod rules;
pub mod view;
