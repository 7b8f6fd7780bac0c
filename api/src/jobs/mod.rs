//! The durable job loop: signals are worked, moves are looked at when their moment comes, jobs and schedules run once
//! however many processes there are.

mod heart;
mod runner;
pub mod schedule;

pub use heart::Heart;
pub use runner::{Jobs, Next, run_everything_due};

use futures::future::BoxFuture;

use crate::app::App;
use crate::store::StoreError;
use crate::store::jobs::ClaimedJob;

// registry:begin
pub mod housekeeping;
pub mod import;
pub mod learn;
pub mod percentile;
pub mod rescore;
// registry:end

/// A kind of job: its name, and what it does. It is worked at least once, so what it does must bear being done twice;
/// its last write belongs into the transaction that finishes it.
pub struct Kind {
    /// The name in the `kind` column.
    pub name: &'static str,
    /// How often it recurs, for what is on a schedule.
    pub every: Option<i64>,
    /// The work.
    pub run: for<'a> fn(&'a App, &'a ClaimedJob) -> BoxFuture<'a, Result<(), JobError>>,
}

/// Every kind of job.
pub static KINDS: &[Kind] = &[
    // registry:begin
    housekeeping::KIND,
    import::KIND,
    learn::KIND,
    percentile::KIND,
    rescore::KIND,
    // registry:end
];

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may succeed later.
    #[error("{0}")]
    Later(String),
    /// Trying again is of no use.
    #[error("{0}")]
    Never(String),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Later(error.to_string())
    }
}
