//! Every SQL statement of the project, one file per family of tables; nothing else touches the database.

pub mod access;
mod changes;
pub mod companies;
pub mod contacts;
mod db;
pub mod deals;
mod error;
pub mod events;
pub mod evidence;
pub mod facts;
pub mod forms;
pub mod idempotency;
pub mod imports;
pub mod jobs;
mod list;
mod listen;
pub mod moves;
pub mod outcomes;
pub mod pages;
pub mod receipts;
mod row;
pub mod signals;
pub mod threads;
mod tx;
mod writer;

pub use changes::Changes;
pub use db::{Db, Use};
pub use error::StoreError;
pub use tx::Tx;

/// How many ids one `in (…)` takes: far under every engine's limit, and few enough shapes of the statement to be planned once.
const CHUNK: usize = 200;
