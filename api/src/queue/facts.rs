//! From stored rows to the facts of a score, and what all scores of a workspace share.

use std::collections::HashMap;
use std::sync::Arc;

use caseyos_shared::aps::{
    Clock, ClockKind, DealFacts, Doubt, Facts, Fatigue, GateFacts, Intent, Learned, Relationship, Weights,
};
use caseyos_shared::learn::{Attributes, Model, Value};
use caseyos_shared::model::{DealState, MoveKind, MoveState, OutcomeKind, Ts, UserId, WorkspaceId};
use dashmap::DashMap;

use crate::signals::kinds::meaning_of;
use crate::store::evidence::{DealEvidence, Evidence};
use crate::store::moves::StoredMove;
use crate::store::{Db, StoreError, access, facts};

/// The close date presses over its last two weeks.
const CLOSING: i64 = 14 * Ts::DAY;
/// Touches in seven days that are all right.
const TOUCHES_CAP: u32 = 3;
/// How sure it is that a contact known by an address, or only by a name, is who we think (basis points).
const KNOWN_BY_ADDRESS: u16 = 10_000;
const KNOWN_BY_NAME: u16 = 6_000;
/// The name of the fact that holds the learned model.
pub const MODEL: &str = "model";
/// The name of the fact that holds the 95th percentile of stage-weighted deal amounts, in minor units.
pub const P95: &str = "p95";

/// What all scores of a workspace share: weights, absences, the learned model, the percentile of deal values.
pub struct Common {
    /// Names the versions of everything in here.
    pub version: i64,
    weights: Weights,
    people: HashMap<UserId, (Option<Weights>, Option<Ts>)>,
    model: Option<Arc<Model>>,
    outcome_columns: Vec<String>,
    p95_minor: i64,
}

impl Common {
    /// The weights that a move is scored with: its assignee's, else the workspace's.
    #[must_use]
    pub fn weights_of(&self, row: &StoredMove) -> &Weights {
        row.assignee
            .as_ref()
            .and_then(|person| self.people.get(&person.id))
            .and_then(|(weights, _)| weights.as_ref())
            .unwrap_or(&self.weights)
    }
}

/// Remembers the parsed model of each workspace; the rest is read anew for each batch.
#[derive(Default)]
pub struct CommonCache {
    models: DashMap<WorkspaceId, (i64, Option<Arc<Model>>)>,
}

impl CommonCache {
    /// What the scores of a workspace share now.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn of(&self, db: &Db, workspace: WorkspaceId) -> Result<Arc<Common>, StoreError> {
        let settings = access::workspace(db, workspace).await?;
        let people = access::people(db, workspace).await?;
        let versions = facts::fact_versions(db, workspace).await?;
        let version_of =
            |name: &str| versions.iter().find(|(known, _)| known == name).map_or(0, |(_, version)| *version);
        let p95_minor = match facts::fact(db, workspace, P95).await? {
            Some(body) => body.trim().parse().unwrap_or(0),
            None => 0,
        };
        let model = self.model(db, workspace, version_of(MODEL)).await?;
        let (weights, settings_version) = settings
            .map_or_else(|| (Weights::default(), 0), |workspace| (workspace.settings.weights, workspace.version));
        Ok(Arc::new(Common {
            version: settings_version + version_of(MODEL) + version_of(P95),
            weights,
            people: people.into_iter().map(|person| (person.id, (person.weights, person.absent_until))).collect(),
            model,
            outcome_columns: facts::outcome_columns(db, workspace).await?,
            p95_minor,
        }))
    }

    async fn model(&self, db: &Db, workspace: WorkspaceId, version: i64) -> Result<Option<Arc<Model>>, StoreError> {
        if let Some(known) = self.models.get(&workspace).filter(|known| known.0 == version) {
            return Ok(known.1.clone());
        }
        let body = if version == 0 { None } else { facts::fact(db, workspace, MODEL).await? };
        let model = body.and_then(|body| match serde_json::from_str::<Model>(&body) {
            Ok(model) => Some(Arc::new(model)),
            Err(error) => {
                tracing::warn!(%error, %workspace, "the learned model cannot be read and is left out until it is learned anew");
                None
            }
        });
        self.models.insert(workspace, (version, model.clone()));
        Ok(model)
    }
}

/// The attributes that the model learns from and predicts by: what sources said of the contact, but for what came of it.
#[must_use]
pub fn attributes_of(source: &str, attributes: &str, outcome_columns: &[String]) -> Attributes {
    let mut fields: std::collections::BTreeMap<String, String> = serde_json::from_str(attributes).unwrap_or_default();
    fields.retain(|name, _| !outcome_columns.contains(name));
    let mut all = vec![("came from".to_owned(), Value::Text(source.to_owned()))];
    all.extend(fields.into_iter().map(|(name, value)| (name, Value::parse(&value))));
    all
}

/// The service level of an answer by kind of move: how long they may wait until it presses fully.
const fn service_level(kind: MoveKind) -> i64 {
    match kind {
        MoveKind::DemoRequest => Ts::HOUR,
        MoveKind::Reply | MoveKind::Call => 4 * Ts::HOUR,
        MoveKind::Social | MoveKind::Meeting => 12 * Ts::HOUR,
        MoveKind::NewLead => 24 * Ts::HOUR,
        MoveKind::FollowUp | MoveKind::Task | MoveKind::SourceHealth | MoveKind::DataFix | MoveKind::Custom => {
            3 * Ts::DAY
        }
    }
}

/// The facts of one move.
#[must_use]
pub fn facts_of(
    row: &StoredMove,
    contact: Option<&Evidence>,
    deal: Option<&DealEvidence>,
    common: &Common,
    now: Ts,
) -> Facts {
    let nothing = Evidence::default();
    let known = contact.unwrap_or(&nothing);
    Facts {
        clocks: clocks(row, deal),
        due_at: row.due_at,
        deal: deal.filter(|deal| deal.state == DealState::Open).and_then(|deal| {
            Some(DealFacts {
                amount_minor: deal.amount_minor?,
                stage_bp: u16::try_from(deal.probability.clamp(0, 100) * 100).unwrap_or(0),
                p95_minor: common.p95_minor,
                top_bp: None,
            })
        }),
        intent: known
            .signals
            .iter()
            .filter_map(|(kind, _, latest)| meaning_of(kind).intent.map(|kind| Intent { kind, occurred_at: *latest }))
            .collect(),
        fit: None,
        relationship: relationship(known),
        learned: common
            .model
            .as_ref()
            .filter(|_| contact.is_some() && is_outreach(row))
            .map(|model| learned(model, known, &common.outcome_columns)),
        minutes: u32::try_from(row.minutes).unwrap_or(0),
        fatigue: Fatigue { touched_at: known.touched_at.clone(), cap: TOUCHES_CAP, colleague: None },
        doubt: Doubt {
            identity_bp: if contact.is_none() || known.has_email { KNOWN_BY_ADDRESS } else { KNOWN_BY_NAME },
            verified_at: known.updated_at.filter(|_| contact.is_some()),
        },
        gates: gates(row, known, common, now),
    }
}

fn clocks(row: &StoredMove, deal: Option<&DealEvidence>) -> Vec<Clock> {
    let mut clocks = Vec::new();
    if let Some(start) = row.waiting_since {
        clocks.push(Clock { kind: ClockKind::WaitingForUs, start, due: start + service_level(row.kind) });
    }
    if let Some(due) = row.due_at {
        let kind = if row.kind == MoveKind::Meeting { ClockKind::Meeting } else { ClockKind::DueDate };
        clocks.push(Clock { kind, start: row.created_at.min(due - Ts::DAY), due });
    }
    if let Some(close) = deal.filter(|deal| deal.state == DealState::Open).and_then(|deal| deal.close_at) {
        clocks.push(Clock { kind: ClockKind::CloseDate, start: close - CLOSING, due: close });
    }
    clocks
}

fn relationship(known: &Evidence) -> Relationship {
    let outcomes = |wanted: &[OutcomeKind]| {
        known.outcomes.iter().filter(|(kind, _)| wanted.contains(kind)).map(|(_, count)| *count).sum::<i64>()
    };
    // The mail that asks for an answer is interest; those before it are what there has been between us.
    let mails: i64 = known
        .signals
        .iter()
        .filter(|(kind, ..)| matches!(kind.as_str(), "reply" | "mail"))
        .map(|(_, count, _)| count - 1)
        .sum();
    let replies = outcomes(&[OutcomeKind::Reply, OutcomeKind::PositiveReply]) + mails.max(0);
    Relationship {
        replies: u32::try_from(replies).unwrap_or(u32::MAX),
        meetings: u32::try_from(outcomes(&[OutcomeKind::MeetingHeld])).unwrap_or(u32::MAX),
        referral: known.source.eq_ignore_ascii_case("referral"),
    }
}

/// Whether what came of leads is evidence for this move: it is for getting in touch with somebody, not for answering who wrote or
/// for what a person put down.
fn is_outreach(row: &StoredMove) -> bool {
    let outreach = matches!(
        row.kind,
        MoveKind::NewLead | MoveKind::FollowUp | MoveKind::DemoRequest | MoveKind::Call | MoveKind::Social
    );
    outreach && !row.by_hand
}

fn learned(model: &Model, known: &Evidence, outcome_columns: &[String]) -> Learned {
    let prediction = model.predict(&attributes_of(&known.source, &known.attributes, outcome_columns));
    Learned {
        probability_bp: prediction.probability_bp,
        base_bp: prediction.base_bp,
        good: prediction.good,
        tries: prediction.tries,
        reasons: prediction
            .contributions
            .iter()
            .take(3)
            .filter(|contribution| !contribution.value.is_empty())
            .map(|contribution| format!("{} is {}", contribution.name, contribution.value))
            .collect(),
    }
}

fn gates(row: &StoredMove, known: &Evidence, common: &Common, now: Ts) -> GateFacts {
    let answers = matches!(row.kind, MoveKind::Reply | MoveKind::NewLead | MoveKind::DemoRequest | MoveKind::FollowUp);
    let waiting_since = row.waiting_since.unwrap_or(row.created_at);
    let answered_at =
        row.answered_at.or_else(|| known.last_outbound_at.filter(|at| answers && !row.by_hand && *at >= waiting_since));
    GateFacts {
        suppressed: suppressed(row, known),
        answered_at,
        in_flight: row.state == MoveState::Executing,
        covered_by: None,
        waiting_on_them: None,
        snoozed_until: row.snoozed_until.filter(|until| *until > now),
        assignee_absent_until: row
            .assignee
            .as_ref()
            .and_then(|person| common.people.get(&person.id))
            .and_then(|(_, absent)| *absent)
            .filter(|until| *until > now),
        identity_unresolved: row.contact.is_none() && answers && !row.by_hand,
        actionable_from: None,
    }
}

/// Why a move's contact must be left alone. What a person made by hand, and what is no message, is theirs to decide.
fn suppressed(row: &StoredMove, known: &Evidence) -> Option<String> {
    use caseyos_shared::model::Suppression;
    if row.by_hand {
        return None;
    }
    let calls = row.kind == MoveKind::Call;
    match known.suppressed {
        Some(Suppression::NeverList) => Some("is on the never-list".to_owned()),
        Some(Suppression::OptedOut) if !calls && known.do_not_call => Some("asked not to be contacted".to_owned()),
        Some(Suppression::OptedOut) if !calls && row.kind != MoveKind::Reply => {
            Some("asked not to get e-mails".to_owned())
        }
        Some(Suppression::Bounced) if !calls => Some("the address bounces".to_owned()),
        _ if calls && known.do_not_call => Some("asked not to be called".to_owned()),
        _ => None,
    }
}
