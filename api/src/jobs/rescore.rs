//! Has every waiting move of a workspace scored again after facts that all scores share changed: the best first, and in
//! portions, so that no other write waits for it.

use caseyos_shared::model::{JobId, Ts, WorkspaceId};
use futures::future::BoxFuture;

use super::{JobError, Kind};
use crate::app::App;
use crate::clock::new_id;
use crate::store::jobs::{ClaimedJob, NewJob, add_job, finish_job};
use crate::store::moves::{best_ready, last_of_portion, look_again_at_moves, look_again_in_range};
use crate::store::{StoreError, Tx};

/// The kind.
pub const KIND: Kind = Kind { name: "rescore", every: None, run };

/// Before schedules, after what somebody waits for.
const PRIORITY: i64 = 50;
/// How often it is tried.
const ATTEMPTS: i64 = 5;
/// How many of the best come first.
const BEST: i64 = 500;
/// How many moves one write marks.
const PORTION: i64 = 2_000;

/// Asks for it, in the transaction of what changed.
///
/// # Errors
/// When the store cannot.
pub async fn soon(tx: &mut Tx, workspace: WorkspaceId, now: Ts) -> Result<(), StoreError> {
    let job = NewJob {
        id: new_id(JobId::new),
        kind: KIND.name,
        payload: "{}".to_owned(),
        // None: one that runs already may have passed the moves that this change is about.
        dedupe_key: None,
        priority: PRIORITY,
        run_after: now,
        max_attempts: ATTEMPTS,
    };
    add_job(tx, workspace, &job, now).await.map(drop)
}

fn run<'a>(app: &'a App, job: &'a ClaimedJob) -> BoxFuture<'a, Result<(), JobError>> {
    Box::pin(async move {
        let (now, workspace) = (app.clock.now(), job.workspace);
        let best = best_ready(&app.db, workspace, BEST).await?;
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { look_again_at_moves(tx, workspace, &best, now).await })
            })
            .await?;
        let mut after = String::new();
        loop {
            let last = last_of_portion(&app.db, workspace, &after, PORTION).await?;
            let (from, to) = (after, last.clone());
            app.db
                .write::<(), StoreError, _>(move |tx| {
                    Box::pin(async move { look_again_in_range(tx, workspace, &from, to.as_deref(), now).await })
                })
                .await?;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        let job = job.clone();
        app.db
            .write::<(), StoreError, _>(move |tx| Box::pin(async move { finish_job(tx, &job).await }))
            .await
            .map_err(JobError::from)
    })
}
