//! What people and time do to a move: transitions, their undo, edits, and moves made by hand.

use caseyos_shared::model::{
    Act, ActionKind, ContactId, DealId, Impossible, Last, Move, MoveId, MoveKind, MoveState, Role, Step, Ts, UserId,
    WorkspaceId, transition, undo,
};

use super::action::on_the_wire;
use super::refused::Refused;
use crate::access::callers::Caller;
use crate::app::App;
use crate::store::events::{Actor, Before, Event, NewEvent, TransitionData, events_of_move};
use crate::store::moves::{
    NewMove, Reason, Scored, StoredAction, StoredMove, Transition, add_move, delete_move, find_move, has_siblings,
    look_again_at_contact, write_edit, write_transition,
};
use crate::store::{StoreError, Tx, access};

/// How often a change is decided anew when somebody else changed the move at the same time.
const TRIES: usize = 8;
/// The kind of the event that a transition writes.
pub const CHANGED: &str = "move.changed";
/// The kind of the event that a reason given afterwards writes.
pub const EXPLAINED: &str = "move.explained";
/// Whoever brings a move back has at least so long to take it.
const AT_LEAST: i64 = Ts::DAY;
/// The longest that a move can be put off.
const LONGEST_SNOOZE: i64 = 366 * Ts::DAY;

/// The largest fields of an action, as JSON in bytes.
pub const LARGEST_ACTION: usize = 64 * 1024;

/// What somebody asks of a move.
#[derive(Debug, Clone)]
pub enum Command {
    /// Take it.
    Accept,
    /// Put it away, with a reason.
    Dismiss(Option<String>),
    /// Say afterwards why it was put away.
    Because(String),
    /// Put it off until then.
    Snooze(Ts),
    /// End its snooze.
    Wake,
    /// Take it back from the dismissed ones.
    Restore,
    /// It is done.
    Complete,
    /// Revert one's own last transition.
    Undo,
    /// Give it to somebody, or to nobody.
    Assign(Option<UserId>),
}

/// Does what a caller asks of a move; the same request twice changes the world once.
///
/// # Errors
/// 404 for what is not there, 403 for somebody else's move, 409 for what its state does not allow.
pub async fn command(app: &App, caller: &Caller, id: MoveId, command: &Command) -> Result<Move, Refused> {
    let now = app.clock.now();
    if let Command::Snooze(until) = command {
        if *until <= now {
            return Err(Refused::field("/until", "must be in the future"));
        }
        if until.since(now) > LONGEST_SNOOZE {
            return Err(Refused::field("/until", "must be within a year"));
        }
    }
    if let Command::Assign(Some(person)) = command {
        let found = access::person(&app.db, caller.workspace(), *person).await?;
        if found.is_none_or(|person| person.disabled_at.is_some()) {
            return Err(Refused::field("/user_id", "there is nobody with this id"));
        }
    }
    for _ in 0..TRIES {
        let before = find_move(&app.db, caller.workspace(), id).await?.ok_or(Refused::NotFound)?;
        may_touch(caller, &before)?;
        let Some(plan) = plan(app, caller, &before, command, now).await? else {
            return Ok(on_the_wire(before));
        };
        match write_plan(app, caller.workspace(), caller.actor(), before, plan, now).await {
            // Busy: on PostgreSQL two writes can wait for each other, and one of them is sent back.
            Err(StoreError::Stale | StoreError::Busy) => {}
            Err(error) => return Err(error.into()),
            Ok(mut after) => {
                // Whoever takes a move is known by name already: no need to read it again for that.
                if let Some(person) = after.assignee.as_mut().filter(|person| person.id == caller.person()) {
                    caller.name().clone_into(&mut person.name);
                }
                return finish(app, caller.workspace(), after).await;
            }
        }
    }
    Err(Refused::Store(StoreError::Busy))
}

/// A member acts on own and unassigned moves; an admin on all.
fn may_touch(caller: &Caller, row: &StoredMove) -> Result<(), Refused> {
    let theirs = row.assignee.as_ref().is_some_and(|person| person.id != caller.person());
    if theirs && caller.role() != Role::Admin {
        return Err(Refused::Forbidden(
            "This move is somebody else's; ask them or an admin to hand it over.".to_owned(),
        ));
    }
    Ok(())
}

/// A decided change that is about to be written.
struct Plan {
    act: &'static str,
    data: serde_json::Value,
    after: Transition,
}

async fn plan(
    app: &App,
    caller: &Caller,
    before: &StoredMove,
    command: &Command,
    now: Ts,
) -> Result<Option<Plan>, Refused> {
    let assignee = before.assignee.as_ref().map(|person| person.id);
    let (act, note, until) = match command {
        Command::Accept => (Act::Accept, None, None),
        Command::Dismiss(reason) => (Act::Dismiss, reason.clone(), None),
        Command::Snooze(until) => (Act::Snooze, Some(until.to_string()), Some(*until)),
        Command::Wake => (Act::Wake, None, None),
        Command::Restore => (Act::Restore, None, None),
        Command::Complete => (Act::Complete, None, None),
        Command::Because(reason) => return plan_because(app, caller, before, reason).await,
        Command::Undo => return plan_undo(app, caller, before, now).await,
        Command::Assign(person) => return Ok(plan_assign(before, *person, now)),
    };
    let to = match transition(before.state, act)? {
        Step::To(to) => to,
        Step::Already if until.is_some_and(|until| before.snoozed_until != Some(until)) => before.state,
        Step::Already => return Ok(None),
    };
    let assignee_after = match act {
        // Taking something is taking it on.
        Act::Accept | Act::Complete => assignee.or(Some(caller.person())),
        _ => assignee,
    };
    let mut after = to_state(before, to, assignee_after, until, now);
    if act == Act::Dismiss {
        after.dismiss_reason.clone_from(&note);
    }
    let kept = Before { assignee, snoozed_until: before.snoozed_until };
    let data = TransitionData { act, from: before.state, to, note, before: Some(kept) };
    Ok(Some(Plan { act: CHANGED, data: as_json(&data), after }))
}

/// The reason of a dismissal, from who dismissed it; `None` when it is the one that is kept. It is no transition: the
/// dismissal stays the caller's last one, and undo takes both back.
async fn plan_because(app: &App, caller: &Caller, before: &StoredMove, reason: &str) -> Result<Option<Plan>, Refused> {
    if before.state != MoveState::Dismissed {
        return Err(Impossible { from: before.state, act: Act::Dismiss }.into());
    }
    let last = last_transition(app, caller.workspace(), before.id).await?;
    let me = caller.person().to_string();
    if !last.is_some_and(|(event, data)| data.act == Act::Dismiss && event.actor_id.as_deref() == Some(&me)) {
        return Err(Refused::Forbidden("Only who dismissed it can say why.".to_owned()));
    }
    if before.dismiss_reason.as_deref() == Some(reason) {
        return Ok(None);
    }
    let assignee = before.assignee.as_ref().map(|person| person.id);
    let after = Transition { dismiss_reason: Some(reason.to_owned()), ..unchanged(before, assignee) };
    Ok(Some(Plan { act: EXPLAINED, data: serde_json::json!({ "reason": reason }), after }))
}

/// The way back over the caller's last act; `None` when it was gone already: a double click asks twice.
async fn plan_undo(app: &App, caller: &Caller, before: &StoredMove, now: Ts) -> Result<Option<Plan>, Refused> {
    let last = last_transition(app, caller.workspace(), before.id).await?;
    let me = caller.person().to_string();
    if last.as_ref().is_some_and(|(event, data)| {
        data.act == Act::Undo && data.to == before.state && event.actor_id.as_deref() == Some(&me)
    }) {
        return Ok(None);
    }
    let (last, kept) = match last {
        Some((event, data)) => (
            Some(Last {
                act: data.act,
                from: data.from,
                to: data.to,
                by_caller: event.actor_id.as_deref() == Some(&me),
                window_ends: None,
            }),
            data.before,
        ),
        None => (None, None),
    };
    let to = undo(before.state, last, now)?;
    let assignee = before.assignee.as_ref().map(|person| person.id);
    let (assignee_after, until) = kept.map_or((assignee, None), |kept| (kept.assignee, kept.snoozed_until));
    let after = to_state(before, to, assignee_after, until, now);
    let data = TransitionData { act: Act::Undo, from: before.state, to, note: None, before: None };
    Ok(Some(Plan { act: CHANGED, data: as_json(&data), after }))
}

/// The newest transition in a move's history; giving it to somebody is one, edits and scores are not.
async fn last_transition(
    app: &App,
    workspace: WorkspaceId,
    id: MoveId,
) -> Result<Option<(Event, TransitionData)>, StoreError> {
    let events = events_of_move(&app.db, workspace, id, i64::MAX, 20).await?;
    Ok(events
        .into_iter()
        .find(|event| event.kind == CHANGED || event.kind == "move.assigned")
        .and_then(|event| serde_json::from_value(event.data.clone()).ok().map(|data| (event, data))))
}

fn plan_assign(before: &StoredMove, person: Option<UserId>, now: Ts) -> Option<Plan> {
    let assignee = before.assignee.as_ref().map(|person| person.id);
    if assignee == person {
        return None;
    }
    let after = Transition {
        next_change: (before.state == MoveState::Pending).then_some(now).or(before.next_change),
        ..unchanged(before, person)
    };
    let data = serde_json::json!({ "from": assignee, "to": person });
    Some(Plan { act: "move.assigned", data, after })
}

fn unchanged(before: &StoredMove, assignee: Option<UserId>) -> Transition {
    Transition {
        state: before.state,
        assignee,
        snoozed_until: before.snoozed_until,
        expires_at: before.expires_at,
        dismiss_reason: before.dismiss_reason.clone(),
        ready: before.ready,
        urgent: before.urgent,
        next_change: before.next_change,
    }
}

/// What a move is after it went to a state: only a pending one can be in Today, and it is scored again before long.
fn to_state(before: &StoredMove, to: MoveState, assignee: Option<UserId>, until: Option<Ts>, now: Ts) -> Transition {
    let pending = to == MoveState::Pending;
    let ready = pending && before.gates.is_empty();
    Transition {
        state: to,
        assignee,
        snoozed_until: if to == MoveState::Snoozed { until } else { None },
        expires_at: before.expires_at.map(|at| match to {
            // What comes back must not be gone the moment it does.
            MoveState::Snoozed => at.max(until.unwrap_or(now) + AT_LEAST),
            MoveState::Pending => at.max(now + AT_LEAST),
            _ => at,
        }),
        dismiss_reason: None,
        ready,
        urgent: ready && before.urgent,
        next_change: match to {
            MoveState::Pending => Some(now),
            MoveState::Snoozed => until,
            MoveState::Accepted
            | MoveState::Executing
            | MoveState::Done
            | MoveState::Failed
            | MoveState::Blocked
            | MoveState::Dismissed
            | MoveState::Expired
            | MoveState::RolledBack => None,
        },
    }
}

fn as_json(data: &TransitionData) -> serde_json::Value {
    // Plain data with text keys; it always has a JSON form.
    serde_json::to_value(data).unwrap_or_default()
}

async fn write_plan(
    app: &App,
    workspace: WorkspaceId,
    actor: Actor,
    before: StoredMove,
    plan: Plan,
    now: Ts,
) -> Result<StoredMove, StoreError> {
    let siblings = match &before.contact {
        Some(contact) => has_siblings(&app.db, workspace, contact.id, before.id).await?.then_some(contact.id),
        None => None,
    };
    app.db
        .write(move |tx| {
            Box::pin(async move {
                write_transition(tx, workspace, &before, &plan.after, now).await?;
                if let Some(contact) = siblings {
                    look_again_at_contact(tx, workspace, contact, Some(before.id), now).await?;
                }
                if plan.after.next_change.is_some() {
                    tx.work_added();
                }
                tx.emit(event(workspace, plan.act, actor, before.id, plan.data, now));
                Ok(after(before, plan.after, now))
            })
        })
        .await
}

/// The move as the write left it, without reading it again.
fn after(mut row: StoredMove, change: Transition, now: Ts) -> StoredMove {
    if row.assignee.as_ref().map(|person| person.id) != change.assignee {
        row.assignee = change.assignee.map(|id| caseyos_shared::model::UserRef { id, name: String::new() });
    }
    row.state = change.state;
    row.snoozed_until = change.snoozed_until;
    row.expires_at = change.expires_at;
    row.dismiss_reason = change.dismiss_reason;
    row.ready = change.ready;
    row.urgent = change.urgent;
    row.next_change = change.next_change;
    row.updated_at = now;
    row.version += 1;
    row
}

/// The move as its reader should see it: with the new owner's name, and scored when it came back to the queue.
async fn finish(app: &App, workspace: WorkspaceId, row: StoredMove) -> Result<Move, Refused> {
    if row.state == MoveState::Pending {
        super::scoring::score_now(app, workspace, &[row.id]).await?;
    }
    let nameless = row.assignee.as_ref().is_some_and(|person| person.name.is_empty());
    if row.state == MoveState::Pending || nameless {
        let row = find_move(&app.db, workspace, row.id).await?.ok_or(Refused::NotFound)?;
        return Ok(on_the_wire(row));
    }
    Ok(on_the_wire(row))
}

/// An event about a move.
#[must_use]
pub fn event(
    workspace: WorkspaceId,
    kind: &'static str,
    actor: Actor,
    id: MoveId,
    data: serde_json::Value,
    now: Ts,
) -> NewEvent {
    NewEvent { workspace, kind, at: now, actor, move_id: Some(id), subject_id: None, data }
}

/// A transition that time makes: the end of a snooze, an expiry. A move that changed meanwhile is left alone.
///
/// # Errors
/// When the store cannot.
pub async fn by_time(
    app: &App,
    workspace: WorkspaceId,
    before: StoredMove,
    act: Act,
    now: Ts,
) -> Result<(), StoreError> {
    let Ok(Step::To(to)) = transition(before.state, act) else { return Ok(()) };
    let assignee = before.assignee.as_ref().map(|person| person.id);
    let after = to_state(&before, to, assignee, None, now);
    let data = TransitionData { act, from: before.state, to, note: None, before: None };
    let plan = Plan { act: CHANGED, data: as_json(&data), after };
    match write_plan(app, workspace, Actor::System, before, plan, now).await {
        Ok(_) | Err(StoreError::Stale) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A move that a person makes.
#[derive(Debug, Clone)]
pub struct ByHand {
    /// Its id.
    pub id: MoveId,
    /// A verb and a name.
    pub title: String,
    /// Why.
    pub why: String,
    /// What sort of step it is.
    pub kind: MoveKind,
    /// Whom it is about.
    pub contact: Option<ContactId>,
    /// The opportunity it is about.
    pub deal: Option<DealId>,
    /// When it should be done by.
    pub due_at: Option<Ts>,
    /// How long it takes.
    pub minutes: Option<i64>,
    /// What executing it would do.
    pub action: Option<StoredAction>,
}

/// The minutes that a move of this kind takes, when nobody said.
#[must_use]
pub const fn usual_minutes(kind: MoveKind) -> i64 {
    match kind {
        MoveKind::Reply | MoveKind::FollowUp | MoveKind::Social | MoveKind::DataFix => 6,
        MoveKind::NewLead | MoveKind::DemoRequest | MoveKind::SourceHealth => 8,
        MoveKind::Call | MoveKind::Task | MoveKind::Custom => 10,
        MoveKind::Meeting => 15,
    }
}

/// Makes a move by hand and scores it at once.
///
/// # Errors
/// When the store cannot.
pub async fn make_by_hand(app: &App, caller: &Caller, by_hand: ByHand) -> Result<Move, Refused> {
    let (workspace, now, id) = (caller.workspace(), app.clock.now(), by_hand.id);
    let new = NewMove {
        id,
        kind: by_hand.kind,
        title: by_hand.title,
        reasons: vec![Reason { why: by_hand.why.clone(), at: now, source: "manual".to_owned(), signal: None }],
        why: by_hand.why,
        by_hand: true,
        contact: by_hand.contact,
        deal: by_hand.deal,
        minutes: by_hand.minutes.unwrap_or_else(|| usual_minutes(by_hand.kind)),
        action: by_hand.action,
        thread_key: None,
        source: "manual".to_owned(),
        assignee: None,
        due_at: by_hand.due_at,
        expires_at: None,
        waiting_since: None,
        created_by: Some(caller.person()),
        created_at: now,
    };
    let actor = caller.actor();
    let made = app.db.write(move |tx| Box::pin(async move { add(tx, workspace, &new, actor, now).await })).await;
    match made {
        // The same request came before and was cut off before its answer was kept.
        Ok(()) | Err(StoreError::Taken) => {}
        Err(error) => return Err(error.into()),
    }
    super::scoring::score_now(app, workspace, &[id]).await?;
    Ok(on_the_wire(find_move(&app.db, workspace, id).await?.ok_or(Refused::NotFound)?))
}

/// Writes a new move, unscored, with its event; the loop scores it next.
///
/// # Errors
/// [`StoreError::Taken`] when there is a move with this id.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, new: &NewMove, actor: Actor, now: Ts) -> Result<(), StoreError> {
    let unscored = Scored {
        aps: caseyos_shared::aps::Points::ZERO,
        factors: Vec::new(),
        gates: Vec::new(),
        ready: false,
        urgent: false,
        next_change: Some(now),
        scored_at: now,
        facts_version: 0,
    };
    add_move(tx, workspace, new, &unscored).await?;
    let data = serde_json::json!({ "kind": new.kind, "source": new.source, "by_hand": new.by_hand });
    tx.emit(event(workspace, "move.created", actor, new.id, data, now));
    tx.work_added();
    Ok(())
}

/// What an edit sets; `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// A verb and a name.
    pub title: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// When it should be done by.
    pub due_at: Option<Option<Ts>>,
    /// How long it takes.
    pub minutes: Option<i64>,
    /// Fields of its action, or the whole of it.
    pub action: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Edits a move; with `version`, only if it is still that one.
///
/// # Errors
/// 404, 403, 412 as for commands; 422 for an action that does not make sense.
pub async fn edit(app: &App, caller: &Caller, id: MoveId, version: Option<i64>, edit: &Edit) -> Result<Move, Refused> {
    let (workspace, now) = (caller.workspace(), app.clock.now());
    for _ in 0..TRIES {
        let before = find_move(&app.db, workspace, id).await?.ok_or(Refused::NotFound)?;
        may_touch(caller, &before)?;
        if version.is_some_and(|version| version != before.version) {
            return Err(Refused::OutOfDate);
        }
        let after = edited(&before, edit)?;
        let (actor, fields) = (caller.actor(), changed_fields(&before, &after));
        if fields.is_empty() {
            return Ok(on_the_wire(before));
        }
        let written = app
            .db
            .write(move |tx| {
                Box::pin(async move {
                    write_edit(tx, workspace, &before, &after, now).await?;
                    tx.emit(event(workspace, "move.edited", actor, id, serde_json::json!({ "fields": fields }), now));
                    Ok(())
                })
            })
            .await;
        match written {
            Ok(()) => {
                super::scoring::score_now(app, workspace, &[id]).await?;
                return Ok(on_the_wire(find_move(&app.db, workspace, id).await?.ok_or(Refused::NotFound)?));
            }
            Err(StoreError::Stale | StoreError::Busy) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refused::Store(StoreError::Busy))
}

fn edited(before: &StoredMove, edit: &Edit) -> Result<StoredMove, Refused> {
    let mut after = before.clone();
    if let Some(title) = &edit.title {
        after.title.clone_from(title);
    }
    if let Some(why) = &edit.why {
        after.why.clone_from(why);
    }
    if let Some(due_at) = edit.due_at {
        after.due_at = due_at;
    }
    if let Some(minutes) = edit.minutes {
        after.minutes = minutes;
    }
    if let Some(fields) = &edit.action {
        let mut action =
            after.action.take().unwrap_or(StoredAction { kind: ActionKind::None, fields: serde_json::Map::new() });
        let mut fields = fields.clone();
        if let Some(kind) = fields.remove("kind") {
            action.kind =
                serde_json::from_value(kind).map_err(|error| Refused::field("/action/kind", error.to_string()))?;
        }
        action.fields.extend(fields);
        action.fields.retain(|_, value| !value.is_null());
        if serde_json::to_vec(&action.fields).is_ok_and(|bytes| bytes.len() > LARGEST_ACTION) {
            return Err(Refused::field("/action", "must have at most 64 KiB"));
        }
        after.action = Some(action);
    }
    Ok(after)
}

fn changed_fields(before: &StoredMove, after: &StoredMove) -> Vec<&'static str> {
    [
        ("title", before.title != after.title),
        ("why", before.why != after.why),
        ("due_at", before.due_at != after.due_at),
        ("minutes", before.minutes != after.minutes),
        ("action", before.action != after.action),
    ]
    .into_iter()
    .filter_map(|(name, changed)| changed.then_some(name))
    .collect()
}

/// Deletes a move that was made by hand, or any move as an admin. What a source made is dismissed, not deleted.
///
/// # Errors
/// 404, 403; 409 while it is being executed.
pub async fn delete(app: &App, caller: &Caller, id: MoveId) -> Result<(), Refused> {
    let (workspace, now) = (caller.workspace(), app.clock.now());
    for _ in 0..TRIES {
        let before = find_move(&app.db, workspace, id).await?.ok_or(Refused::NotFound)?;
        may_touch(caller, &before)?;
        if before.state == MoveState::Executing {
            return Err(Impossible { from: before.state, act: Act::Dismiss }.into());
        }
        let actor = caller.actor();
        let written = app
            .db
            .write(move |tx| {
                Box::pin(async move {
                    delete_move(tx, workspace, &before).await?;
                    if let Some(contact) = &before.contact {
                        look_again_at_contact(tx, workspace, contact.id, None, now).await?;
                    }
                    let data = serde_json::json!({ "title": before.title, "kind": before.kind });
                    tx.emit(event(workspace, "move.deleted", actor, id, data, now));
                    Ok(())
                })
            })
            .await;
        match written {
            Err(StoreError::Stale | StoreError::Busy) => {}
            other => return other.map_err(Refused::from),
        }
    }
    Err(Refused::Store(StoreError::Busy))
}
