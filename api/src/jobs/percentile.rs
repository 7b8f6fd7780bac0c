//! Every hour: the worth that a deal's impact is measured against, where it has changed.

use caseyos_shared::model::Ts;
use futures::future::BoxFuture;

use super::{JobError, Kind};
use crate::app::App;
use crate::queue::facts::P95;
use crate::store::StoreError;
use crate::store::deals::open_amount_percentile;
use crate::store::facts::{fact, save_fact};
use crate::store::jobs::{ClaimedJob, finish_job};

/// The kind.
pub const KIND: Kind = Kind { name: "percentile", every: Some(Ts::HOUR), run };

/// §5 of the design: impact is scaled against the workspace's 95th percentile.
const PERCENT: u8 = 95;

fn run<'a>(app: &'a App, job: &'a ClaimedJob) -> BoxFuture<'a, Result<(), JobError>> {
    Box::pin(async move {
        let (now, job) = (app.clock.now(), job.clone());
        let percentile = open_amount_percentile(&app.db, job.workspace, PERCENT).await?;
        let body = percentile.map_or(0, |percentile| percentile.minor).to_string();
        let known = fact(&app.db, job.workspace, P95).await?;
        let changed = known.as_deref().unwrap_or("0") != body;
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    if changed {
                        save_fact(tx, job.workspace, P95, &body, now).await?;
                        super::rescore::soon(tx, job.workspace, now).await?;
                    }
                    finish_job(tx, &job).await
                })
            })
            .await?;
        Ok(())
    })
}
