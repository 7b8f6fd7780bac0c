//! The queue that waiting signals are: claims, leases, verdicts, failures.

use caseyos_shared::model::{CompanyId, ContactId, DealId, ImportId, MoveId, SignalId, Ts, Verdict, WorkspaceId};
use sqlx::QueryBuilder;

use super::ROWS;
use crate::envelope::Envelope;
use crate::store::db::{Db, on_read};
use crate::store::error::StoreError;
use crate::store::row::{Text, Time};
use crate::store::tx::{Conn, Tx, on_tx};

/// A signal that somebody works on.
#[derive(Debug, Clone)]
pub struct ClaimedSignal {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: SignalId,
    /// Where it came from.
    pub source: String,
    /// What happened.
    pub kind: String,
    /// What makes it the same thing when it comes again.
    pub dedupe_key: String,
    /// When it happened.
    pub occurred_at: Ts,
    /// When it arrived.
    pub received_at: Ts,
    /// The import it belongs to.
    pub import_id: Option<ImportId>,
    /// What it says, or why that cannot be read.
    pub envelope: Result<Envelope, String>,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

#[derive(sqlx::FromRow)]
struct ClaimRow {
    workspace_id: Text<WorkspaceId>,
    id: Text<SignalId>,
    source: String,
    kind: String,
    dedupe_key: String,
    occurred_at: Time,
    received_at: Time,
    import_id: Option<Text<ImportId>>,
    payload: String,
    attempts: i64,
}

impl From<ClaimRow> for ClaimedSignal {
    fn from(row: ClaimRow) -> Self {
        Self {
            workspace: row.workspace_id.0,
            id: row.id.0,
            source: row.source,
            kind: row.kind,
            dedupe_key: row.dedupe_key,
            occurred_at: row.occurred_at.0,
            received_at: row.received_at.0,
            import_id: row.import_id.map(|id| id.0),
            envelope: serde_json::from_str(&row.payload).map_err(|error| error.to_string()),
            attempts: row.attempts,
        }
    }
}

// A claim moves `run_after` to the end of the lease: what is being worked leaves the range that is due, and comes back by itself
// when its worker is gone. Each workspace's due signals are one limited range of the index, however many wait; on PostgreSQL what
// another worker is just claiming is passed over.
macro_rules! claim {
    ($skip:literal) => {
        concat!(
            "update signal set attempts = attempts + 1, lease = $3, leased_until = $4, run_after = $4
             where workspace_id = $1 and id in (
                 select x.id from signal x where x.workspace_id = $1 and x.verdict = 'waiting' and x.run_after <= $2
                 order by x.run_after, x.id limit $5 ",
            $skip,
            ") returning workspace_id, id, source, kind, dedupe_key, occurred_at, received_at, import_id, payload, attempts"
        )
    };
}

/// The workspaces in which a signal is due.
///
/// # Errors
/// When the store cannot.
async fn with_due_signals(tx: &mut Tx, now: Ts) -> Result<Vec<WorkspaceId>, StoreError> {
    let rows: Vec<(Text<WorkspaceId>,)> = on_tx!(tx, conn => sqlx::query_as(
        "select w.id from workspace w where exists (
             select 1 from signal s where s.workspace_id = w.id and s.verdict = 'waiting' and s.run_after <= $1
         ) order by w.id",
    )
    .bind(Time(now))
    .fetch_all(conn)
    .await)?;
    Ok(rows.into_iter().map(|(id,)| id.0).collect())
}

/// Claims up to `limit` signals of each workspace that are due, those first that have waited longest. They are answered by workspace, in
/// the order in which they came. `lease` must be new for each claim.
///
/// # Errors
/// When the store cannot.
pub async fn claim_waiting(
    tx: &mut Tx,
    now: Ts,
    lease: &str,
    leased_until: Ts,
    limit: i64,
) -> Result<Vec<ClaimedSignal>, StoreError> {
    let mut claimed = Vec::new();
    for workspace in with_due_signals(tx, now).await? {
        let mut rows: Vec<ClaimRow> = match &mut tx.conn {
            Conn::Sqlite(conn) => {
                sqlx::query_as(claim!(""))
                    .bind(Text(workspace))
                    .bind(Time(now))
                    .bind(lease)
                    .bind(Time(leased_until))
                    .bind(limit)
                    .fetch_all(&mut **conn)
                    .await?
            }
            Conn::Postgres(conn) => {
                sqlx::query_as(claim!("for update skip locked"))
                    .bind(Text(workspace))
                    .bind(Time(now))
                    .bind(lease)
                    .bind(Time(leased_until))
                    .bind(limit)
                    .fetch_all(&mut **conn)
                    .await?
            }
        };
        rows.sort_unstable_by_key(|row| row.id.0);
        claimed.extend(rows.into_iter().map(ClaimedSignal::from));
    }
    Ok(claimed)
}

/// When the next signal is due: a read, so that waiting costs the writer nothing.
///
/// # Errors
/// When the store cannot answer.
pub async fn next_waiting_at(db: &Db) -> Result<Option<Ts>, StoreError> {
    // A look-up per workspace in the index; `min` over the join would read every row that waits.
    let next: Option<Time> = on_read!(db, pool => sqlx::query_scalar(
        "select min(t) from (
             select (select min(s.run_after) from signal s where s.workspace_id = w.id and s.verdict = 'waiting') as t
             from workspace w
         ) as next",
    )
    .fetch_one(pool)
    .await)?;
    Ok(next.map(|time| time.0))
}

/// What became of a signal.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// The signal.
    pub id: SignalId,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// The move it led to or joined.
    pub move_id: Option<MoveId>,
    /// Whom it is about.
    pub contact_id: Option<ContactId>,
    /// Which organisation it is about.
    pub company_id: Option<CompanyId>,
    /// Which deal it is about.
    pub deal_id: Option<DealId>,
}

/// Writes what became of signals that were claimed under this lease, one statement for each 200. Call it in the transaction of what was
/// made of them: a worker that lost its lease then loses that too.
///
/// # Errors
/// [`StoreError::Stale`] when the lease of any was lost.
pub async fn speak_verdicts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    lease: &str,
    verdicts: &[Spoken],
) -> Result<(), StoreError> {
    for rows in verdicts.chunks(ROWS) {
        let spoken = on_tx!(tx, conn => {
            let mut update = QueryBuilder::new("with v (id, verdict, reason, move_id, contact_id, company_id, deal_id) as (");
            update.push_values(rows, |mut row, spoken| {
                row.push_bind(Text(spoken.id))
                    .push_bind(spoken.verdict.as_str())
                    .push_bind(spoken.reason.as_deref())
                    .push_bind(spoken.move_id.map(Text))
                    .push_bind(spoken.contact_id.map(Text))
                    .push_bind(spoken.company_id.map(Text))
                    .push_bind(spoken.deal_id.map(Text));
            });
            update.push(
                ") update signal set verdict = v.verdict, reason = v.reason, move_id = v.move_id, contact_id = v.contact_id,
                     company_id = v.company_id, deal_id = v.deal_id, lease = null, leased_until = null
                   from v where signal.id = v.id and signal.verdict = 'waiting' and signal.workspace_id = ",
            );
            update.push_bind(Text(workspace)).push(" and signal.lease = ").push_bind(lease);
            update.build().persistent(rows.len() == ROWS).execute(conn).await.map(|done| done.rows_affected())
        })?;
        if spoken != rows.len() as u64 {
            return Err(StoreError::Stale);
        }
    }
    Ok(())
}

/// Puts a signal back that could not be worked, to be tried again after `run_after`, or gives it up when that is none.
///
/// # Errors
/// When the store cannot.
pub async fn fail_signal(
    tx: &mut Tx,
    signal: &ClaimedSignal,
    lease: &str,
    reason: &str,
    run_after: Option<Ts>,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update signal set verdict = $4, reason = $5, run_after = coalesce($6, run_after), lease = null, leased_until = null
         where workspace_id = $1 and id = $2 and lease = $3 and verdict = 'waiting'",
    )
    .bind(Text(signal.workspace))
    .bind(Text(signal.id))
    .bind(lease)
    .bind(if run_after.is_some() { Verdict::Waiting } else { Verdict::Failed }.as_str())
    .bind(reason)
    .bind(run_after.map(Time))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Gives signals back unharmed: the process is stopping, and the attempt does not count.
///
/// # Errors
/// When the store cannot.
pub async fn release_signals(tx: &mut Tx, signals: &[ClaimedSignal], lease: &str, now: Ts) -> Result<(), StoreError> {
    for signal in signals {
        on_tx!(tx, conn => sqlx::query(
            "update signal set run_after = $4, attempts = attempts - 1, lease = null, leased_until = null
             where workspace_id = $1 and id = $2 and lease = $3 and verdict = 'waiting'",
        )
        .bind(Text(signal.workspace))
        .bind(Text(signal.id))
        .bind(lease)
        .bind(Time(now))
        .execute(conn)
        .await
        .map(drop))?;
    }
    tx.work_added();
    Ok(())
}

/// Lets the signals of a source go that an import held back until it was done.
///
/// # Errors
/// When the store cannot.
pub async fn release_held(tx: &mut Tx, workspace: WorkspaceId, source: &str, now: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update signal set run_after = $3
         where workspace_id = $1 and source = $2 and verdict = 'waiting' and lease is null and import_id is not null and run_after > $3",
    )
    .bind(Text(workspace))
    .bind(source)
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    tx.work_added();
    Ok(())
}

/// Gives every signal of a workspace that failed another life. Answers how many there were.
///
/// # Errors
/// When the store cannot.
pub async fn retry_failed_signals(tx: &mut Tx, workspace: WorkspaceId, now: Ts) -> Result<u64, StoreError> {
    let revived = on_tx!(tx, conn => sqlx::query(
        "update signal set verdict = 'waiting', reason = null, attempts = 0, run_after = $2
         where workspace_id = $1 and verdict = 'failed'",
    )
    .bind(Text(workspace))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.work_added();
    Ok(revived)
}

/// Gives a signal that failed another life. Answers whether there was one.
///
/// # Errors
/// When the store cannot.
pub async fn retry_signal(tx: &mut Tx, workspace: WorkspaceId, id: SignalId, now: Ts) -> Result<bool, StoreError> {
    let revived = on_tx!(tx, conn => sqlx::query(
        "update signal set verdict = 'waiting', reason = null, attempts = 0, run_after = $3
         where workspace_id = $1 and id = $2 and verdict = 'failed'",
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
