//! What changes a contact: a source that knows more, a person who edits, a mail that went or came, a wish to be left alone.

use caseyos_shared::model::{CompanyRef, ContactId, Suppression, Ts, WorkspaceId};

use super::super::error::StoreError;
use super::super::events::{Actor, NewEvent};
use super::super::moves::look_again_at_contact;
use super::super::row::{Json, Text, Time};
use super::super::tx::{Tx, on_tx};
use super::{ContactPatch, ContactRow, StoredContact, search_text, select_contacts, stored_email};

/// A moment that has come, whatever the clock says: a mail's own time may be wrong, and must not put off its moves' score.
const AT_ONCE: Ts = Ts::from_millis(0);
/// How often a contact that somebody else is writing to is read again.
const TRIES: u32 = 5;

/// Fills the empty fields of a contact from a source; answers whether it said anything new. What is there stays.
///
/// # Errors
/// [`StoreError::Busy`] when others keep writing to it.
pub async fn fill_contact(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ContactId,
    patch: &ContactPatch,
    now: Ts,
) -> Result<bool, StoreError> {
    for _ in 0..TRIES {
        let row: Option<ContactRow> = on_tx!(tx, conn => sqlx::query_as(select_contacts!("$1 and c.id = $2"))
            .bind(Text(workspace))
            .bind(Text(id))
            .fetch_optional(conn)
            .await)?;
        let Some(before) = row.map(StoredContact::from) else { return Ok(false) };
        let Some(after) = before.filled(patch) else { return Ok(false) };
        match save_contact(tx, workspace, &before, &after, now).await {
            Ok(()) => return Ok(true),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Busy)
}

/// Writes an edited contact if it is still as it was read, and has its open moves scored again.
///
/// # Errors
/// [`StoreError::Stale`] when it changed in the meantime, [`StoreError::Taken`] when the new address is another contact's.
pub async fn save_contact(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: &StoredContact,
    after: &StoredContact,
    now: Ts,
) -> Result<(), StoreError> {
    let email = stored_email(after.email.as_deref());
    let company = after.company.as_ref();
    let search = search_text(
        &after.name,
        email.as_deref(),
        after.title.as_deref(),
        company.map(|CompanyRef { name, .. }| name.as_str()),
    );
    let changed = on_tx!(tx, conn => sqlx::query(
        "update contact set name = $4, email = $5, phone = $6, title = $7, company_id = $8, location = $9, time_zone = $10,
             linkedin_url = $11, owner_id = $12, suppressed = $13, do_not_call = $14, attributes = $15, search = $16, updated_at = $17
         where workspace_id = $1 and id = $2 and updated_at = $3",
    )
    .bind(Text(workspace))
    .bind(Text(before.id))
    .bind(Time(before.updated_at))
    .bind(&after.name)
    .bind(email)
    .bind(after.phone.as_deref())
    .bind(after.title.as_deref())
    .bind(company.map(|company| Text(company.id)))
    .bind(after.location.as_deref())
    .bind(after.time_zone.as_deref())
    .bind(after.linkedin_url.as_deref())
    .bind(after.owner.as_ref().map(|owner| Text(owner.id)))
    .bind(after.suppressed.map(Text))
    .bind(after.do_not_call)
    .bind(Json(&after.attributes))
    .bind(search)
    .bind(Time(now.max(before.updated_at + 1)))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    look_again_at_contact(tx, workspace, before.id, None, now).await?;
    tx.queue_touched(workspace);
    Ok(())
}

/// Notes that they wrote or acted; an earlier moment than the one that is known changes nothing.
///
/// # Errors
/// When the store cannot.
pub async fn touch_inbound(tx: &mut Tx, workspace: WorkspaceId, id: ContactId, at: Ts) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update contact set last_inbound_at = $3
         where workspace_id = $1 and id = $2 and (last_inbound_at is null or last_inbound_at < $3)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(Time(at))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed > 0 { look_again_at_contact(tx, workspace, id, None, AT_ONCE).await } else { Ok(()) }
}

/// Notes that somebody of the workspace wrote to them; an earlier moment than the one that is known changes nothing.
///
/// # Errors
/// When the store cannot.
pub async fn touch_outbound(tx: &mut Tx, workspace: WorkspaceId, id: ContactId, at: Ts) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update contact set last_outbound_at = $3
         where workspace_id = $1 and id = $2 and (last_outbound_at is null or last_outbound_at < $3)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(Time(at))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed > 0 { look_again_at_contact(tx, workspace, id, None, AT_ONCE).await } else { Ok(()) }
}

/// Says that nothing may be sent to a contact any more. A reason that is known already stays.
///
/// # Errors
/// When the store cannot.
pub async fn suppress(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ContactId,
    why: Suppression,
    now: Ts,
) -> Result<(), StoreError> {
    let changed = on_tx!(tx, conn => sqlx::query(
        "update contact set suppressed = $3, updated_at = case when updated_at < $4 then $4 else updated_at + 1 end
         where workspace_id = $1 and id = $2 and suppressed is null",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(Text(why))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Ok(());
    }
    tx.emit(NewEvent {
        workspace,
        kind: "contact.suppressed",
        at: now,
        actor: Actor::System,
        move_id: None,
        subject_id: Some(id.to_string()),
        data: serde_json::json!({ "why": why }),
    });
    look_again_at_contact(tx, workspace, id, None, now).await
}

/// Whether a move that is not finished refers to the contact.
///
/// # Errors
/// When the store cannot answer.
pub async fn has_open_moves(tx: &mut Tx, workspace: WorkspaceId, id: ContactId) -> Result<bool, StoreError> {
    let open: Option<i64> = on_tx!(tx, conn => sqlx::query_scalar(
        "select cast(1 as bigint) from move where workspace_id = $1 and contact_id = $2
         and state in ('pending', 'accepted', 'executing', 'failed', 'blocked', 'snoozed') limit 1",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .fetch_optional(conn)
    .await)?;
    Ok(open.is_some())
}

/// Deletes a contact. What is finished and what happened stays, without a name to it. Answers whether it was there.
///
/// # Errors
/// [`StoreError::Stale`] when a move that is not finished refers to it.
pub async fn delete_contact(tx: &mut Tx, workspace: WorkspaceId, id: ContactId) -> Result<bool, StoreError> {
    if has_open_moves(tx, workspace, id).await? {
        return Err(StoreError::Stale);
    }
    const LEAVE: [&str; 5] = [
        "update move set contact_id = null, version = version + 1 where workspace_id = $1 and contact_id = $2",
        "update deal set contact_id = null where workspace_id = $1 and contact_id = $2",
        "update signal set contact_id = null where workspace_id = $1 and contact_id = $2",
        "update outcome set contact_id = null where workspace_id = $1 and contact_id = $2",
        "update mail_message set contact_id = null where workspace_id = $1 and contact_id = $2",
    ];
    for leave in LEAVE {
        on_tx!(tx, conn => sqlx::query(leave)
            .bind(Text(workspace))
            .bind(Text(id))
            .execute(conn)
            .await
            .map(drop))?;
    }
    let gone = on_tx!(tx, conn => sqlx::query("delete from contact where workspace_id = $1 and id = $2")
        .bind(Text(workspace))
        .bind(Text(id))
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    tx.queue_touched(workspace);
    Ok(gone == 1)
}
