//! The admin pages: people, keys, the workspace, the weights of the score, jobs.

use crate::aps::{Points, TermName, Weights};
use crate::model::{HookId, JobId, KeyId, MoveId, Role, Scope, UserId};
use crate::view::card::Chip;
use crate::view::time::When;

/// A page of the admin room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Who may enter.
    People,
    /// What programs may enter with.
    Keys,
    /// Addresses that other systems post to.
    Hooks,
    /// Name, time zone, limits.
    Workspace,
    /// The weights of the score.
    Weights,
    /// What was done: the chain of receipts.
    Audit,
    /// Work that waits or failed.
    Jobs,
}

impl Room {
    /// Every page, in the order of the tabs.
    pub const ALL: [Self; 7] =
        [Self::People, Self::Keys, Self::Hooks, Self::Workspace, Self::Weights, Self::Audit, Self::Jobs];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Keys => "API keys",
            Self::Hooks => "Webhooks",
            Self::Workspace => "Workspace",
            Self::Weights => "Score",
            Self::Audit => "Audit",
            Self::Jobs => "Jobs",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::People => "/admin",
            Self::Keys => "/admin/keys",
            Self::Hooks => "/admin/hooks",
            Self::Workspace => "/admin/workspace",
            Self::Weights => "/admin/weights",
            Self::Audit => "/admin/audit",
            Self::Jobs => "/admin/jobs",
        }
    }
}

/// A person, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The person's id.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Disabled, on leave.
    pub chips: Vec<Chip>,
    /// Whether they may enter.
    pub enabled: bool,
    /// Whether it is the reader.
    pub oneself: bool,
}

/// A key, ready to be shown; never the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// Whose it is.
    pub person: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: When,
    /// When it was last used.
    pub used: Option<When>,
    /// Whether it is revoked.
    pub revoked: bool,
}

/// A secret that is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it is the secret of.
    pub name: String,
    /// The secret.
    pub text: String,
    /// What to do with it.
    pub hint: String,
}

/// A webhook's address, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRow {
    /// Its id.
    pub id: HookId,
    /// Its name.
    pub name: String,
    /// Where to post.
    pub address: String,
    /// When it was made.
    pub created: When,
    /// Whether it takes posts.
    pub open: bool,
}

/// What stands in the workspace form, as text; with complaints after a refused attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkspaceForm {
    /// The name.
    pub name: String,
    /// The IANA time zone.
    pub time_zone: String,
    /// Every time zone there is.
    pub zones: Vec<String>,
    /// Seconds to undo an execution.
    pub undo_seconds: String,
    /// When quiet hours begin; empty is never.
    pub quiet_from: String,
    /// When they end.
    pub quiet_to: String,
    /// E-mails a person may send a day.
    pub emails_per_user_day: String,
    /// E-mails a contact may get in seven days.
    pub emails_per_contact_week: String,
    /// E-mails that may go to a domain a day.
    pub emails_per_domain_day: String,
    /// Requests a minute with one key.
    pub requests_per_minute_key: String,
    /// Requests a minute by one person.
    pub requests_per_minute_user: String,
    /// What is wrong, by field.
    pub errors: Vec<(String, String)>,
}

/// A weight as a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightField {
    /// Which term.
    pub term: TermName,
    /// Its points, as typed.
    pub value: String,
    /// What it is when nobody changes it.
    pub usual: String,
}

/// What other weights would do to a move that waits now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The move.
    pub title: String,
    /// Its address.
    pub href: String,
    /// The score now.
    pub before: Points,
    /// The score it would have.
    pub after: Points,
    /// Its place now, from 1.
    pub place_before: usize,
    /// The place it would have.
    pub place_after: usize,
}

/// The weights page.
#[derive(Debug, Clone, Default)]
pub struct WeightsPage {
    /// The weights as fields.
    pub fields: Vec<WeightField>,
    /// What they would do to the queue; `None` before one asks.
    pub preview: Option<Vec<Moved>>,
    /// What is wrong, by field.
    pub errors: Vec<(String, String)>,
}

/// The weights as fields, in the order of the table they come from.
#[must_use]
pub fn weight_fields(weights: &Weights) -> Vec<WeightField> {
    each_weight(weights)
        .into_iter()
        .zip(each_weight(&Weights::default()))
        .map(|((term, now), (_, usual))| WeightField { term, value: plain(now), usual: plain(usual) })
        .collect()
}

const fn each_weight(w: &Weights) -> [(TermName, Points); 9] {
    [
        (TermName::Urgency, w.urgency),
        (TermName::Impact, w.impact),
        (TermName::Intent, w.intent),
        (TermName::Fit, w.fit),
        (TermName::Relationship, w.relationship),
        (TermName::Learned, w.learned),
        (TermName::Effort, w.effort),
        (TermName::Fatigue, w.fatigue),
        (TermName::Doubt, w.doubt),
    ]
}

/// Points as one types them: no plus, no idle zeros, an ASCII minus.
fn plain(points: Points) -> String {
    points.signed().trim_start_matches('+').to_owned()
}

/// A receipt, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Its number.
    pub seq: u64,
    /// What it tells, in a few words.
    pub what: String,
    /// Who did it.
    pub who: String,
    /// When.
    pub when: When,
    /// The move it is about.
    pub move_id: Option<MoveId>,
    /// Its hash, whole.
    pub hash: String,
}

/// The audit page.
#[derive(Debug, Clone, Default)]
pub struct AuditPage {
    /// The receipts, the newest first.
    pub rows: Vec<ReceiptRow>,
    /// The address of the next page.
    pub next: Option<String>,
}

/// A job that waits or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it was made, or given up.
    pub when: When,
}

/// The jobs page.
#[derive(Debug, Clone, Default)]
pub struct JobsPage {
    /// Given up, newest first: the dead letters.
    pub dead: Vec<JobRow>,
    /// Waiting or running.
    pub waiting: Vec<JobRow>,
    /// Signals that could not be read: how many.
    pub failed_signals: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_that_has_a_weight_has_a_field() {
        let fields = weight_fields(&Weights::default());
        assert_eq!(fields.len(), 9);
        assert!(fields.iter().all(|field| field.value == field.usual && field.term != TermName::Clamp));
        assert_eq!(fields[0].value, "30");
        assert_eq!(fields[6].value, "-10", "as one types it");
    }
}
