//! What every test stands on: a real router over a fresh database, people and keys to call it with, and plain words for requests.

mod answer;
mod app;
mod client;
mod database;
mod listening;
mod server;

pub mod samples;
pub mod schema;
pub mod walk;

pub use answer::Answer;
pub use app::{Tenant, TestApp};
pub use client::Client;
pub use database::{Database, count, hold, let_go, tell};
pub use listening::Listening;
pub use serde_json::{Value, json};
pub use server::{Ended, Line, Server, caseyos, eventually, run};
