//! What a receipt says: the facts before they are sealed, and the sealed record on the wire.

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use crate::model::words::words;
use crate::model::{ActionKind, ExecutionId, MoveId, RuleId, Ts, UserId, WorkspaceId};

/// The version of the format that this crate writes, and the only one it reads.
pub const VERSION: u32 = 1;

words! {
    /// What a receipt is about.
    pub enum ReceiptKind {
        /// An action was carried out, or it was tried.
        Execution = "execution",
        /// An effect was taken back.
        Rollback = "rollback",
        /// An execution was called off inside its undo window.
        Undo = "undo",
        /// A person said what had become of an execution that nobody could tell.
        Resolution = "resolution",
        /// A person's data was erased.
        Erasure = "erasure",
        /// A kill switch was thrown.
        Kill = "kill",
        /// A kill switch was released.
        Release = "release",
        /// A rule decided about a move without an execution: it dismissed, snoozed, assigned, set a date or told somebody.
        Rule = "rule",
        /// A rule was switched, earned its autonomy or lost it.
        Autonomy = "autonomy",
        /// Weights of the score were learned, set or taken back.
        Weights = "weights",
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// A person of the workspace.
    Person {
        /// Who.
        user_id: UserId,
    },
    /// A rule, by itself.
    Rule {
        /// Which.
        rule_id: RuleId,
        /// In which version.
        version: u32,
    },
    /// CaseyOS itself.
    System {
        /// Which part of it: `schedule`, `sync`, `migration` …
        part: String,
    },
}

/// On what grounds it was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// The digest of the draft in the version that was approved.
    pub draft_hash: Option<Digest>,
    /// The rule that approved it.
    pub rule: Option<RuleGrounds>,
    /// The digest of the token of the preview that bound it.
    pub preview_hash: Option<Digest>,
}

/// The rule on whose grounds something was done, as it was called then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleGrounds {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
}

/// What one guardrail said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReceiptFinding))]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The guardrail's name.
    pub name: String,
    /// Its verdict: `pass`, `wait`, `block` or `needs_person`.
    pub verdict: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// With what result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReceiptResult))]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The state of the execution afterwards (`succeeded`, `failed`, `needs_person` …), or what was switched to what.
    pub state: String,
    /// Through which provider: `smtp`, `outbox`, `gmail` …
    pub provider: Option<String>,
    /// The provider's own id of what was made.
    pub provider_id: Option<String>,
    /// The Message-ID of a mail (RFC 5322 §3.6.4), with its angle brackets.
    pub message_id: Option<String>,
    /// What went wrong, in the provider's words.
    pub error: Option<String>,
}

/// A receipt before it is sealed: everything but its place between its neighbours' hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReceiptEntry))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The version of the format: [`VERSION`].
    pub v: u32,
    /// Its number in the workspace's chain, from 1, without gaps; at most 2^53 − 1.
    pub seq: u64,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// When it happened.
    pub at: Ts,
    /// What it is about.
    pub kind: ReceiptKind,
    /// The execution that it is about.
    pub execution_id: Option<ExecutionId>,
    /// The move that it is about.
    pub move_id: Option<MoveId>,
    /// The kind of action.
    pub action: Option<ActionKind>,
    /// Who did it.
    pub actor: Actor,
    /// On what grounds.
    pub grounds: Grounds,
    /// What each guardrail said, in the order in which they were asked.
    pub guardrails: Vec<Finding>,
    /// The digest of what was sent or changed; see [`super::digest_of`].
    pub payload_digest: Option<Digest>,
    /// With what result.
    pub result: Option<Attempt>,
}

/// A sealed receipt: a line of the export, and what the store keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
    /// The hash of the receipt before it; 64 zeros in the first.
    pub prev_hash: Digest,
    /// Its own hash.
    pub hash: Digest,
}
