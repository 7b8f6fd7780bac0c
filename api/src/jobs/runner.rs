//! The loop itself: looks what is due, works it, sleeps until the next thing is due or somebody adds work.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use caseyos_shared::model::Ts;
use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{JobError, KINDS};
use crate::app::App;
use crate::clock::new_uuid;
use crate::store::StoreError;
use crate::store::jobs::{self as store, ClaimedJob};

/// How long a claim holds without a sign of life.
const LEASE: i64 = 60 * Ts::SECOND;
/// How often a worker renews its lease.
const RENEW: Duration = Duration::from_secs(15);
/// How many jobs run at once in one process.
const AT_ONCE: usize = 8;
/// The longest sleep: a clock that was moved, a notification that was lost.
const LONGEST_SLEEP: i64 = 5 * Ts::SECOND;
/// The first wait after a failure; it doubles each time.
const FIRST_BACKOFF: i64 = 5 * Ts::SECOND;
/// The longest wait between two attempts.
const LONGEST_BACKOFF: i64 = 6 * Ts::HOUR;
/// How long a stopping process waits for what it works on.
const GRACE: Duration = Duration::from_secs(20);

/// The running loop of a process.
pub struct Jobs {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Jobs {
    /// Starts the loop.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let jobs = Self { stop: CancellationToken::new(), tasks: TaskTracker::new() };
        app.heart.start(app.clock.now());
        for work in [Loop::Jobs, Loop::Signals, Loop::Moves] {
            jobs.tasks.spawn(turn(app.clone(), work, jobs.stop.clone(), jobs.tasks.clone()));
        }
        jobs
    }

    /// Stops taking work, and waits a while for what is under way; what does not end in time is released by its lease.
    pub async fn stop(self, app: &App) {
        app.heart.stop();
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            tracing::warn!("some jobs did not end in time; another worker takes them over when their leases end");
        }
    }
}

/// The three sorts of work, each with a loop of its own so that none holds up another.
#[derive(Debug, Clone, Copy)]
enum Loop {
    Jobs,
    Signals,
    Moves,
}

async fn turn(app: App, work: Loop, stop: CancellationToken, tasks: TaskTracker) {
    let mut added = app.db.changes().work();
    while !stop.is_cancelled() {
        added.mark_unchanged();
        let now = app.clock.now();
        app.heart.beat(work as usize, now);
        let round = async {
            match work {
                Loop::Jobs => start_due_jobs(&app, now, &stop, &tasks).await,
                Loop::Signals => crate::signals::worker::work_some(&app).await,
                Loop::Moves => crate::queue::scoring::look_at_some(&app).await,
            }
        };
        // A bug in one round must not end every round that would have followed.
        let outcome = AssertUnwindSafe(round).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Other("a round panicked".to_owned())));
        let sleep = match outcome {
            Ok(Next::More) => continue,
            Ok(Next::At(at)) => at.since(app.clock.now()).clamp(0, LONGEST_SLEEP),
            Ok(Next::Idle) => LONGEST_SLEEP,
            Err(error) => {
                tracing::error!(%error, ?work, "the job loop failed a round");
                Ts::SECOND
            }
        };
        let sleep = Duration::from_millis(u64::try_from(sleep).unwrap_or(0));
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(sleep) => {}
            _ = added.changed() => {}
        }
    }
}

/// What a round of work found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There may be more at once.
    More,
    /// The next thing is due then.
    At(Ts),
    /// Nothing is planned.
    Idle,
}

async fn start_due_jobs(app: &App, now: Ts, stop: &CancellationToken, tasks: &TaskTracker) -> Result<Next, StoreError> {
    let next = super::schedule::plan(app, now).await?;
    let next = match store::next_job_at(&app.db).await? {
        Some(at) if at <= now => {
            // Two tasks of the tracker are the other loops, one is this.
            let free = AT_ONCE.saturating_sub(tasks.len().saturating_sub(3));
            if free == 0 {
                return Ok(Next::At(now + 100));
            }
            for job in claim(app, now, free).await? {
                tasks.spawn(work_on(app.clone(), job, stop.clone()));
            }
            return Ok(Next::At(now + 50));
        }
        Some(at) => at.min(next),
        None => next,
    };
    Ok(Next::At(next))
}

async fn claim(app: &App, now: Ts, limit: usize) -> Result<Vec<ClaimedJob>, StoreError> {
    let lease = new_uuid().to_string();
    let limit = i64::try_from(limit).unwrap_or(1);
    app.db.write(move |tx| Box::pin(async move { store::claim_jobs(tx, now, now + LEASE, &lease, limit).await })).await
}

async fn work_on(app: App, job: ClaimedJob, stop: CancellationToken) {
    let Some(kind) = KINDS.iter().find(|kind| kind.name == job.kind) else {
        let unknown = format!("this version of CaseyOS knows no job {:?}", job.kind);
        return fail(&app, &job, &unknown, None).await;
    };
    let work = AssertUnwindSafe((kind.run)(&app, &job)).catch_unwind();
    tokio::select! {
        outcome = work => match outcome {
            Ok(Ok(())) => app.metrics.counter("caseyos_jobs_done_total").increment(1),
            Ok(Err(error)) => {
                let again = match &error {
                    JobError::Later(_) if job.attempts < job.max_attempts => Some(backoff(job.attempts)),
                    JobError::Later(_) | JobError::Never(_) => None,
                };
                fail(&app, &job, &error.to_string(), again).await;
            }
            Err(_) => fail(&app, &job, "it panicked", None).await,
        },
        () = keep_lease(&app, &job) => {
            tracing::warn!(kind = job.kind, "the lease of a job was lost; whoever holds it now goes on");
        }
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE / 2).await } => {
            let now = app.clock.now();
            let job = job.clone();
            let released = app.db.write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { store::release_job(tx, &job, now).await })
            }).await;
            if let Err(error) = released {
                tracing::warn!(%error, "could not release a job");
            }
        }
    }
}

/// Renews the lease for as long as it holds.
async fn keep_lease(app: &App, job: &ClaimedJob) {
    loop {
        tokio::time::sleep(RENEW).await;
        let until = app.clock.now() + LEASE;
        let mine = job.clone();
        let held = app
            .db
            .write::<bool, StoreError, _>(move |tx| {
                Box::pin(async move { store::extend_lease(tx, &mine, until).await })
            })
            .await;
        if matches!(held, Ok(false)) {
            return;
        }
    }
}

async fn fail(app: &App, job: &ClaimedJob, error: &str, again: Option<i64>) {
    let now = app.clock.now();
    tracing::warn!(kind = job.kind, job = %job.id, attempts = job.attempts, error, dead = again.is_none(), "a job failed");
    app.metrics.counter("caseyos_jobs_failed_total").increment(1);
    let (job, error) = (job.clone(), error.to_owned());
    let written = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { store::fail_job(tx, &job, &error, again.map(|wait| now + wait), now).await })
        })
        .await;
    if let Err(error) = written {
        tracing::error!(%error, "could not write that a job failed; its lease will end by itself");
    }
}

/// Exponential back-off with jitter: up to half of the wait is left to chance, so that what failed together does not return together.
fn backoff(attempts: i64) -> i64 {
    let exponent = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
    let wait = FIRST_BACKOFF.saturating_mul(1 << exponent).min(LONGEST_BACKOFF);
    wait / 2 + rand::random_range(0..=wait / 2)
}

/// Works everything that is due now, to its end: for commands and tests, which have no loop.
///
/// # Errors
/// When the store cannot.
pub async fn run_everything_due(app: &App) -> Result<(), StoreError> {
    let never = CancellationToken::new();
    loop {
        let now = app.clock.now();
        let jobs = match store::next_job_at(&app.db).await? {
            Some(at) if at <= now => claim(app, now, AT_ONCE).await?,
            _ => Vec::new(),
        };
        let mut busy = !jobs.is_empty();
        for job in jobs {
            work_on(app.clone(), job, never.clone()).await;
        }
        busy |= crate::signals::worker::work_some(app).await? == Next::More;
        busy |= crate::queue::scoring::look_at_some(app).await? == Next::More;
        if !busy {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_and_have_an_end() {
        for attempts in 1..40 {
            let full = FIRST_BACKOFF.saturating_mul(1 << (attempts - 1).min(20)).min(LONGEST_BACKOFF);
            let wait = backoff(attempts);
            assert!((full / 2..=full).contains(&wait), "{attempts}: {wait}");
        }
    }
}
