//! What the score is made from: plain data that the core reads from its store.

use serde::{Deserialize, Serialize};

use super::intent::IntentKind;
use crate::model::{MoveId, Ts};

/// Everything that the score of one move depends on, besides the weights and the moment.
///
/// A default `Facts` is "nothing is known": no term has points and no gate is closed. All shares are basis points
/// (10,000 = all); larger ones count as 10,000.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// What runs against us: the most pressing one counts.
    pub clocks: Vec<Clock>,
    /// When the move itself is due: urgent from four hours before. It gives no points: add a [`ClockKind::DueDate`]
    /// clock for that.
    pub due_at: Option<Ts>,
    /// The deal that the move is about.
    pub deal: Option<DealFacts>,
    /// What they did, lately or long ago.
    pub intent: Vec<Intent>,
    /// How well they match the rules a person wrote; `None` when no rule was written.
    pub fit: Option<Fit>,
    /// What there has been between us.
    pub relationship: Relationship,
    /// What the model learned of moves like this one; `None` when there is no model yet.
    pub learned: Option<Learned>,
    /// Minutes of work that the move takes.
    pub minutes: u32,
    /// How much they have heard of us.
    pub fatigue: Fatigue,
    /// How sure we are of what we know.
    pub doubt: Doubt,
    /// What may keep the move out of Today altogether.
    pub gates: GateFacts,
}

/// Which obligation a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// They wait for our answer; `due` is the end of our service level.
    WaitingForUs,
    /// We promised something by a date.
    Promise,
    /// A meeting to prepare; `due` is its start.
    Meeting,
    /// The deal's close date.
    CloseDate,
    /// The due date somebody gave the move.
    DueDate,
}

/// An obligation: presses not at all at `start`, fully from `due` on, and evenly more in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Which obligation.
    pub kind: ClockKind,
    /// When it began to press.
    pub start: Ts,
    /// From when it presses fully. At or before `start`: a step from nothing to full at this moment.
    pub due: Ts,
}

/// The deal's worth, in minor units of the workspace's one reporting currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DealFacts {
    /// The deal's amount; negative counts as none.
    pub amount_minor: i64,
    /// How likely the deal's stage closes, in basis points.
    pub stage_bp: u16,
    /// The workspace's 95th percentile of stage-weighted amounts; zero or less means not known, and gives no points.
    pub p95_minor: i64,
    /// The deal's place among the workspace's open deals, in basis points from the top (800 = "top 8 %"), for the
    /// words only.
    pub top_bp: Option<u16>,
}

/// One thing they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// What; half-life, weight and group come from [`super::intent::kinds`].
    pub kind: IntentKind,
    /// When; a moment still to come counts as now (clocks of other systems run ahead).
    pub occurred_at: Ts,
}

/// How well contact and company match the rules that a person wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fit {
    /// The match in basis points.
    pub bp: u16,
    /// Which rules matched, in words ("head of sales, 50 to 200 people").
    pub words: String,
}

/// What there has been between us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relationship {
    /// How often they replied before.
    pub replies: u32,
    /// Meetings that were held.
    pub meetings: u32,
    /// Somebody referred them to us.
    pub referral: bool,
}

/// What outcomes taught about moves like this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Learned {
    /// How likely this move goes well, in basis points.
    pub probability_bp: u16,
    /// How likely any move of the workspace goes well, in basis points.
    pub base_bp: u16,
    /// How many like this went well.
    pub good: u32,
    /// How many like this were tried; none means no evidence, and gives no points.
    pub tries: u32,
    /// The strongest grounds in words, best first.
    pub reasons: Vec<String>,
}

/// How much they have heard of us.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fatigue {
    /// When we touched them; only the seven days before `now` count, older ones may be given or left out. A moment
    /// still to come counts already.
    pub touched_at: Vec<Ts>,
    /// How many touches in seven days are all right.
    pub cap: u32,
    /// The name of a colleague who is already at it.
    pub colleague: Option<String>,
}

/// How sure we are of what we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Doubt {
    /// How sure it is that this is who we think, in basis points.
    pub identity_bp: u16,
    /// When the data was last seen to be true; `None` when that is not tracked, which raises no doubt.
    pub verified_at: Option<Ts>,
}

impl Default for Doubt {
    fn default() -> Self {
        Self { identity_bp: 10_000, verified_at: None }
    }
}

/// What may keep the move out of Today altogether (§5, gates).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateFacts {
    /// Why they must not be contacted ("opted out on the form", "hard bounce").
    pub suppressed: Option<String>,
    /// When it was answered already, by us, elsewhere.
    pub answered_at: Option<Ts>,
    /// An execution for it is under way.
    pub in_flight: bool,
    /// A better move for the same contact or deal that comes first.
    pub covered_by: Option<MoveId>,
    /// It is their turn.
    pub waiting_on_them: Option<Waiting>,
    /// Put off until then.
    pub snoozed_until: Option<Ts>,
    /// The assignee is on leave until then. An unassigned move is not gated (§9).
    pub assignee_absent_until: Option<Ts>,
    /// It is not known whom this is about.
    pub identity_unresolved: bool,
    /// Nothing can be done before then.
    pub actionable_from: Option<Ts>,
}

/// It is their turn to say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Since when.
    pub since: Ts,
    /// Until when silence is fine; `None` holds until something happens.
    #[serde(default)]
    pub until: Option<Ts>,
}
