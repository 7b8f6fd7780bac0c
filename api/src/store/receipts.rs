//! The chain of receipts: sealed at the end of the transaction that did what they tell, read in pages, and walked.

use caseyos_shared::model::{ActionKind, ExecutionId, MoveId, Ts, WorkspaceId};
use caseyos_shared::receipt::{
    Actor, Anchor, Attempt, Digest, Entry, Finding, Grounds, Receipt, ReceiptKind, VERSION, digest_of, seal,
};
use sqlx::QueryBuilder;

use super::db::{Db, on_read};
use super::error::StoreError;
use super::row::{Json, Text, Time};
use super::tx::{Tx, on_tx};

/// What a receipt will say; its number and its hashes come when the transaction ends.
#[derive(Debug, Clone)]
pub struct NewReceipt {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// When it happened.
    pub at: Ts,
    /// What it is about.
    pub kind: ReceiptKind,
    /// The execution that it is about.
    pub execution_id: Option<ExecutionId>,
    /// The move that it is about.
    pub move_id: Option<MoveId>,
    /// The kind of action.
    pub action: Option<ActionKind>,
    /// Who did it.
    pub actor: Actor,
    /// On what grounds.
    pub grounds: Grounds,
    /// What each guardrail said.
    pub guardrails: Vec<Finding>,
    /// What was sent or changed; kept beside the chain, which holds its digest. Numbers in it are whole.
    pub payload: Option<serde_json::Value>,
    /// With what result.
    pub result: Option<Attempt>,
}

/// Rows in one insert: far under SQLite's limit of 32,766 bound values.
const ROWS: usize = 200;

fn unsealed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Other(format!("a receipt cannot be sealed: {error}"))
}

/// Seals receipts at the end of their workspaces' chains, in the order in which they were issued.
pub(super) async fn append(tx: &mut Tx, mut receipts: Vec<NewReceipt>) -> Result<(), StoreError> {
    // Stable: within a workspace the order in which things happened stays.
    receipts.sort_by_key(|receipt| receipt.workspace);
    for mine in receipts.chunk_by(|one, other| one.workspace == other.workspace) {
        let Some(workspace) = mine.first().map(|receipt| receipt.workspace) else { continue };
        let mut last = lock_head(tx, workspace).await?;
        for some in mine.chunks(ROWS) {
            let mut rows = Vec::with_capacity(some.len());
            for new in some {
                let (receipt, payload) = sealed(last, new)?;
                last = receipt.anchor();
                let line = receipt.line().map_err(unsealed)?;
                rows.push((receipt.entry, line, payload));
            }
            insert(tx, workspace, &rows).await?;
        }
        let seq = i64::try_from(last.seq).map_err(unsealed)?;
        on_tx!(tx, conn => sqlx::query("update receipt_head set seq = $2, hash = $3 where workspace_id = $1")
            .bind(Text(workspace))
            .bind(seq)
            .bind(last.hash.to_string())
            .execute(conn)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// The end of the chain, which nobody else moves until this transaction ends: the update locks its row.
async fn lock_head(tx: &mut Tx, workspace: WorkspaceId) -> Result<Anchor, StoreError> {
    let (seq, hash): (i64, String) = on_tx!(tx, conn => sqlx::query_as(
        "insert into receipt_head (workspace_id, seq, hash) values ($1, 0, $2)
         on conflict (workspace_id) do update set seq = receipt_head.seq returning seq, hash",
    )
    .bind(Text(workspace))
    .bind(Digest::GENESIS.to_string())
    .fetch_one(conn)
    .await)?;
    anchor(seq, &hash)
}

fn anchor(seq: i64, hash: &str) -> Result<Anchor, StoreError> {
    let seq = u64::try_from(seq).map_err(unsealed)?;
    let hash = hash.parse().map_err(|_| unsealed("the end of its chain is unreadable"))?;
    Ok(Anchor { seq, hash })
}

fn sealed(last: Anchor, new: &NewReceipt) -> Result<(Receipt, Option<String>), StoreError> {
    let payload = new.payload.as_ref();
    let entry = Entry {
        v: VERSION,
        seq: last.seq + 1,
        workspace: new.workspace,
        at: new.at,
        kind: new.kind,
        execution_id: new.execution_id,
        move_id: new.move_id,
        action: new.action,
        actor: new.actor.clone(),
        grounds: new.grounds.clone(),
        guardrails: new.guardrails.clone(),
        payload_digest: payload.map(digest_of).transpose().map_err(unsealed)?,
        result: new.result.clone(),
    };
    Ok((seal(last.hash, entry).map_err(unsealed)?, payload.map(ToString::to_string)))
}

async fn insert(
    tx: &mut Tx,
    workspace: WorkspaceId,
    rows: &[(Entry, String, Option<String>)],
) -> Result<(), StoreError> {
    on_tx!(tx, conn => {
        let mut insert = QueryBuilder::new(
            "insert into receipt (workspace_id, seq, at, kind, move_id, execution_id, line) ",
        );
        insert.push_values(rows, |mut row, (entry, line, _)| {
            row.push_bind(Text(workspace))
                .push_bind(entry.seq.cast_signed())
                .push_bind(Time(entry.at))
                .push_bind(Text(entry.kind))
                .push_bind(entry.move_id.map(Text))
                .push_bind(entry.execution_id.map(Text))
                .push_bind(line.clone());
        });
        insert.build().persistent(rows.len() == 1).execute(conn).await.map(drop)
    })?;
    let payloads: Vec<(i64, &String)> = rows
        .iter()
        .filter_map(|(entry, _, payload)| payload.as_ref().map(|payload| (entry.seq.cast_signed(), payload)))
        .collect();
    if payloads.is_empty() {
        return Ok(());
    }
    on_tx!(tx, conn => {
        let mut insert = QueryBuilder::new("insert into receipt_payload (workspace_id, seq, payload) ");
        insert.push_values(&payloads, |mut row, (seq, payload)| {
            row.push_bind(Text(workspace)).push_bind(*seq).push_bind((*payload).clone());
        });
        insert.build().persistent(payloads.len() == 1).execute(conn).await.map(drop)
    })?;
    Ok(())
}

/// Where the workspace's chain ends.
///
/// # Errors
/// When the store cannot answer.
pub async fn chain_end(db: &Db, workspace: WorkspaceId) -> Result<Anchor, StoreError> {
    let head: Option<(i64, String)> = on_read!(db, pool => sqlx::query_as(
        "select seq, hash from receipt_head where workspace_id = $1",
    )
    .bind(Text(workspace))
    .fetch_optional(pool)
    .await)?;
    head.map_or(Ok(Anchor::GENESIS), |(seq, hash)| anchor(seq, &hash))
}

/// A link of the chain as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Link {
    /// Its number, by its key.
    pub seq: i64,
    /// Its line in an export.
    pub line: String,
    /// What was sent or changed, as JSON text, unless there was nothing or it was erased.
    pub payload: Option<String>,
}

/// The links after number `seq`, in the order of their numbers, at most `limit`.
///
/// # Errors
/// When the store cannot answer.
pub async fn links_after(db: &Db, workspace: WorkspaceId, seq: i64, limit: i64) -> Result<Vec<Link>, StoreError> {
    Ok(on_read!(db, pool => sqlx::query_as(
        "select r.seq, r.line, p.payload from receipt r
         left join receipt_payload p on p.workspace_id = r.workspace_id and p.seq = r.seq
         where r.workspace_id = $1 and r.seq > $2 order by r.seq limit $3",
    )
    .bind(Text(workspace))
    .bind(seq)
    .bind(limit)
    .fetch_all(pool)
    .await)?)
}

/// The receipts before number `before`, the newest first, at most `limit`; of one move only where it is named.
///
/// # Errors
/// When the store cannot answer.
pub async fn receipts_before(
    db: &Db,
    workspace: WorkspaceId,
    move_id: Option<MoveId>,
    before: i64,
    limit: i64,
) -> Result<Vec<Receipt>, StoreError> {
    let rows: Vec<Json<Receipt>> = match move_id {
        Some(id) => on_read!(db, pool => sqlx::query_scalar(
            "select line from receipt where workspace_id = $1 and move_id = $2 and seq < $3 order by seq desc limit $4",
        )
        .bind(Text(workspace))
        .bind(Text(id))
        .bind(before)
        .bind(limit)
        .fetch_all(pool)
        .await)?,
        None => on_read!(db, pool => sqlx::query_scalar(
            "select line from receipt where workspace_id = $1 and seq < $2 order by seq desc limit $3",
        )
        .bind(Text(workspace))
        .bind(before)
        .bind(limit)
        .fetch_all(pool)
        .await)?,
    };
    Ok(rows.into_iter().map(|row| row.0).collect())
}
