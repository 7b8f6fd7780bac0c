//! What follows from an outcome: the record, an event, a stop to sending where they asked for it, and new scores.

use caseyos_shared::model::{OutcomeKind, Suppression, Ts, WorkspaceId};

use crate::store::contacts::{suppress, touch_inbound};
use crate::store::events::{Actor, NewEvent};
use crate::store::moves::look_again_at_contact;
use crate::store::outcomes::{NewOutcome, add_outcome};
use crate::store::{StoreError, Tx};

/// Records an outcome with everything that follows from it.
///
/// # Errors
/// [`StoreError::Taken`] when there is one with this id.
pub async fn record(
    tx: &mut Tx,
    workspace: WorkspaceId,
    new: &NewOutcome,
    actor: Actor,
    now: Ts,
) -> Result<(), StoreError> {
    add_outcome(tx, workspace, new, now).await?;
    tx.emit(NewEvent {
        workspace,
        kind: "outcome.recorded",
        at: now,
        actor,
        move_id: new.move_id,
        subject_id: Some(new.id.to_string()),
        data: serde_json::json!({ "kind": new.kind, "occurred_at": new.occurred_at }),
    });
    let Some(contact) = new.contact_id else { return Ok(()) };
    match new.kind {
        OutcomeKind::Bounced => suppress(tx, workspace, contact, Suppression::Bounced, now).await?,
        OutcomeKind::Unsubscribed => suppress(tx, workspace, contact, Suppression::OptedOut, now).await?,
        OutcomeKind::Reply | OutcomeKind::PositiveReply => {
            touch_inbound(tx, workspace, contact, new.occurred_at).await?;
        }
        OutcomeKind::MeetingBooked
        | OutcomeKind::MeetingHeld
        | OutcomeKind::DealAdvanced
        | OutcomeKind::DealWon
        | OutcomeKind::DealLost
        | OutcomeKind::NoResponse => {}
    }
    look_again_at_contact(tx, workspace, contact, None, now).await
}
