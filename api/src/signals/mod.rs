//! What happens outside: one file per source, and the worker that turns signals into moves.

pub mod arrivals;
mod csv_lines;
mod csv_records;
pub mod csv_rows;
pub mod demo;
pub use crate::envelope;
pub mod kinds;
pub mod leads;
pub mod mail;
pub mod mailbox;
pub mod people;
pub mod preview;
pub mod step;
pub mod uploads;
pub mod worker;
