//! Durable jobs when things go wrong: leases that are lost, work that fails, many who want the same job, several who plan.

use std::collections::BTreeMap;

use caseyos_api::app::App;
use caseyos_api::clock::new_id;
use caseyos_api::jobs::{KINDS, housekeeping, run_everything_due, schedule};
use caseyos_api::store::StoreError;
use caseyos_api::store::jobs::{
    ClaimedJob, NewJob, add_job, claim_jobs, extend_lease, fail_job, finish_job, next_job_at, release_job,
};
use caseyos_shared::model::{JobId, Scope, Ts, WorkspaceId};
use futures::future::join_all;

use crate::harness::{Client, TestApp, Value, json};

const LEASE: i64 = Ts::MINUTE;

async fn add(app: &App, workspace: WorkspaceId, kind: &'static str, max_attempts: i64, count: usize) {
    let now = app.clock.now();
    app.db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                for _ in 0..count {
                    let job = NewJob {
                        id: new_id(JobId::new),
                        kind,
                        payload: "{}".to_owned(),
                        dedupe_key: None,
                        priority: 10,
                        run_after: now,
                        max_attempts,
                    };
                    add_job(tx, workspace, &job, now).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

async fn claim(app: &App, now: Ts, lease: &str, limit: i64) -> Result<Vec<ClaimedJob>, StoreError> {
    let lease = lease.to_owned();
    app.db.write(move |tx| Box::pin(async move { claim_jobs(tx, now, now + LEASE, &lease, limit).await })).await
}

/// One act of a worker on the job it holds, or believes it holds.
macro_rules! act {
    ($app:expr, $job:expr, |$tx:ident, $held:ident| $act:expr) => {{
        let held: ClaimedJob = $job.clone();
        let done = $app.db.write(move |$tx| {
            Box::pin(async move {
                let $held = &held;
                $act.await
            })
        });
        done.await
    }};
}

async fn listed(admin: &Client, state: &str) -> Vec<Value> {
    admin.get(&format!("/api/jobs?state={state}")).await.good()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_may_neither_finish_nor_fail_nor_keep_nor_return_the_job() {
    let app = TestApp::new().await;
    let (admin, now) = (app.key(&[Scope::Admin]).await, app.app.clock.now());
    add(&app.app, app.workspace, housekeeping::KIND.name, 5, 1).await;
    let slow = claim(&app.app, now, "slow", 10).await.unwrap().remove(0);
    assert!(claim(&app.app, now + LEASE - 1, "early", 10).await.unwrap().is_empty(), "the lease holds");
    let later = now + LEASE;
    let quick = claim(&app.app, later, "quick", 10).await.unwrap().remove(0);
    assert_eq!((quick.id, quick.attempts), (slow.id, 2));

    assert!(!act!(app.app, slow, |tx, job| extend_lease(tx, job, later + LEASE)).unwrap());
    act!(app.app, slow, |tx, job| fail_job(tx, job, "too late", None, later)).unwrap();
    act!(app.app, slow, |tx, job| release_job(tx, job, later)).unwrap();
    let finished = act!(app.app, slow, |tx, job| finish_job(tx, job));
    assert!(matches!(finished, Err(StoreError::Stale)), "{finished:?}");
    let running = listed(&admin, "running").await;
    assert_eq!((running.len(), &running[0]["attempts"], &running[0]["last_error"]), (1, &json!(2), &json!(null)));

    // The effect of the work is in the transaction that finishes it: who lost the lease loses the effect.
    app.database.change("insert into idempotency (workspace_id, key_hash, request_hash, locked_until, created_at) select id, 'old', '', 0, 0 from workspace").await;
    let old = "select count(*) from idempotency where key_hash = 'old'";
    assert!((housekeeping::KIND.run)(&app.app, &slow).await.is_err());
    assert_eq!(app.database.count(old).await, 1, "nothing of it stands");
    (housekeeping::KIND.run)(&app.app, &quick).await.unwrap();
    assert_eq!(app.database.count(old).await, 0);
    assert!(listed(&admin, "running").await.is_empty());
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_later_then_lies_among_the_dead_until_somebody_retries_it() {
    let app = TestApp::new().await;
    let admin = app.key(&[Scope::Admin]).await;
    add(&app.app, app.workspace, housekeeping::KIND.name, 3, 1).await;
    // Something that the work needs is not there.
    app.database.change("alter table idempotency rename to idempotency_elsewhere").await;
    let mut waits = Vec::new();
    for attempt in 1..=2 {
        let begun = app.app.clock.now();
        app.settle().await;
        app.settle().await;
        let waiting = listed(&admin, "ready").await;
        assert_eq!(
            (waiting.len(), &waiting[0]["attempts"]),
            (1, &json!(attempt)),
            "tried once, and not again before its time"
        );
        assert!(waiting[0]["last_error"].as_str().unwrap().contains("idempotency"), "{waiting:?}");
        let again: Ts = waiting[0]["run_after"].as_str().unwrap().parse().unwrap();
        waits.push(again.since(begun));
        app.advance(again.since(app.app.clock.now()) + 1);
    }
    assert!(waits[0] >= 2_500 && waits[1] >= 5_000, "{waits:?}");
    app.settle().await;
    let dead = listed(&admin, "dead").await;
    assert_eq!((dead.len(), &dead[0]["attempts"]), (1, &json!(3)), "{dead:?}");
    assert!(dead[0]["finished_at"].is_string() && dead[0]["last_error"].is_string(), "{dead:?}");
    app.advance(Ts::DAY);
    app.settle().await;
    assert_eq!(listed(&admin, "dead").await.len(), 1, "the dead stay where they are");
    app.database.change("alter table idempotency_elsewhere rename to idempotency").await;
    let path = format!("/api/jobs/{}/retry", dead[0]["id"].as_str().unwrap());
    admin.post(&path, json!({})).await.status(202);
    admin.post(&path, json!({})).await.problem("not_found", 404);
    let ready = listed(&admin, "ready").await;
    assert_eq!((ready.len(), &ready[0]["attempts"]), (1, &json!(0)), "with all its attempts");
    app.settle().await;
    assert!(listed(&admin, "ready").await.is_empty() && listed(&admin, "dead").await.is_empty());
}

#[tokio::test]
async fn a_job_that_this_version_does_not_know_is_laid_aside_with_the_reason() {
    let app = TestApp::new().await;
    let admin = app.key(&[Scope::Admin]).await;
    add(&app.app, app.workspace, "from_the_future", 5, 1).await;
    app.settle().await;
    let dead = listed(&admin, "dead").await;
    assert!(dead[0]["last_error"].as_str().unwrap().contains("from_the_future"), "{dead:?}");
    let other = app.other_workspace().await.key(&[Scope::Admin]).await;
    let path = format!("/api/jobs/{}/retry", dead[0]["id"].as_str().unwrap());
    other.post(&path, json!({})).await.problem("not_found", 404);
    admin.post(&path, json!({})).await.status(202);
}

#[tokio::test]
async fn of_many_who_want_the_same_jobs_each_gets_each_job_once() {
    const JOBS: usize = 2_000;
    let app = TestApp::new().await;
    add(&app.app, app.workspace, housekeeping::KIND.name, 5, JOBS).await;
    let other = app.another_process().await;
    let now = app.app.clock.now();
    let claimers = (0..8).map(|number| {
        let app = if number % 2 == 0 { app.app.clone() } else { other.clone() };
        tokio::spawn(async move {
            let mut mine = Vec::new();
            // Empty-handed is not finished: what others hold may only be locked for a moment.
            while next_job_at(&app.db).await.unwrap().is_some_and(|at| at <= now) {
                match claim(&app, now, &format!("claimer {number}"), 20).await {
                    Ok(jobs) => mine.extend(jobs),
                    Err(StoreError::Busy) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            for job in &mine {
                act!(app, job, |tx, job| finish_job(tx, job)).unwrap();
            }
            mine
        })
    });
    let mut times: BTreeMap<JobId, usize> = BTreeMap::new();
    for claimed in join_all(claimers).await {
        for job in claimed.unwrap() {
            assert_eq!(job.attempts, 1);
            *times.entry(job.id).or_default() += 1;
        }
    }
    assert_eq!((times.len(), times.values().max()), (JOBS, Some(&1)));
    assert_eq!(app.database.count("select count(*) from job").await, 0);
    other.db.close().await;
}

#[tokio::test]
async fn a_moment_of_a_schedule_is_one_job_however_many_processes_plan_it_and_whenever_they_start() {
    let app = TestApp::new().await;
    let recurring = KINDS.iter().filter(|kind| kind.every.is_some()).count();
    let mut processes = vec![app.app.clone()];
    for _ in 0..3 {
        processes.push(app.another_process().await);
    }
    let mut now = Ts::from_millis(app.app.clock.now().millis() / Ts::DAY * Ts::DAY);
    for _ in 0..3 {
        join_all(processes.iter().map(|process| schedule::plan(process, now))).await.into_iter().for_each(|planned| {
            planned.unwrap();
        });
        assert_eq!(app.database.count("select count(*) from job").await, recurring as i64);
        for done in join_all(processes.iter().map(run_everything_due)).await {
            done.unwrap();
        }
        assert_eq!(app.database.count("select count(*) from job").await, 0, "each ran, and none is left");
        let late = app.another_process().await;
        schedule::plan(&late, now + Ts::MINUTE).await.unwrap();
        assert_eq!(app.database.count("select count(*) from job").await, 0, "the moment is over for who comes late");
        late.db.close().await;
        now = now + Ts::DAY;
        app.advance(Ts::DAY);
        processes[1..].iter().for_each(|process| process.clock.advance(Ts::DAY));
    }
    for process in &processes[1..] {
        process.db.close().await;
    }
}

#[tokio::test]
async fn a_schedule_that_could_not_be_planned_is_planned_when_the_store_is_back() {
    let app = TestApp::new().await;
    let now = app.app.clock.now();
    app.database.change("alter table fact rename to fact_elsewhere").await;
    assert!(schedule::plan(&app.app, now).await.is_err());
    app.database.change("alter table fact_elsewhere rename to fact").await;
    schedule::plan(&app.app, now).await.unwrap();
    let recurring = KINDS.iter().filter(|kind| kind.every.is_some()).count();
    assert_eq!(app.database.count("select count(*) from job").await, recurring as i64);
}
