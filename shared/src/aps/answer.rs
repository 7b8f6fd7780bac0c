//! What the score answers: a value, the terms that make it up, the gates, and when it next changes.

use serde::{Deserialize, Serialize};

use super::points::Points;
use crate::model::Ts;

/// The Action Priority Score of one move at one moment, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Aps {
    /// 0 to 100.00.
    pub value: Points,
    /// What contributes, most points first; their points add up to `value` exactly. A term of no points is left out.
    pub terms: Vec<Term>,
    /// What keeps the move out of Today; empty when it is ready.
    pub gates: Vec<Gate>,
    /// The first moment at which, on these same facts, the value would differ by a point from now's, a gate would
    /// open or `urgent` would flip; possibly a little before it, never after it. `None` when nothing ever will.
    pub next_change: Option<Ts>,
    /// Urgency has at least 80 % of its weight, or the move is due within four hours or overdue.
    pub urgent: bool,
}

impl Aps {
    /// Whether the move may stand in Today.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.gates.is_empty()
    }
}

/// One part of the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Term {
    /// Which part.
    pub name: TermName,
    /// What it adds, or takes away.
    pub points: Points,
    /// Why, in words a rep understands. It holds no clock times: those need a time zone, which the caller has.
    pub because: String,
    /// When time alone will next move it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_tick: Option<Tick>,
}

/// The parts of the value (§5's table, and the clamp).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TermName {
    /// Obligation, rising.
    Urgency,
    /// What the deal is worth.
    Impact,
    /// Interest they showed, fading.
    Intent,
    /// How well they match a person's rules.
    Fit,
    /// What there has been between us.
    Relationship,
    /// What outcomes taught.
    Learned,
    /// The work it takes.
    Effort,
    /// How much they have heard of us.
    Fatigue,
    /// How unsure we are.
    Doubt,
    /// What was cut off to stay within 0 to 100.
    Clamp,
}

impl TermName {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Impact => "impact",
            Self::Intent => "intent",
            Self::Fit => "fit",
            Self::Relationship => "relationship",
            Self::Learned => "learned",
            Self::Effort => "effort",
            Self::Fatigue => "fatigue",
            Self::Doubt => "doubt",
            Self::Clamp => "clamp",
        }
    }
}

/// How a term will have moved at a later moment, if nothing but time happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tick {
    /// When.
    pub at: Ts,
    /// By how much against now.
    pub delta: Points,
    /// The term's points at that moment.
    pub to: Points,
    /// Why, in words ("their 4 h are up").
    pub because: String,
}

/// Something that keeps a move out of Today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gate {
    /// What.
    pub kind: GateKind,
    /// Why, in words; without clock times.
    pub because: String,
    /// When it opens by itself; `None` when something has to happen.
    pub opens_at: Option<Ts>,
}

/// The gates (§5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// They must not be contacted, or opted out.
    Suppressed,
    /// It was answered already.
    Answered,
    /// It is being executed.
    InFlight,
    /// A better move for the same contact or deal comes first.
    Covered,
    /// It is their turn.
    WaitingOnThem,
    /// Put off.
    Snoozed,
    /// The assignee is on leave.
    OwnerAbsent,
    /// It is not known whom this is about.
    IdentityUnresolved,
    /// Nothing can be done yet: it stands in Upcoming.
    NotActionable,
}
