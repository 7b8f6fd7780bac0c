//! What changes moves: making them, editing them, scoring them, and taking them through their states.

use caseyos_shared::aps::{Gate, Points};
use caseyos_shared::model::{ContactId, DealId, Factor, MoveId, MoveKind, MoveState, Ts, UserId, WorkspaceId};

use sqlx::QueryBuilder;

use super::super::CHUNK;
use super::super::error::StoreError;
use super::super::row::{Json, Text, Time};
use super::super::tx::{Tx, on_tx};
use super::{Reason, StoredAction, StoredMove};

/// What a transition writes, and the values that it was decided on.
#[derive(Debug, Clone)]
pub struct Transition {
    /// The move's new state.
    pub state: MoveState,
    /// Whose it is afterwards.
    pub assignee: Option<UserId>,
    /// Until when it is put off.
    pub snoozed_until: Option<Ts>,
    /// When nobody will need it any more.
    pub expires_at: Option<Ts>,
    /// Why it was dismissed.
    pub dismiss_reason: Option<String>,
    /// Whether it is in Today afterwards.
    pub ready: bool,
    /// Whether it is urgent afterwards.
    pub urgent: bool,
    /// When it has to be looked at again.
    pub next_change: Option<Ts>,
}

/// Writes a transition if the move is still as it was read; keeps the counts in step.
///
/// # Errors
/// [`StoreError::Stale`] when the move changed in the meantime: read it again and decide again.
pub async fn write_transition(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: &StoredMove,
    after: &Transition,
    now: Ts,
) -> Result<(), StoreError> {
    let assignee_before = before.assignee.as_ref().map(|person| person.id);
    let changed = on_tx!(tx, conn => sqlx::query(
        "update move set state = $7, assignee_id = $8, snoozed_until = $9, dismiss_reason = $10, ready = $11, urgent = $12,
             next_change = $13, updated_at = $14, expires_at = $15, version = version + 1
         where workspace_id = $1 and id = $2 and version = $3 and assignee_id = $4 and ready = $5 and urgent = $6",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(before.version)
    .bind(assignee_before.map(|id| id.to_string()).unwrap_or_default())
    .bind(before.ready)
    .bind(before.urgent)
    .bind(Text(after.state))
    .bind(after.assignee.map(|id| id.to_string()).unwrap_or_default())
    .bind(after.snoozed_until.map(Time))
    .bind(after.dismiss_reason.as_deref())
    .bind(after.ready)
    .bind(after.urgent)
    .bind(after.next_change.map(Time))
    .bind(Time(now))
    .bind(after.expires_at.map(Time))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    recount(tx, workspace, (assignee_before, before.ready, before.urgent), (after.assignee, after.ready, after.urgent));
    Ok(())
}

/// Whose queue a move stands in, whether it is in Today there, and whether it is urgent.
pub type Place = (Option<UserId>, bool, bool);

/// Keeps the counts of the queues in step with a move that went from one place to another.
pub fn recount(tx: &mut Tx, workspace: WorkspaceId, from: Place, to: Place) {
    if from != to {
        tx.count(workspace, from.0, -i64::from(from.1), -i64::from(from.1 && from.2));
        tx.count(workspace, to.0, i64::from(to.1), i64::from(to.1 && to.2));
    }
    tx.queue_touched(workspace);
}

/// Makes the other open moves of a contact be looked at again: one of them may be the best now.
///
/// # Errors
/// When the store cannot.
pub async fn look_again_at_contact(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: ContactId,
    except: Option<MoveId>,
    now: Ts,
) -> Result<(), StoreError> {
    let touched = on_tx!(tx, conn => sqlx::query(
        "update move set next_change = $4 where workspace_id = $1 and contact_id = $2 and state = 'pending' and id <> $3",
    )
    .bind(Text(workspace))
    .bind(Text(contact))
    .bind(except.map(|id| id.to_string()).unwrap_or_default())
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if touched > 0 {
        tx.work_added();
    }
    Ok(())
}

/// Makes the pending moves of these contacts be looked at again: something about them changed.
///
/// # Errors
/// When the store cannot.
pub async fn look_again_at_contacts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contacts: &[ContactId],
    now: Ts,
) -> Result<(), StoreError> {
    for some in contacts.chunks(CHUNK) {
        on_tx!(tx, conn => {
            let mut update = QueryBuilder::new("update move set next_change = ");
            update.push_bind(Time(now)).push(" where workspace_id = ").push_bind(Text(workspace));
            update.push(" and state = 'pending' and contact_id in (");
            let mut list = update.separated(", ");
            for id in some {
                list.push_bind(Text(*id));
            }
            update.push(")");
            update.build().persistent(some.len() == CHUNK).execute(conn).await.map(drop)
        })?;
    }
    tx.work_added();
    Ok(())
}

/// A move that is about to be made.
#[derive(Debug, Clone)]
pub struct NewMove {
    /// Its id.
    pub id: MoveId,
    /// What sort of step it is.
    pub kind: MoveKind,
    /// A verb and a name.
    pub title: String,
    /// Why now.
    pub why: String,
    /// Its first reasons.
    pub reasons: Vec<Reason>,
    /// Whether a person makes it.
    pub by_hand: bool,
    /// Whom it is about.
    pub contact: Option<ContactId>,
    /// The opportunity it is about.
    pub deal: Option<DealId>,
    /// What executing it would do.
    pub action: Option<StoredAction>,
    /// The mail thread it answers.
    pub thread_key: Option<String>,
    /// Where it came from.
    pub source: String,
    /// Whose it is.
    pub assignee: Option<UserId>,
    /// How long it takes.
    pub minutes: i64,
    /// When it should be done by.
    pub due_at: Option<Ts>,
    /// When nobody will need it any more.
    pub expires_at: Option<Ts>,
    /// Since when they wait for us.
    pub waiting_since: Option<Ts>,
    /// Who makes it.
    pub created_by: Option<UserId>,
    /// When it counts as made.
    pub created_at: Ts,
}

/// A score as it is written with a move.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The score.
    pub aps: Points,
    /// Its terms.
    pub factors: Vec<Factor>,
    /// What keeps the move out of Today.
    pub gates: Vec<Gate>,
    /// Whether it is in Today.
    pub ready: bool,
    /// Whether it is urgent.
    pub urgent: bool,
    /// When to look again.
    pub next_change: Option<Ts>,
    /// When it was scored.
    pub scored_at: Ts,
    /// With which version of the facts.
    pub facts_version: i64,
}

/// Makes a pending move with its first score.
///
/// # Errors
/// [`StoreError::Taken`] when there is a move with this id.
pub async fn add_move(tx: &mut Tx, workspace: WorkspaceId, new: &NewMove, scored: &Scored) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into move (workspace_id, id, kind, state, title, why, reasons, by_hand, contact_id, deal_id, action, thread_key, source,
             assignee_id, minutes, due_at, expires_at, waiting_since, aps, factors, gates, ready, urgent, next_change, scored_at,
             facts_version, created_by, created_at, updated_at, version)
         values ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
             $25, $26, $27, $27, 1)",
    )
    .bind(Text(workspace))
    .bind(Text(new.id))
    .bind(Text(new.kind))
    .bind(&new.title)
    .bind(&new.why)
    .bind(Json(&new.reasons))
    .bind(new.by_hand)
    .bind(new.contact.map(Text))
    .bind(new.deal.map(Text))
    .bind(new.action.as_ref().map(Json))
    .bind(new.thread_key.as_deref())
    .bind(&new.source)
    .bind(new.assignee.map(|id| id.to_string()).unwrap_or_default())
    .bind(new.minutes)
    .bind(new.due_at.map(Time))
    .bind(new.expires_at.map(Time))
    .bind(new.waiting_since.map(Time))
    .bind(i64::from(scored.aps.0))
    .bind(Json(&scored.factors))
    .bind(Json(&scored.gates))
    .bind(scored.ready)
    .bind(scored.urgent)
    .bind(scored.next_change.map(Time))
    .bind(Time(scored.scored_at))
    .bind(scored.facts_version)
    .bind(new.created_by.map(Text))
    .bind(Time(new.created_at))
    .execute(conn)
    .await
    .map(drop))?;
    recount(tx, workspace, (new.assignee, false, false), (new.assignee, scored.ready, scored.urgent));
    Ok(())
}

/// Writes what a person or a merge changed of a move, if it is still as it was read.
///
/// # Errors
/// [`StoreError::Stale`] when it changed in the meantime.
pub async fn write_edit(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: &StoredMove,
    after: &StoredMove,
    now: Ts,
) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update move set title = $4, why = $5, reasons = $6, action = $7, minutes = $8, due_at = $9, expires_at = $10, waiting_since = $11,
             answered_at = $12, thread_key = $13, deal_id = $14, next_change = $15, updated_at = $16, version = version + 1
         where workspace_id = $1 and id = $2 and version = $3",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(before.version)
    .bind(&after.title)
    .bind(&after.why)
    .bind(Json(&after.reasons))
    .bind(after.action.as_ref().map(Json))
    .bind(after.minutes)
    .bind(after.due_at.map(Time))
    .bind(after.expires_at.map(Time))
    .bind(after.waiting_since.map(Time))
    .bind(after.answered_at.map(Time))
    .bind(after.thread_key.as_deref())
    .bind(after.deal.as_ref().map(|deal| Text(deal.id)))
    .bind(before.state.is_open().then_some(Time(now)))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    tx.queue_touched(workspace);
    tx.work_added();
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Writes a new score if the move is still as it was read, and nobody asked for another look meanwhile: then it is scored again anyway.
///
/// # Errors
/// When the store cannot.
pub async fn write_score(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: &StoredMove,
    scored: &Scored,
) -> Result<(), StoreError> {
    let assignee = before.assignee.as_ref().map(|person| person.id);
    let changed = on_tx!(tx, conn => sqlx::query(
        "update move set aps = $6, factors = $7, gates = $8, ready = $9, urgent = $10, next_change = $11, scored_at = $12, facts_version = $13
         where workspace_id = $1 and id = $2 and version = $3 and ready = $4 and urgent = $5 and next_change is not distinct from $14",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(before.version)
    .bind(before.ready)
    .bind(before.urgent)
    .bind(i64::from(scored.aps.0))
    .bind(Json(&scored.factors))
    .bind(Json(&scored.gates))
    .bind(scored.ready)
    .bind(scored.urgent)
    .bind(scored.next_change.map(Time))
    .bind(Time(scored.scored_at))
    .bind(scored.facts_version)
    .bind(before.next_change.map(Time))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 1 {
        recount(tx, workspace, (assignee, before.ready, before.urgent), (assignee, scored.ready, scored.urgent));
    }
    Ok(())
}

/// Deletes a move for good.
///
/// # Errors
/// [`StoreError::Stale`] when it changed in the meantime.
pub async fn delete_move(tx: &mut Tx, workspace: WorkspaceId, before: &StoredMove) -> Result<(), StoreError> {
    let gone = on_tx!(tx, conn => sqlx::query(
        "delete from move where workspace_id = $1 and id = $2 and version = $3 and ready = $4 and urgent = $5",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(before.version)
    .bind(before.ready)
    .bind(before.urgent)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if gone == 0 {
        return Err(StoreError::Stale);
    }
    let assignee = before.assignee.as_ref().map(|person| person.id);
    recount(tx, workspace, (assignee, before.ready, before.urgent), (assignee, false, false));
    Ok(())
}

/// Makes these pending moves be looked at again, the best first.
///
/// # Errors
/// When the store cannot.
pub async fn look_again_at_moves(
    tx: &mut Tx,
    workspace: WorkspaceId,
    moves: &[String],
    now: Ts,
) -> Result<(), StoreError> {
    for some in moves.chunks(CHUNK) {
        on_tx!(tx, conn => {
            let mut update = QueryBuilder::new("update move set next_change = ");
            update.push_bind(Time(now)).push(" - aps where state = 'pending' and workspace_id = ").push_bind(Text(workspace));
            update.push(" and id in (");
            let mut list = update.separated(", ");
            for id in some {
                list.push_bind(id.clone());
            }
            update.push(")");
            update.build().persistent(some.len() == CHUNK).execute(conn).await.map(drop)
        })?;
    }
    tx.work_added();
    Ok(())
}

/// Makes the pending moves with ids after `from` and up to `to` be looked at again, if they are not about to be: the best first.
///
/// # Errors
/// When the store cannot.
pub async fn look_again_in_range(
    tx: &mut Tx,
    workspace: WorkspaceId,
    from: &str,
    to: Option<&str>,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update move set next_change = $2 - aps where workspace_id = $1 and id > $3 and id <= $4 and state = 'pending'
         and (next_change is null or next_change > $2)",
    )
    .bind(Text(workspace))
    .bind(Time(now))
    .bind(from)
    // After every id: they are made of hexadecimal digits and dashes.
    .bind(to.unwrap_or("g"))
    .execute(conn)
    .await
    .map(drop))?;
    tx.work_added();
    Ok(())
}

/// Counts the queues anew, in case a count and its moves ever disagree.
///
/// # Errors
/// When the store cannot.
pub async fn recount_all(tx: &mut Tx, workspace: WorkspaceId) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query("delete from queue_count where workspace_id = $1")
        .bind(Text(workspace))
        .execute(conn)
        .await
        .map(drop))?;
    on_tx!(tx, conn => sqlx::query(
        "insert into queue_count (workspace_id, assignee_id, ready, urgent)
         select workspace_id, assignee_id, count(*), cast(sum(case when urgent then 1 else 0 end) as bigint) from move
         where workspace_id = $1 and ready group by workspace_id, assignee_id",
    )
    .bind(Text(workspace))
    .execute(conn)
    .await
    .map(drop))?;
    tx.queue_touched(workspace);
    Ok(())
}
