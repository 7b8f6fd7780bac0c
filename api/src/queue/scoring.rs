//! Scores: the facts of many moves are read at once, scored by the one function in `shared`, and written where they differ.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use caseyos_shared::aps::{self, Aps, Change, Facts, GateKind, Weights};
use caseyos_shared::model::{Act, ContactId, DealId, Factor, MoveId, MoveState, Ts, WorkspaceId};

use super::facts::{Common, facts_of};
use crate::app::App;
use crate::jobs::Next;
use crate::store::evidence::{self, DealEvidence, Evidence};
use crate::store::moves::{Scored, StoredMove, find_move, moves_to_look_at, next_look, open_moves_of, write_score};
use crate::store::{StoreError, access};

/// How many moves are looked at together.
const AT_ONCE: i64 = 250;
/// How far back signals and outcomes count; the slowest interest has a half-life of 30 days.
const LOOK_BACK: i64 = 180 * Ts::DAY;
/// Touches of the last seven days count.
const TOUCHES: i64 = 7 * Ts::DAY;
/// A move is not looked at again sooner than this, whatever its score says: the loop must not spin.
const SOONEST: i64 = Ts::SECOND;

/// Looks at the moves whose moment has come: ends snoozes, expires what nobody took, scores the rest.
///
/// # Errors
/// When the store cannot.
pub async fn look_at_some(app: &App) -> Result<Next, StoreError> {
    let mut next: Option<Ts> = None;
    let mut more = false;
    for workspace in access::workspaces(&app.db).await? {
        let now = app.clock.now();
        let due = moves_to_look_at(&app.db, workspace.id, now, AT_ONCE).await?;
        if due.is_empty() {
            next = [next, next_look(&app.db, workspace.id).await?].into_iter().flatten().min();
            continue;
        }
        more = true;
        let mut to_score = Vec::with_capacity(due.len());
        for row in due {
            let expired = row.expires_at.is_some_and(|at| at <= now);
            let awake = row.snoozed_until.is_none_or(|until| until <= now);
            match row.state {
                MoveState::Snoozed if awake => super::change::by_time(app, workspace.id, row, Act::Wake, now).await?,
                MoveState::Pending if expired => {
                    super::change::by_time(app, workspace.id, row, Act::Expire, now).await?;
                }
                MoveState::Pending
                | MoveState::Snoozed
                | MoveState::Accepted
                | MoveState::Executing
                | MoveState::Failed
                | MoveState::Blocked
                | MoveState::Done
                | MoveState::Dismissed
                | MoveState::Expired
                | MoveState::RolledBack => to_score.push(row),
            }
        }
        score_with_siblings(app, workspace.id, to_score, now).await?;
    }
    Ok(if more { Next::More } else { next.map_or(Next::Idle, Next::At) })
}

/// Scores these moves now, because somebody waits for the answer.
///
/// # Errors
/// When the store cannot.
pub async fn score_now(app: &App, workspace: WorkspaceId, ids: &[MoveId]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(find_move(&app.db, workspace, *id).await?);
    }
    score_with_siblings(app, workspace, rows, app.clock.now()).await
}

/// Scores moves together with the other open moves of their contacts: of those only the best stands in Today.
async fn score_with_siblings(
    app: &App,
    workspace: WorkspaceId,
    rows: Vec<StoredMove>,
    now: Ts,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let contacts: Vec<ContactId> = rows
        .iter()
        .filter_map(|row| row.contact.as_ref().map(|contact| contact.id))
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let mut all: HashMap<MoveId, StoredMove> = rows.into_iter().map(|row| (row.id, row)).collect();
    for row in open_moves_of(&app.db, workspace, &contacts).await? {
        all.entry(row.id).or_insert(row);
    }
    let deals: Vec<DealId> = all
        .values()
        .filter_map(|row| row.deal.as_ref().map(|deal| deal.id))
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let evidence = evidence::of_contacts(&app.db, workspace, &contacts, now - LOOK_BACK, now - TOUCHES).await?;
    let deals = evidence::of_deals(&app.db, workspace, &deals).await?;
    let common = app.common.of(&app.db, workspace).await?;
    let pairs = decide(all, &evidence, &deals, &common, now);
    app.db
        .write(move |tx| {
            Box::pin(async move {
                for (row, scored) in &pairs {
                    write_score(tx, workspace, row, scored).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The new scores of those moves whose stored one differs or is due.
fn decide(
    rows: HashMap<MoveId, StoredMove>,
    evidence: &HashMap<ContactId, Evidence>,
    deals: &HashMap<DealId, DealEvidence>,
    common: &Arc<Common>,
    now: Ts,
) -> Vec<(StoredMove, Scored)> {
    let mut rows: Vec<(StoredMove, Facts, Scored)> = rows
        .into_values()
        .map(|row| {
            let known = row.contact.as_ref().and_then(|contact| evidence.get(&contact.id));
            let deal = row.deal.as_ref().and_then(|deal| deals.get(&deal.id));
            let facts = facts_of(&row, known, deal, common, now);
            let scored = scored(&row, &facts, common, now);
            (row, facts, scored)
        })
        .collect();
    cover(&mut rows, common, now);
    // In one order everywhere: two processes that write the same rows must not wait for each other.
    rows.sort_unstable_by_key(|(row, ..)| row.id);
    rows.into_iter()
        .filter(|(row, _, scored)| {
            row.next_change.is_some_and(|at| at <= now)
                || row.aps != scored.aps
                || row.gates != scored.gates
                || row.ready != scored.ready
                || row.urgent != scored.urgent
        })
        .map(|(row, _, scored)| (row, scored))
        .collect()
}

/// Of a contact's moves that pass every other gate only the best stands in Today. What a person made by hand is never
/// covered: whoever wrote it down wants to see it.
fn cover(rows: &mut [(StoredMove, Facts, Scored)], common: &Arc<Common>, now: Ts) {
    let mut best: HashMap<ContactId, (MoveId, i32, Ts)> = HashMap::new();
    for (row, _, scored) in rows.iter().filter(|(_, _, scored)| scored.ready) {
        if let Some(contact) = &row.contact {
            let mine = (row.id, scored.aps.0, row.created_at);
            let current = best.entry(contact.id).or_insert(mine);
            if (mine.1, current.2, current.0) > (current.1, mine.2, mine.0) {
                *current = mine;
            }
        }
    }
    for (row, facts, scored) in rows.iter_mut().filter(|(row, _, scored)| scored.ready && !row.by_hand) {
        let covering = row.contact.as_ref().and_then(|contact| best.get(&contact.id));
        if let Some((id, ..)) = covering.filter(|(id, ..)| *id != row.id) {
            facts.gates.covered_by = Some(*id);
            *scored = self::scored(row, facts, common, now);
        }
    }
}

fn scored(row: &StoredMove, facts: &Facts, common: &Common, now: Ts) -> Scored {
    let answer = aps::score(facts, common.weights_of(row), now);
    let pending = row.state == MoveState::Pending;
    let ready = pending && answer.ready();
    let next_change = [answer.next_change, row.expires_at].into_iter().flatten().min();
    Scored {
        aps: answer.value,
        factors: answer
            .terms
            .into_iter()
            .map(|term| Factor { name: term.name, points: term.points, because: term.because })
            .collect(),
        urgent: ready && answer.urgent,
        ready,
        gates: answer.gates,
        next_change: if pending {
            next_change.map(|at| at.max(now + SOONEST))
        } else if row.state == MoveState::Snoozed {
            row.snoozed_until
        } else {
            None
        },
        scored_at: now,
        facts_version: common.version,
    }
}

/// A score with what would change it.
pub struct Explained {
    /// The score.
    pub aps: Aps,
    /// What would change it: time, an answer of theirs or ours.
    pub would_change: Vec<Change>,
    /// The version of the facts it was made with.
    pub version: i64,
}

/// The score of one move now, explained; with other weights where they are to be tried out.
///
/// # Errors
/// When the store cannot answer.
pub async fn explain(
    app: &App,
    workspace: WorkspaceId,
    row: &StoredMove,
    weights: Option<&Weights>,
) -> Result<Explained, StoreError> {
    let now = app.clock.now();
    let contacts: Vec<ContactId> = row.contact.iter().map(|contact| contact.id).collect();
    let deals: Vec<DealId> = row.deal.iter().map(|deal| deal.id).collect();
    let evidence = evidence::of_contacts(&app.db, workspace, &contacts, now - LOOK_BACK, now - TOUCHES).await?;
    let deals = evidence::of_deals(&app.db, workspace, &deals).await?;
    let common = app.common.of(&app.db, workspace).await?;
    let known = contacts.first().and_then(|id| evidence.get(id));
    let deal = row.deal.as_ref().and_then(|deal| deals.get(&deal.id));
    let facts = facts_of(row, known, deal, &common, now);
    let weights = weights.unwrap_or_else(|| common.weights_of(row));
    let mut answer = aps::score(&facts, weights, now);
    // Which move covers which was decided among siblings, when the score was written.
    answer.gates.extend(row.gates.iter().filter(|gate| gate.kind == GateKind::Covered).cloned());
    let would_change = aps::what_would_change(&facts, weights, now);
    Ok(Explained { aps: answer, would_change, version: common.version })
}
