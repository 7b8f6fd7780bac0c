//! Signals: taken in once, claimed by the worker under a lease, and kept with the verdict on them.

mod read;
mod work;

pub use read::{
    SignalFilter, VerdictCount, count_verdicts, find_signal, list_signals, signals_of_import, signals_of_move,
    without_outcome,
};
pub use work::{
    ClaimedSignal, Spoken, claim_waiting, fail_signal, next_waiting_at, release_held, release_signals,
    retry_failed_signals, retry_signal, speak_verdicts,
};

use caseyos_shared::model::{ImportId, SignalId, Ts, WorkspaceId};
use serde_json::Value;
use sqlx::QueryBuilder;

use super::error::StoreError;
use super::row::{Text, Time};
use super::tx::{Tx, on_tx};
use crate::envelope::Envelope;

/// Rows in one insert: their bound values stay far under SQLite's limit of 32,766, and the statement's own cost is small.
const ROWS: usize = 200;

/// A signal that is about to be taken in.
#[derive(Debug, Clone)]
pub struct NewSignal {
    /// Its id.
    pub id: SignalId,
    /// Where it came from: `form`, `csv`, `mail`, `api` …
    pub source: String,
    /// What happened.
    pub kind: String,
    /// What makes it the same thing when it comes again from this source.
    pub dedupe_key: String,
    /// When it happened.
    pub occurred_at: Ts,
    /// The envelope as JSON text.
    pub envelope: String,
    /// The import it belongs to, and its line there.
    pub import: Option<(ImportId, i64)>,
    /// Not to be worked before.
    pub run_after: Ts,
}

impl NewSignal {
    /// The JSON text of an envelope, without NUL characters: PostgreSQL's text holds none, and no person wrote one.
    ///
    /// # Errors
    /// Never for what this program makes: an envelope is plain data.
    pub fn text_of(envelope: &Envelope) -> Result<String, StoreError> {
        let failed = |error: serde_json::Error| StoreError::Other(format!("an envelope: {error}"));
        let text = serde_json::to_string(envelope).map_err(failed)?;
        if !text.contains("\\u0000") {
            return Ok(text);
        }
        let mut value: Value = serde_json::from_str(&text).map_err(failed)?;
        without_nul(&mut value);
        serde_json::to_string(&value).map_err(failed)
    }
}

fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(without_nul),
        Value::Object(entries) => {
            let old = std::mem::take(entries);
            for (name, mut value) in old {
                without_nul(&mut value);
                entries.insert(name.replace('\0', ""), value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// How many signals an import has from these lines, counted in the transaction that adds some.
///
/// # Errors
/// When the store cannot answer.
pub async fn count_lines(
    tx: &mut Tx,
    workspace: WorkspaceId,
    import: ImportId,
    first: i64,
    last: i64,
) -> Result<i64, StoreError> {
    Ok(on_tx!(tx, conn => sqlx::query_scalar(
        "select count(*) from signal where workspace_id = $1 and import_id = $2 and line between $3 and $4",
    )
    .bind(Text(workspace))
    .bind(Text(import))
    .bind(first)
    .bind(last)
    .fetch_one(conn)
    .await)?)
}

const INSERT: &str = "insert into signal (workspace_id, id, source, kind, dedupe_key, occurred_at, received_at, import_id, line, \
     payload, verdict, run_after, attempts) ";

/// Takes signals in, all of one workspace; answers for each whether it is new. A row that is there already, or twice among these,
/// changes nothing. One statement for each 200.
///
/// # Errors
/// When the store cannot.
pub async fn add_signals(
    tx: &mut Tx,
    workspace: WorkspaceId,
    signals: &[NewSignal],
    now: Ts,
) -> Result<Vec<bool>, StoreError> {
    if let [one] = signals {
        return Ok(vec![add_one(tx, workspace, one, now).await?]);
    }
    let mut added = Vec::with_capacity(signals.len());
    for rows in signals.chunks(ROWS) {
        let ids: Vec<Text<SignalId>> = on_tx!(tx, conn => {
            let mut insert = QueryBuilder::new(INSERT);
            insert.push_values(rows, |mut row, signal| {
                row.push_bind(Text(workspace))
                    .push_bind(Text(signal.id))
                    .push_bind(&signal.source)
                    .push_bind(&signal.kind)
                    .push_bind(&signal.dedupe_key)
                    .push_bind(Time(signal.occurred_at))
                    .push_bind(Time(now))
                    .push_bind(signal.import.map(|(id, _)| Text(id)))
                    .push_bind(signal.import.map(|(_, line)| line))
                    .push_bind(&signal.envelope)
                    .push("'waiting'")
                    .push_bind(Time(signal.run_after))
                    .push("0");
            });
            insert.push(" on conflict (workspace_id, source, dedupe_key) do nothing returning id");
            // Full batches share one text, so that one is worth keeping.
            insert.build_query_scalar().persistent(rows.len() == ROWS).fetch_all(conn).await
        })?;
        let ids: std::collections::HashSet<SignalId> = ids.into_iter().map(|id| id.0).collect();
        added.extend(rows.iter().map(|signal| ids.contains(&signal.id)));
    }
    tx.work_added();
    Ok(added)
}

async fn add_one(tx: &mut Tx, workspace: WorkspaceId, signal: &NewSignal, now: Ts) -> Result<bool, StoreError> {
    let added = on_tx!(tx, conn => sqlx::query(
        "insert into signal (workspace_id, id, source, kind, dedupe_key, occurred_at, received_at, import_id, line, payload,
             verdict, run_after, attempts)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11, 0)
         on conflict (workspace_id, source, dedupe_key) do nothing",
    )
    .bind(Text(workspace))
    .bind(Text(signal.id))
    .bind(&signal.source)
    .bind(&signal.kind)
    .bind(&signal.dedupe_key)
    .bind(Time(signal.occurred_at))
    .bind(Time(now))
    .bind(signal.import.map(|(id, _)| Text(id)))
    .bind(signal.import.map(|(_, line)| line))
    .bind(&signal.envelope)
    .bind(Time(signal.run_after))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if added == 1 {
        tx.work_added();
    }
    Ok(added == 1)
}

/// Whether a signal with this key came at this moment or later.
///
/// # Errors
/// When the store cannot answer.
pub async fn came_since(
    tx: &mut Tx,
    workspace: WorkspaceId,
    source: &str,
    dedupe_key: &str,
    since: Ts,
) -> Result<bool, StoreError> {
    let found: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "select received_at from signal where workspace_id = $1 and source = $2 and dedupe_key = $3 and received_at >= $4",
    )
    .bind(Text(workspace))
    .bind(source)
    .bind(dedupe_key)
    .bind(Time(since))
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}

/// The id of the signal that came first with this key.
///
/// # Errors
/// When the store cannot answer.
pub async fn first_with_key(
    tx: &mut Tx,
    workspace: WorkspaceId,
    source: &str,
    dedupe_key: &str,
) -> Result<Option<SignalId>, StoreError> {
    let id: Option<Text<SignalId>> = on_tx!(tx, conn => sqlx::query_scalar(
        "select id from signal where workspace_id = $1 and source = $2 and dedupe_key = $3",
    )
    .bind(Text(workspace))
    .bind(source)
    .bind(dedupe_key)
    .fetch_optional(conn)
    .await)?;
    Ok(id.map(|id| id.0))
}
