//! What every test stands on: a real router over a fresh database, people and keys to call it with, and plain words for requests.

mod answer;
mod app;
mod client;
mod database;

pub mod samples;
pub mod schema;
pub mod walk;

pub use answer::Answer;
pub use app::{Tenant, TestApp};
pub use client::Client;
pub use serde_json::{Value, json};
