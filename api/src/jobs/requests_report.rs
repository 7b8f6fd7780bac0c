//! Every hour: each route's requests, statuses and latencies as one event, for later reports.

use caseyos_shared::model::Ts;
use futures::future::BoxFuture;

use super::{JobError, Kind};
use crate::app::App;
use crate::store::StoreError;
use crate::store::events::{Actor, NewEvent};
use crate::store::jobs::{ClaimedJob, finish_job};

/// The kind.
pub const KIND: Kind = Kind { name: "requests_report", every: Some(Ts::HOUR), run };

fn run<'a>(app: &'a App, job: &'a ClaimedJob) -> BoxFuture<'a, Result<(), JobError>> {
    Box::pin(async move {
        let (now, job) = (app.clock.now(), job.clone());
        let report = app.metrics.report();
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    if !report.is_empty() {
                        tx.emit(NewEvent {
                            workspace: job.workspace,
                            kind: "requests.counted",
                            at: now,
                            actor: Actor::System,
                            move_id: None,
                            subject_id: None,
                            data: serde_json::json!({ "routes": report }),
                        });
                    }
                    finish_job(tx, &job).await
                })
            })
            .await?;
        Ok(())
    })
}
