//! Durable jobs: rows written with the change that caused them, claimed with a lease, finished under that lease only.

use caseyos_shared::model::{JobId, Ts, WorkspaceId};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::row::{Text, Time};
use super::tx::{Conn, Tx, on_tx};

/// A job that is about to be written.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// The name of its kind.
    pub kind: &'static str,
    /// What the kind needs to know, as JSON.
    pub payload: String,
    /// What makes it the same job: while one with this key is kept, no second is made.
    pub dedupe_key: Option<String>,
    /// Smaller goes first.
    pub priority: i64,
    /// When it may run.
    pub run_after: Ts,
    /// After how many attempts it is given up.
    pub max_attempts: i64,
}

/// A job that somebody works on.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: JobId,
    /// The name of its kind.
    pub kind: String,
    /// What the kind needs to know.
    pub payload: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// After how many attempts it is given up.
    pub max_attempts: i64,
    /// The lease under which it may be finished.
    pub lease: String,
}

/// A job as the admin page shows it.
#[derive(Debug, Clone)]
pub struct StoredJob {
    /// Its id.
    pub id: JobId,
    /// The name of its kind.
    pub kind: String,
    /// `ready`, `running`, `done` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it may run next.
    pub run_after: Ts,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Ts,
    /// When it ended.
    pub finished_at: Option<Ts>,
}

/// Writes a job, unless one with its dedupe key is there. Answers whether it was written.
///
/// # Errors
/// When the store cannot.
pub async fn add_job(tx: &mut Tx, workspace: WorkspaceId, job: &NewJob, now: Ts) -> Result<bool, StoreError> {
    let added = on_tx!(tx, conn => sqlx::query(
        "insert into job (workspace_id, id, kind, payload, dedupe_key, state, priority, run_after, attempts, max_attempts, created_at)
         values ($1, $2, $3, $4, $5, 'ready', $6, $7, 0, $8, $9)
         on conflict (workspace_id, kind, dedupe_key) do nothing",
    )
    .bind(Text(workspace))
    .bind(Text(job.id))
    .bind(job.kind)
    .bind(&job.payload)
    .bind(job.dedupe_key.as_deref())
    .bind(job.priority)
    .bind(Time(job.run_after))
    .bind(job.max_attempts)
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.work_added();
    Ok(added == 1)
}

type ClaimRow = (Text<WorkspaceId>, Text<JobId>, String, String, i64, i64);

// Per workspace, so that each engine reads two limited ranges of its own index, whatever lies among the dead.
macro_rules! claim {
    ($skip:literal) => {
        concat!(
            "update job set state = 'running', attempts = attempts + 1, lease = $3, leased_until = $4
             where workspace_id = $1 and id in (
                 select j.id from job j where j.workspace_id = $1
                     and ((j.state = 'ready' and j.run_after <= $2) or (j.state = 'running' and j.leased_until <= $2))
                 order by j.priority, j.run_after limit $5 ",
            $skip,
            ") returning workspace_id, id, kind, payload, attempts, max_attempts"
        )
    };
}

/// The workspaces in which a job is due.
async fn with_due_jobs(tx: &mut Tx, now: Ts) -> Result<Vec<WorkspaceId>, StoreError> {
    let rows: Vec<(Text<WorkspaceId>,)> = on_tx!(tx, conn => sqlx::query_as(
        "select w.id from workspace w
         where exists (select 1 from job j where j.workspace_id = w.id and j.state = 'ready' and j.run_after <= $1)
            or exists (select 1 from job j where j.workspace_id = w.id and j.state = 'running' and j.leased_until <= $1)
         order by w.id",
    )
    .bind(Time(now))
    .fetch_all(conn)
    .await)?;
    Ok(rows.into_iter().map(|(id,)| id.0).collect())
}

/// Claims up to `limit` jobs that are due, or whose worker let its lease run out, in turn from each workspace.
///
/// # Errors
/// When the store cannot.
pub async fn claim_jobs(
    tx: &mut Tx,
    now: Ts,
    leased_until: Ts,
    lease: &str,
    limit: i64,
) -> Result<Vec<ClaimedJob>, StoreError> {
    let due = with_due_jobs(tx, now).await?;
    // A share for each, so that one workspace's many jobs do not keep another's waiting.
    let share = (limit / i64::try_from(due.len().max(1)).unwrap_or(1)).max(1);
    let mut claimed = Vec::new();
    for workspace in due {
        let left = limit - i64::try_from(claimed.len()).unwrap_or(limit);
        if left <= 0 {
            break;
        }
        let rows: Vec<ClaimRow> = match &mut tx.conn {
            Conn::Sqlite(conn) => {
                sqlx::query_as(claim!(""))
                    .bind(Text(workspace))
                    .bind(Time(now))
                    .bind(lease)
                    .bind(Time(leased_until))
                    .bind(share.min(left))
                    .fetch_all(&mut **conn)
                    .await?
            }
            Conn::Postgres(conn) => {
                sqlx::query_as(claim!("for update skip locked"))
                    .bind(Text(workspace))
                    .bind(Time(now))
                    .bind(lease)
                    .bind(Time(leased_until))
                    .bind(share.min(left))
                    .fetch_all(&mut **conn)
                    .await?
            }
        };
        claimed.extend(rows.into_iter().map(|(workspace, id, kind, payload, attempts, max_attempts)| ClaimedJob {
            workspace: workspace.0,
            id: id.0,
            kind,
            payload,
            attempts,
            max_attempts,
            lease: lease.to_owned(),
        }));
    }
    Ok(claimed)
}

/// When the next job is due: a read, so that waiting costs the writer nothing.
///
/// # Errors
/// When the store cannot answer.
pub async fn next_job_at(db: &Db) -> Result<Option<Ts>, StoreError> {
    let next: Option<Time> = on_read!(db, pool => sqlx::query_scalar(
        "select min(t) from (
             select (select min(j.run_after) from job j where j.workspace_id = w.id and j.state = 'ready') as t from workspace w
             union all
             select (select min(j.leased_until) from job j where j.workspace_id = w.id and j.state = 'running') as t from workspace w
         ) as next",
    )
    .fetch_one(pool)
    .await)?;
    Ok(next.map(|time| time.0))
}

/// Keeps a job that is still being worked. Answers whether the lease still held.
///
/// # Errors
/// When the store cannot.
pub async fn extend_lease(tx: &mut Tx, job: &ClaimedJob, leased_until: Ts) -> Result<bool, StoreError> {
    let held = on_tx!(tx, conn => sqlx::query(
        "update job set leased_until = $4 where workspace_id = $1 and id = $2 and lease = $3 and state = 'running'",
    )
    .bind(Text(job.workspace))
    .bind(Text(job.id))
    .bind(&job.lease)
    .bind(Time(leased_until))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(held == 1)
}

/// Ends a job that succeeded; the row goes, so that its dedupe key is free again. Call it in the transaction of the job's
/// own effect: a worker that lost its lease then loses the effect too.
///
/// # Errors
/// [`StoreError::Stale`] when the lease was lost.
pub async fn finish_job(tx: &mut Tx, job: &ClaimedJob) -> Result<(), StoreError> {
    let held = on_tx!(tx, conn => sqlx::query(
        "delete from job where workspace_id = $1 and id = $2 and lease = $3 and state = 'running'",
    )
    .bind(Text(job.workspace))
    .bind(Text(job.id))
    .bind(&job.lease)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if held == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Puts a job back that failed, to run again after `run_after`, or lays it among the dead when `run_after` is `None`. The dead give their
/// dedupe key up: the next moment of a schedule must not wait for somebody to look at what went wrong.
///
/// # Errors
/// When the store cannot.
pub async fn fail_job(
    tx: &mut Tx,
    job: &ClaimedJob,
    error: &str,
    run_after: Option<Ts>,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update job set state = $4, run_after = $5, last_error = $6, finished_at = $7, lease = null, leased_until = null,
             dedupe_key = case when $4 = 'dead' then null else dedupe_key end
         where workspace_id = $1 and id = $2 and lease = $3 and state = 'running'",
    )
    .bind(Text(job.workspace))
    .bind(Text(job.id))
    .bind(&job.lease)
    .bind(if run_after.is_some() { "ready" } else { "dead" })
    .bind(Time(run_after.unwrap_or(now)))
    .bind(error)
    .bind(run_after.is_none().then_some(Time(now)))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Gives a job back unharmed: the process is stopping, and the attempt does not count.
///
/// # Errors
/// When the store cannot.
pub async fn release_job(tx: &mut Tx, job: &ClaimedJob, now: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update job set state = 'ready', run_after = $4, attempts = attempts - 1, lease = null, leased_until = null
         where workspace_id = $1 and id = $2 and lease = $3 and state = 'running'",
    )
    .bind(Text(job.workspace))
    .bind(Text(job.id))
    .bind(&job.lease)
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

type JobRow = (Text<JobId>, String, String, i64, Time, Option<String>, Time, Option<Time>);

/// The jobs of a workspace in a state, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn jobs_in_state(
    db: &Db,
    workspace: WorkspaceId,
    state: &str,
    limit: i64,
) -> Result<Vec<StoredJob>, StoreError> {
    jobs_before(db, workspace, state, None, limit).await
}

/// The jobs of a workspace in a state that are older than `before`, newest first: ids sort by the time they were made.
///
/// # Errors
/// When the store cannot answer.
pub async fn jobs_before(
    db: &Db,
    workspace: WorkspaceId,
    state: &str,
    before: Option<JobId>,
    limit: i64,
) -> Result<Vec<StoredJob>, StoreError> {
    let rows: Vec<JobRow> = on_read!(db, pool => sqlx::query_as(
        "select id, kind, state, attempts, run_after, last_error, created_at, finished_at from job
         where workspace_id = $1 and state = $2 and ($3 = '' or id < $3) order by id desc limit $4",
    )
    .bind(Text(workspace))
    .bind(state)
    .bind(before.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, state, attempts, run_after, last_error, created_at, finished_at)| StoredJob {
            id: id.0,
            kind,
            state,
            attempts,
            run_after: run_after.0,
            last_error,
            created_at: created_at.0,
            finished_at: finished_at.map(|time| time.0),
        })
        .collect())
}

/// Gives a dead job another life. Answers whether there was one.
///
/// # Errors
/// When the store cannot.
pub async fn retry_job(tx: &mut Tx, workspace: WorkspaceId, id: JobId, now: Ts) -> Result<bool, StoreError> {
    let revived = on_tx!(tx, conn => sqlx::query(
        "update job set state = 'ready', attempts = 0, run_after = $3, finished_at = null where workspace_id = $1 and id = $2 and state = 'dead'",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.work_added();
    Ok(revived == 1)
}
