//! What recurs: each moment of a schedule is one job, however many processes plan it.

use caseyos_shared::model::{JobId, Ts, WorkspaceId};

use super::KINDS;
use crate::app::App;
use crate::clock::new_id;
use crate::store::jobs::{NewJob, add_job};
use crate::store::{StoreError, Tx, access, facts};

/// Recurring jobs run after everything that somebody waits for.
const PRIORITY: i64 = 90;
/// How often a recurring job is tried before its moment is given up.
const ATTEMPTS: i64 = 5;

/// Plans the recurring jobs whose moment has come; answers when the next one does.
///
/// # Errors
/// When the store cannot.
pub async fn plan(app: &App, now: Ts) -> Result<Ts, StoreError> {
    let recurring = || KINDS.iter().filter_map(|kind| kind.every.map(|every| (kind.name, every)));
    let next = recurring().map(|(_, every)| moment(now, every) + every).min().unwrap_or(now + Ts::HOUR);
    if !app.heart.plans(now) {
        return Ok(next);
    }
    for workspace in access::workspaces(&app.db).await? {
        for (name, every) in recurring() {
            plan_one(app, workspace.id, name, moment(now, every), now).await?;
        }
    }
    app.heart.planned(next);
    Ok(next)
}

/// Has a recurring job run once more at `run_after`, unless it waits or runs already.
///
/// # Errors
/// When the store cannot.
pub(super) async fn add_now(
    tx: &mut Tx,
    workspace: WorkspaceId,
    name: &'static str,
    run_after: Ts,
    now: Ts,
) -> Result<(), StoreError> {
    let job = NewJob {
        id: new_id(JobId::new),
        kind: name,
        payload: "{}".to_owned(),
        dedupe_key: Some("schedule".to_owned()),
        priority: PRIORITY,
        run_after,
        max_attempts: ATTEMPTS,
    };
    add_job(tx, workspace, &job, now).await.map(drop)
}

/// The latest moment of a schedule that is not in the future; moments are multiples of the interval since the epoch.
fn moment(now: Ts, every: i64) -> Ts {
    Ts::from_millis(now.millis() - now.millis().rem_euclid(every))
}

async fn plan_one(
    app: &App,
    workspace: WorkspaceId,
    name: &'static str,
    moment: Ts,
    now: Ts,
) -> Result<(), StoreError> {
    app.db
        .write(move |tx| {
            Box::pin(async move {
                // The moment's mark and its job are one write: planned once, by whoever comes first.
                if !facts::mark_moment(tx, workspace, name, moment, now).await? {
                    return Ok(());
                }
                add_now(tx, workspace, name, moment, now).await
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_the_same_for_everybody() {
        let every = Ts::HOUR;
        let now = Ts::from_millis(5 * Ts::HOUR + 17);
        assert_eq!(moment(now, every), Ts::from_millis(5 * Ts::HOUR));
        assert_eq!(moment(moment(now, every), every), Ts::from_millis(5 * Ts::HOUR));
        assert_eq!(moment(Ts::from_millis(-1), every), Ts::from_millis(-Ts::HOUR));
    }
}
