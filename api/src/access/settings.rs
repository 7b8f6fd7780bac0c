//! Changing a workspace: its name, time zone and settings, with what follows from other weights.

use caseyos_shared::aps::Weights;
use caseyos_shared::model::{Settings, Ts, UserId, WorkspaceId};
use caseyos_shared::receipt::{self, Attempt, Grounds, ReceiptKind};
use serde_json::{Map, Value, json};

use crate::store::access::{Workspace, save_workspace};
use crate::store::events::{Actor, NewEvent};
use crate::store::receipts::NewReceipt;
use crate::store::{StoreError, Tx};

/// What a workspace is to be.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Its settings.
    pub settings: Settings,
}

/// Writes it; other weights leave a receipt and have every waiting move scored again.
///
/// # Errors
/// [`StoreError::Stale`] when the workspace is no longer as it was read.
pub async fn change(tx: &mut Tx, before: &Workspace, after: &Change, actor: Actor, now: Ts) -> Result<(), StoreError> {
    let id = before.id;
    save_workspace(tx, id, before.version, &after.name, &after.time_zone, &after.settings, now).await?;
    let (old, new) = (before.settings.weights, after.settings.weights);
    if old != new {
        crate::jobs::rescore::soon(tx, id, now).await?;
        tx.issue(weighed(id, None, Some(old), Some(new), &actor, now));
    }
    tx.emit(NewEvent {
        workspace: id,
        kind: "workspace.changed",
        at: now,
        actor,
        move_id: None,
        subject_id: None,
        data: json!({ "changed": changed(before, after) }),
    });
    Ok(())
}

/// Which settings are different, by name: the values are in the workspace.
fn changed(before: &Workspace, after: &Change) -> Vec<String> {
    let fields = |settings: &Settings| -> Map<String, Value> {
        serde_json::to_value(settings).ok().and_then(|all| all.as_object().cloned()).unwrap_or_default()
    };
    let old = fields(&before.settings);
    let settings = fields(&after.settings).into_iter().filter(|(name, value)| old.get(name) != Some(value));
    let plain = [("name", before.name != after.name), ("time_zone", before.time_zone != after.time_zone)];
    plain
        .into_iter()
        .filter(|(_, changed)| *changed)
        .map(|(name, _)| name.to_owned())
        .chain(settings.map(|(name, _)| name))
        .collect()
}

/// The receipt of weights that somebody set: the workspace's, or a person's own, which are `None` while the workspace's hold.
#[must_use]
pub fn weighed(
    workspace: WorkspaceId,
    of: Option<UserId>,
    before: Option<Weights>,
    after: Option<Weights>,
    actor: &Actor,
    now: Ts,
) -> NewReceipt {
    let hundredths = |weights: Option<Weights>| weights.map(|weights| weights.hundredths().into_iter().collect());
    let (before, after): (Option<Map<_, _>>, Option<Map<_, _>>) = (hundredths(before), hundredths(after));
    NewReceipt {
        workspace,
        at: now,
        kind: ReceiptKind::Weights,
        execution_id: None,
        move_id: None,
        action: None,
        actor: signed_by(actor),
        grounds: Grounds::default(),
        guardrails: Vec::new(),
        payload: Some(json!({ "person": of, "unit": "hundredths of a point", "before": before, "after": after })),
        result: Some(Attempt { state: "set".to_owned(), ..Attempt::default() }),
    }
}

/// Who did something, as a receipt says it.
fn signed_by(actor: &Actor) -> receipt::Actor {
    match actor {
        Actor::Person(user_id) => receipt::Actor::Person { user_id: *user_id },
        Actor::System => receipt::Actor::System { part: "core".to_owned() },
        Actor::Outside => receipt::Actor::System { part: "intake".to_owned() },
    }
}
