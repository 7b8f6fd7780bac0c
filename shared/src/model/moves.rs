//! The move: one concrete next step, as every surface gets it.

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{CompanyId, ContactId, DealId, DraftId, MoveId, MoveState, Ts, UserId};
use crate::aps::{Points, TermName};

words! {
    /// What sort of next step a move is. Moves of one contact and one kind merge; hand-made ones never do.
    pub enum MoveKind {
        /// Answer somebody who wrote.
        Reply = "reply",
        /// Write again to somebody who has not answered.
        FollowUp = "follow_up",
        /// Answer a request for a demo.
        DemoRequest = "demo_request",
        /// Get in touch with a new lead.
        NewLead = "new_lead",
        /// Prepare, propose or hold a meeting.
        Meeting = "meeting",
        /// Call somebody.
        Call = "call",
        /// Do something else.
        Task = "task",
        /// React to something said on a social network.
        Social = "social",
        /// A source of signals needs care.
        SourceHealth = "source_health",
        /// A record needs to be put right.
        DataFix = "data_fix",
        /// Anything else, in its own words.
        Custom = "custom",
    }

    /// What executing a move would do.
    pub enum ActionKind {
        /// Send an e-mail to the contact.
        SendEmail = "send_email",
        /// Make a task.
        CreateTask = "create_task",
        /// Put a meeting into the calendar and invite.
        BookMeeting = "book_meeting",
        /// Change fields of the contact.
        UpdateContact = "update_contact",
        /// Post to Slack.
        PostSlack = "post_slack",
        /// Post to a social network.
        PostSocial = "post_social",
        /// Write a document.
        CreateDoc = "create_doc",
        /// Nothing a machine could do: somebody calls, meets, thinks.
        None = "none",
    }
}

/// A move on the wire: what `GET /api/command-queue/{id}` answers and every list holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Move {
    /// Its id.
    pub id: MoveId,
    /// A verb and a name: "Answer Priya's pricing question".
    pub title: String,
    /// Why now, with the evidence quoted.
    pub why: String,
    /// Where it stands.
    pub state: MoveState,
    /// What sort of step it is.
    pub kind: MoveKind,
    /// The Action Priority Score, 0 to 100 with two decimals.
    pub aps: Points,
    /// The terms of the score, largest first; they add up to it exactly.
    pub factors: Vec<Factor>,
    /// Whom it is about.
    pub contact: Option<ContactRef>,
    /// The opportunity it is about.
    pub deal: Option<DealRef>,
    /// What executing it would do.
    pub action: Option<ActionRef>,
    /// The draft that waits with it.
    pub draft_id: Option<DraftId>,
    /// The source of its first signal, or `manual`.
    pub source: String,
    /// Whose it is; `null` is everybody's.
    pub assignee: Option<UserRef>,
    /// When it should be done by.
    pub due_at: Option<Ts>,
    /// Until when it is put off.
    pub snoozed_until: Option<Ts>,
    /// When it was made.
    pub created_at: Ts,
    /// When it last changed.
    pub updated_at: Ts,
    /// Its page.
    pub url: String,
}

/// One term of a score on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Factor {
    /// Which term.
    pub name: TermName,
    /// How many points it adds, or takes, with two decimals.
    pub points: Points,
    /// The reason, in words a rep understands.
    pub because: String,
}

/// As much of a contact as a move shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactRef {
    /// Its id.
    pub id: ContactId,
    /// The name, or the e-mail address where there is none.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// The job title.
    pub title: Option<String>,
}

/// As much of a deal as a move shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DealRef {
    /// Its id.
    pub id: DealId,
    /// Its name.
    pub name: String,
    /// Its stage, in the workspace's words.
    pub stage: String,
    /// Its value.
    pub amount: Option<Money>,
    /// When it should close.
    pub close_date: Option<Ts>,
}

/// What executing the move would do, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionRef {
    /// The kind of action.
    pub kind: ActionKind,
    /// What would happen, in one line.
    pub summary: String,
    /// Whether the core can do it now.
    pub executable: bool,
    /// Whether it can be taken back afterwards.
    pub reversible: bool,
}

/// A person of the workspace, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserRef {
    /// Its id.
    pub id: UserId,
    /// The name.
    pub name: String,
}

/// A company, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompanyRef {
    /// Its id.
    pub id: CompanyId,
    /// The name.
    pub name: String,
}

/// An amount of money: minor units and an ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// The amount in minor units (cents, öre; whole yen).
    pub minor: i64,
    /// The ISO 4217 code in capitals.
    pub currency: String,
}

impl Money {
    /// The largest amount in minor units: sums and shares of a hundred such stay far from overflowing.
    pub const LARGEST: i64 = 1_000_000_000_000_000;
}

/// What `GET /api/command-queue/today` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Today {
    /// The best moves, best first.
    pub items: Vec<Move>,
    /// How many moves wait altogether: the caller's and the unassigned ones that pass the gates.
    pub pending: i64,
    /// When this was put together.
    pub generated_at: Ts,
}

/// What `GET /api/command-queue/badge` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Badge {
    /// How many moves wait: the caller's and the unassigned ones that pass the gates.
    pub pending: i64,
    /// How many of them are urgent.
    pub urgent: i64,
}
