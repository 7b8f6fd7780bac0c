//! Signals and outcomes on the wire.

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{ContactId, ContactRef, DealId, MoveId, OutcomeId, SignalId, Ts};

words! {
    /// What became of a signal: the ledger's answer.
    pub enum Verdict {
        /// Not worked yet.
        Waiting = "waiting",
        /// It made a move.
        Moved = "moved",
        /// It joined a move that was there already.
        Merged = "merged",
        /// It is kept, and makes no move; the reason says why.
        NoMove = "no_move",
        /// Working it failed again and again; the reason says how, and it can be retried.
        Failed = "failed",
    }

    /// What came of a move.
    pub enum OutcomeKind {
        /// They answered.
        Reply = "reply",
        /// They answered, and well.
        PositiveReply = "positive_reply",
        /// A meeting was agreed.
        MeetingBooked = "meeting_booked",
        /// A meeting took place.
        MeetingHeld = "meeting_held",
        /// The deal moved a stage forward.
        DealAdvanced = "deal_advanced",
        /// The deal was won.
        DealWon = "deal_won",
        /// The deal was lost.
        DealLost = "deal_lost",
        /// The mail came back.
        Bounced = "bounced",
        /// They asked not to be written to again.
        Unsubscribed = "unsubscribed",
        /// Nothing came within the action's horizon.
        NoResponse = "no_response",
    }
}

impl OutcomeKind {
    /// Whether it counts as a success (`Some(true)`), as a miss (`Some(false)`), or teaches nothing of success.
    #[must_use]
    pub const fn success(self) -> Option<bool> {
        match self {
            Self::Reply
            | Self::PositiveReply
            | Self::MeetingBooked
            | Self::MeetingHeld
            | Self::DealAdvanced
            | Self::DealWon => Some(true),
            Self::DealLost | Self::Bounced | Self::Unsubscribed | Self::NoResponse => Some(false),
        }
    }
}

/// Something that happened, as lists and pages show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Signal {
    /// Its id.
    pub id: SignalId,
    /// Where it came from: `form`, `csv`, `mail`, `api`, a provider.
    pub source: String,
    /// What happened: `demo_request`, `lead`, `reply` …
    pub kind: String,
    /// What makes it the same thing when it comes again.
    pub dedupe_key: String,
    /// When it happened.
    pub occurred_at: Ts,
    /// When it arrived here.
    pub received_at: Ts,
    /// Whom it is about.
    pub contact: Option<ContactRef>,
    /// Which deal it is about.
    pub deal_id: Option<DealId>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// The moves that it led to.
    pub moves: Vec<MoveId>,
    /// What the source said, as it said it.
    pub payload: serde_json::Value,
}

/// What came of a move, as reported or seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// Its id.
    pub id: OutcomeId,
    /// What happened.
    pub kind: OutcomeKind,
    /// The move it came of.
    pub move_id: Option<MoveId>,
    /// Who it came from.
    pub contact_id: Option<ContactId>,
    /// The deal it concerns.
    pub deal_id: Option<DealId>,
    /// When it happened.
    pub occurred_at: Ts,
    /// Who or what said so: `person`, `api`, `mail` …
    pub source: String,
    /// A note.
    pub note: Option<String>,
    /// When it was recorded.
    pub created_at: Ts,
}
