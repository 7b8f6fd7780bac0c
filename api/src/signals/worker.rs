//! The worker that turns waiting signals into contacts, companies and moves, and speaks a verdict on each.

use std::collections::{BTreeMap, HashMap};

use caseyos_shared::model::{
    ContactId, DealId, DealState, Money, MoveId, MoveKind, MoveState, OutcomeId, OutcomeKind, Suppression, Ts, Verdict,
    WorkspaceId,
};

use super::people::{self, Hint, People, Resolved};
use super::step::{About, Step, step_of};
use crate::app::App;
use crate::clock::{new_id, new_uuid};
use crate::jobs::Next;
use crate::queue::change;
use crate::store::deals::{NewDeal, add_deal};
use crate::store::events::Actor;
use crate::store::moves::{NewMove, Reason, StoredMove, look_again_at_contacts, open_moves_of, write_edit};
use crate::store::outcomes::{NewOutcome, add_outcome};
use crate::store::signals::{ClaimedSignal, Spoken, claim_waiting, fail_signal, next_waiting_at, speak_verdicts};
use crate::store::threads::{last_answers, link_messages, touch_contacts};
use crate::store::{StoreError, Tx, contacts};

/// How many signals are worked together.
const AT_ONCE: i64 = 250;
/// How long a claim holds.
const LEASE: i64 = 60 * Ts::SECOND;
/// How often a signal is tried before it is laid among the failed ones, where a person can retry it.
const ATTEMPTS: i64 = 5;
/// The first wait after a failure; it doubles each time.
const BACKOFF: i64 = 10 * Ts::SECOND;
/// The most reasons that a move keeps.
const REASONS: usize = 50;
/// The currency of a deal that names none.
const USUAL_CURRENCY: &str = "EUR";

/// Works a batch of waiting signals.
///
/// # Errors
/// When the store cannot.
pub async fn work_some(app: &App) -> Result<Next, StoreError> {
    let now = app.clock.now();
    match next_waiting_at(&app.db).await? {
        None => return Ok(Next::Idle),
        Some(at) if at > now => return Ok(Next::At(at)),
        Some(_) => {}
    }
    let lease = new_uuid().to_string();
    let mine = lease.clone();
    let claimed = app
        .db
        .write(move |tx| Box::pin(async move { claim_waiting(tx, now, &mine, now + LEASE, AT_ONCE).await }))
        .await?;
    if claimed.is_empty() {
        // Another worker holds what waits.
        return Ok(Next::At(now + Ts::SECOND));
    }
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<ClaimedSignal>> = BTreeMap::new();
    for signal in claimed {
        if signal.attempts > ATTEMPTS {
            // Whoever worked it never came back to say so: it takes its worker down, and must not take the next.
            give_up(app, signal, &lease).await?;
            continue;
        }
        by_workspace.entry(signal.workspace).or_default().push(signal);
    }
    for (workspace, signals) in by_workspace {
        if let Err(error) = work(app, workspace, &lease, signals.clone()).await {
            tracing::debug!(%error, "a batch of signals is worked one by one");
            for signal in signals {
                work_alone(app, workspace, &lease, signal).await?;
            }
        }
    }
    Ok(Next::More)
}

async fn give_up(app: &App, signal: ClaimedSignal, lease: &str) -> Result<(), StoreError> {
    tracing::error!(signal = %signal.id, attempts = signal.attempts, "a signal ended its worker each time and is given up");
    let (lease, reason) = (lease.to_owned(), "its worker ended before it was done, each time".to_owned());
    app.db.write(move |tx| Box::pin(async move { fail_signal(tx, &signal, &lease, &reason, None).await })).await
}

/// Works one signal by itself, so that one that cannot be worked holds up no other.
async fn work_alone(app: &App, workspace: WorkspaceId, lease: &str, signal: ClaimedSignal) -> Result<(), StoreError> {
    let Err(error) = work(app, workspace, lease, vec![signal.clone()]).await else { return Ok(()) };
    let again = (signal.attempts < ATTEMPTS).then(|| app.clock.now() + (BACKOFF << signal.attempts.clamp(0, 16)));
    tracing::warn!(%error, signal = %signal.id, attempts = signal.attempts, "a signal could not be worked");
    let (lease, reason) = (lease.to_owned(), format!("could not be worked: {error}"));
    app.db.write(move |tx| Box::pin(async move { fail_signal(tx, &signal, &lease, &reason, again).await })).await
}

/// What one signal leads to.
struct Decision {
    signal: ClaimedSignal,
    who: Option<Resolved>,
    outcome: Result<Step, String>,
}

async fn work(app: &App, workspace: WorkspaceId, lease: &str, signals: Vec<ClaimedSignal>) -> Result<(), StoreError> {
    let now = app.clock.now();
    let hints: Vec<Option<Hint>> = signals.iter().map(hint_of).collect();
    let people = people::resolve(&app.db, workspace, &hints).await?;
    let threads: Vec<String> = signals
        .iter()
        .filter_map(|signal| signal.envelope.as_ref().ok()?.mail.as_ref().map(|mail| mail.thread_key.clone()))
        .collect();
    let answers = last_answers(&app.db, workspace, &threads).await?;
    let decisions: Vec<Decision> = signals
        .into_iter()
        .zip(&people.resolved)
        .map(|(signal, who)| {
            let outcome = decide(&signal, who.as_ref(), &answers, now);
            Decision { signal, who: who.clone(), outcome }
        })
        .collect();
    let contacts: Vec<ContactId> = decisions.iter().filter_map(|d| d.who.as_ref().map(|who| who.id)).collect();
    let recipients = recipients(app, workspace, &decisions).await?;
    let open = open_moves_of(&app.db, workspace, &contacts).await?;
    let plan = plan(decisions, open, recipients, now);
    let lease = lease.to_owned();
    app.db.write(move |tx| Box::pin(async move { write(tx, workspace, &lease, &people, plan, now).await })).await
}

/// Who a signal is about. Own mails are about their recipients, and bulk mail about nobody.
fn hint_of(signal: &ClaimedSignal) -> Option<Hint> {
    let envelope = signal.envelope.as_ref().ok()?;
    if let Some(mail) = &envelope.mail
        && (mail.outbound || mail.not_for_us.is_some())
    {
        return None;
    }
    Hint::of(envelope, &signal.source)
}

fn decide(
    signal: &ClaimedSignal,
    who: Option<&Resolved>,
    answers: &HashMap<String, Ts>,
    now: Ts,
) -> Result<Step, String> {
    let envelope = signal.envelope.as_ref().map_err(|error| format!("what was stored cannot be read: {error}"))?;
    let Some(who) = who else {
        let about = About { name: "They", company: None, no_mail: false, no_calls: None };
        return match &envelope.mail {
            Some(_) => step_of(&signal.kind, signal.occurred_at, now, envelope, about)
                .and_then(|_| Err("its sender has no address that one could answer".to_owned())),
            None => Err("it names nobody: an e-mail address, a name or a phone number is needed".to_owned()),
        };
    };
    if let Some(mail) = &envelope.mail
        && !mail.outbound
        && let Some(answered) = answers.get(&mail.thread_key)
        && *answered >= signal.occurred_at
    {
        return Err("you answered it in the same thread".to_owned());
    }
    let about = About {
        name: &who.name,
        company: who.company.as_ref().map(|company| company.name.as_str()),
        no_mail: who.suppressed == Some(Suppression::OptedOut),
        no_calls: match (who.do_not_call, who.has_phone) {
            (true, _) => Some("asked not to be called"),
            (false, false) => Some("has no phone number here"),
            (false, true) => None,
        },
    };
    if who.suppressed == Some(Suppression::NeverList) {
        return Err(format!("{} is on the never-list", who.name));
    }
    step_of(&signal.kind, signal.occurred_at, now, envelope, about)
}

/// The known contacts among the recipients of own mails, by address.
async fn recipients(
    app: &App,
    workspace: WorkspaceId,
    decisions: &[Decision],
) -> Result<HashMap<String, ContactId>, StoreError> {
    let emails: Vec<String> = decisions
        .iter()
        .filter_map(|decision| decision.signal.envelope.as_ref().ok()?.mail.as_ref())
        .filter(|mail| mail.outbound)
        .flat_map(|mail| mail.to.iter().map(|to| to.email.to_lowercase()))
        .collect();
    if emails.is_empty() {
        return Ok(HashMap::new());
    }
    let found = contacts::contacts_by_email(&app.db, workspace, &emails).await?;
    Ok(found.into_iter().map(|(email, contact)| (email, contact.id)).collect())
}

/// Everything that a batch writes.
#[derive(Default)]
struct Plan {
    new_moves: Vec<NewMove>,
    edits: Vec<(StoredMove, StoredMove)>,
    deals: Vec<NewDeal>,
    outcomes: Vec<NewOutcome>,
    verdicts: Vec<Spoken>,
    links: Vec<(String, ContactId)>,
    touches: HashMap<ContactId, (Option<Ts>, Option<Ts>)>,
    opt_outs: Vec<ContactId>,
}

/// A move that further signals of the batch can join.
enum Joinable {
    New(usize),
    Known(usize),
}

fn plan(decisions: Vec<Decision>, open: Vec<StoredMove>, recipients: HashMap<String, ContactId>, now: Ts) -> Plan {
    let mut plan = Plan::default();
    let mut joinable: HashMap<(ContactId, MoveKind), Joinable> = HashMap::new();
    for row in open {
        let Some(contact) = row.contact.as_ref().map(|contact| contact.id) else { continue };
        if !row.by_hand && matches!(row.state, MoveState::Pending | MoveState::Snoozed) {
            let at = plan.edits.len();
            joinable.insert((contact, row.kind), Joinable::Known(at));
            plan.edits.push((row.clone(), row));
        }
    }
    for Decision { signal, who, outcome } in decisions {
        note_mail(&mut plan, &signal, who.as_ref(), &recipients);
        let contact = who.as_ref().map(|who| who.id);
        let deal = who.as_ref().and_then(|who| plan_deal(&mut plan, &signal, who));
        if let (Some(contact), Ok(envelope)) = (contact, &signal.envelope) {
            plan.outcomes.extend(envelope.outcome.map(|won| reported(&signal, contact, won)));
            if envelope.do_not_email == Some(true) {
                plan.opt_outs.push(contact);
            }
        }
        let (verdict, reason, move_id) = match (outcome, contact) {
            (Ok(step), Some(contact)) => {
                let (verdict, id) =
                    join_or_make(&mut plan, &mut joinable, &signal, contact, deal, who.as_ref(), step, now);
                (verdict, None, Some(id))
            }
            (Ok(_), None) => (Verdict::NoMove, Some("it names nobody".to_owned()), None),
            (Err(reason), _) => (Verdict::NoMove, Some(reason), None),
        };
        plan.verdicts.push(Spoken {
            id: signal.id,
            verdict,
            reason,
            move_id,
            contact_id: contact,
            company_id: who.and_then(|who| who.company.map(|company| company.id)),
            deal_id: deal,
        });
    }
    plan.edits.retain(|(before, after)| before.reasons.len() != after.reasons.len());
    plan
}

/// Threads and contacts learn of a mail: who wrote it, and when each side wrote last.
fn note_mail(plan: &mut Plan, signal: &ClaimedSignal, who: Option<&Resolved>, recipients: &HashMap<String, ContactId>) {
    let Ok(envelope) = &signal.envelope else { return };
    let Some(mail) = &envelope.mail else {
        if let Some(who) = who {
            let touch = plan.touches.entry(who.id).or_default();
            touch.0 = touch.0.max(Some(signal.occurred_at));
        }
        return;
    };
    if mail.outbound {
        for contact in mail.to.iter().filter_map(|to| recipients.get(&to.email.to_lowercase())) {
            let touch = plan.touches.entry(*contact).or_default();
            touch.1 = touch.1.max(Some(signal.occurred_at));
            plan.links.push((mail.message_id.clone(), *contact));
        }
    } else if let Some(who) = who {
        let touch = plan.touches.entry(who.id).or_default();
        touch.0 = touch.0.max(Some(signal.occurred_at));
        plan.links.push((mail.message_id.clone(), who.id));
    }
}

fn plan_deal(plan: &mut Plan, signal: &ClaimedSignal, who: &Resolved) -> Option<DealId> {
    let hint = signal.envelope.as_ref().ok()?.deal.as_ref()?;
    if hint.id.is_some() {
        return hint.id;
    }
    let amount: Option<Money> = hint.money(USUAL_CURRENCY);
    if hint.name.is_none() && amount.is_none() {
        return None;
    }
    let id = new_id(DealId::new);
    let company = who.company.as_ref().map(|company| company.name.as_str());
    plan.deals.push(NewDeal {
        id,
        name: hint.name.clone().unwrap_or_else(|| format!("{} deal", company.unwrap_or(&who.name))),
        stage: hint.stage.clone().unwrap_or_else(|| "New".to_owned()),
        probability: hint.probability.unwrap_or(20).min(100),
        amount,
        state: DealState::Open,
        close_at: hint.close_date,
        contact: Some(who.id),
        company: who.company.as_ref().map(|company| company.id),
        owner: who.owner,
    });
    Some(id)
}

fn reported(signal: &ClaimedSignal, contact: ContactId, won: bool) -> NewOutcome {
    NewOutcome {
        id: new_id(OutcomeId::new),
        kind: if won { OutcomeKind::DealWon } else { OutcomeKind::NoResponse },
        move_id: None,
        contact_id: Some(contact),
        deal_id: None,
        occurred_at: signal.occurred_at,
        source: signal.source.clone(),
        note: None,
        created_by: None,
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one decision")]
fn join_or_make(
    plan: &mut Plan,
    joinable: &mut HashMap<(ContactId, MoveKind), Joinable>,
    signal: &ClaimedSignal,
    contact: ContactId,
    deal: Option<DealId>,
    who: Option<&Resolved>,
    step: Step,
    now: Ts,
) -> (Verdict, MoveId) {
    let reason = Reason {
        why: step.why.clone(),
        at: signal.occurred_at,
        source: signal.source.clone(),
        signal: Some(signal.id),
    };
    match joinable.get(&(contact, step.kind)) {
        Some(Joinable::Known(at)) => {
            let after = &mut plan.edits[*at].1;
            join(&mut after.reasons, reason);
            // The newest evidence names the move; a person's own words would have made it one by hand.
            if after.reasons.last().is_some_and(|newest| newest.signal == Some(signal.id)) {
                after.why = step.why;
                after.title = step.title;
                after.thread_key = step.thread_key.or(after.thread_key.take());
            }
            after.waiting_since = earliest(after.waiting_since, step.waiting_since);
            after.expires_at = after.expires_at.max(Some(step.expires_at));
            (Verdict::Merged, after.id)
        }
        Some(Joinable::New(at)) => {
            let new = &mut plan.new_moves[*at];
            join(&mut new.reasons, reason);
            if new.reasons.last().is_some_and(|newest| newest.signal == Some(signal.id)) {
                new.why = step.why;
                new.title = step.title;
                new.thread_key = step.thread_key.or(new.thread_key.take());
            }
            new.waiting_since = earliest(new.waiting_since, step.waiting_since);
            new.expires_at = new.expires_at.max(Some(step.expires_at));
            (Verdict::Merged, new.id)
        }
        None => {
            let id = new_id(MoveId::new);
            joinable.insert((contact, step.kind), Joinable::New(plan.new_moves.len()));
            plan.new_moves.push(NewMove {
                id,
                kind: step.kind,
                title: step.title,
                why: step.why,
                reasons: vec![reason],
                by_hand: false,
                contact: Some(contact),
                deal,
                action: None,
                thread_key: step.thread_key,
                source: signal.source.clone(),
                assignee: signal
                    .envelope
                    .as_ref()
                    .ok()
                    .and_then(|envelope| envelope.assignee)
                    .or(who.and_then(|who| who.owner)),
                minutes: change::usual_minutes(step.kind),
                due_at: None,
                expires_at: Some(step.expires_at),
                waiting_since: step.waiting_since,
                created_by: None,
                created_at: now,
            });
            (Verdict::Moved, id)
        }
    }
}

/// Adds a reason in the order of what happened; of very many the oldest go.
fn join(reasons: &mut Vec<Reason>, reason: Reason) {
    let at = reasons.partition_point(|known| known.at <= reason.at);
    reasons.insert(at, reason);
    if reasons.len() > REASONS {
        reasons.remove(0);
    }
}

fn earliest(one: Option<Ts>, other: Option<Ts>) -> Option<Ts> {
    [one, other].into_iter().flatten().min()
}

async fn write(
    tx: &mut Tx,
    workspace: WorkspaceId,
    lease: &str,
    people: &People,
    plan: Plan,
    now: Ts,
) -> Result<(), StoreError> {
    people::write(tx, workspace, people, now).await?;
    for deal in &plan.deals {
        add_deal(tx, workspace, deal, now).await?;
    }
    for new in &plan.new_moves {
        change::add(tx, workspace, new, Actor::System, now).await?;
    }
    for (before, after) in &plan.edits {
        write_edit(tx, workspace, before, after, now).await?;
    }
    for outcome in &plan.outcomes {
        add_outcome(tx, workspace, outcome, now).await?;
    }
    if !plan.outcomes.is_empty() {
        crate::jobs::learn::soon(tx, workspace, now).await?;
    }
    for contact in plan.opt_outs {
        contacts::suppress(tx, workspace, contact, Suppression::OptedOut, now).await?;
    }
    link_messages(tx, workspace, &plan.links).await?;
    let touches: Vec<_> =
        plan.touches.into_iter().map(|(contact, (inbound, outbound))| (contact, inbound, outbound)).collect();
    touch_contacts(tx, workspace, &touches).await?;
    // What somebody did, or we answered, is evidence for everything that waits for them.
    let touched: Vec<ContactId> = touches.iter().map(|(contact, ..)| *contact).collect();
    look_again_at_contacts(tx, workspace, &touched, now).await?;
    speak_verdicts(tx, workspace, lease, &plan.verdicts).await
}
