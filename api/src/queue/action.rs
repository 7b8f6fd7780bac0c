//! Moves as surfaces get them, with what executing them would do said in words.

use caseyos_shared::model::{ActionKind, ActionRef, ContactRef, Move};

use crate::store::moves::{StoredAction, StoredMove};

/// The move as surfaces get it.
#[must_use]
pub fn on_the_wire(row: StoredMove) -> Move {
    let action = row.action.as_ref().map(|action| describe(action, row.contact.as_ref()));
    Move {
        id: row.id,
        title: row.title,
        why: row.why,
        state: row.state,
        kind: row.kind,
        aps: row.aps,
        factors: row.factors,
        contact: row.contact,
        deal: row.deal,
        action,
        draft_id: None,
        source: row.source,
        assignee: row.assignee,
        due_at: row.due_at,
        snoozed_until: row.snoozed_until,
        created_at: row.created_at,
        updated_at: row.updated_at,
        url: format!("/queue/{}", row.id),
    }
}

/// Describes an action for a card. The core executes nothing by itself yet, so `executable` is false until a kind's executor exists.
#[must_use]
pub fn describe(action: &StoredAction, contact: Option<&ContactRef>) -> ActionRef {
    let text = |name: &str| action.fields.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let who = contact.map_or("the contact", |contact| contact.name.as_str());
    let summary = match action.kind {
        ActionKind::SendEmail => match text("subject") {
            "" => format!("Write to {who}"),
            subject => format!("E-mail to {who}: {subject}"),
        },
        ActionKind::CreateTask => "Make a task".to_owned(),
        ActionKind::BookMeeting => format!("Book a meeting with {who}"),
        ActionKind::UpdateContact => format!("Change the record of {who}"),
        ActionKind::PostSlack => "Post to Slack".to_owned(),
        ActionKind::PostSocial => "Post to a social network".to_owned(),
        ActionKind::CreateDoc => "Write a document".to_owned(),
        ActionKind::None => "Done by you".to_owned(),
    };
    ActionRef { kind: action.kind, summary, executable: false, reversible: is_reversible(action.kind) }
}

/// Whether the world lets the effect of this kind be taken back.
const fn is_reversible(kind: ActionKind) -> bool {
    match kind {
        ActionKind::CreateTask
        | ActionKind::BookMeeting
        | ActionKind::UpdateContact
        | ActionKind::PostSlack
        | ActionKind::PostSocial
        | ActionKind::CreateDoc => true,
        ActionKind::SendEmail | ActionKind::None => false,
    }
}
