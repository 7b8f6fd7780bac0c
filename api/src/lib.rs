//! The core of CaseyOS: the HTTP API and pages, the queue, the job loop and the store.
//!
//! Routes are in [`http`], pages in [`web`], SQL in [`store`], the life of moves in [`queue`], what happens outside in
//! [`signals`], and the durable loop in [`jobs`].

pub mod access;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod envelope;
pub mod http;
pub mod jobs;
pub mod metrics;
pub mod queue;
pub mod request_counts;
pub mod setup;
pub mod signals;
pub mod store;
pub mod vault;
pub mod web;
