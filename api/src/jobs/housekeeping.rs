//! Every hour: ended sessions, old idempotency keys and left uploads are forgotten, and the counts of the queues are made sure of.

use caseyos_shared::model::Ts;
use futures::future::BoxFuture;

use super::{JobError, Kind};
use crate::app::App;
use crate::store::jobs::{ClaimedJob, finish_job};
use crate::store::{StoreError, access, idempotency, moves};

/// The kind.
pub const KIND: Kind = Kind { name: "housekeeping", every: Some(Ts::HOUR), run };

fn run<'a>(app: &'a App, job: &'a ClaimedJob) -> BoxFuture<'a, Result<(), JobError>> {
    Box::pin(async move {
        super::import::tidy(app, job.workspace).await?;
        let (now, job) = (app.clock.now(), job.clone());
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    access::forget_ended_sessions(tx, job.workspace, now).await?;
                    idempotency::forget_before(tx, job.workspace, now - Ts::DAY).await?;
                    moves::recount_all(tx, job.workspace).await?;
                    finish_job(tx, &job).await
                })
            })
            .await?;
        Ok(())
    })
}
