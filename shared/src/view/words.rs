//! The small words that every surface shares: counts, money, sources, states, names.

use crate::aps::{Points, TermName};
use crate::model::{Money, MoveKind, MoveState, OutcomeKind, Role, Scope, Suppression, Verdict};

/// A count with its noun: "1 move", "5 moves", "1,204 rows".
#[must_use]
pub fn count(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A whole number with commas between the thousands.
#[must_use]
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count where there is no room for a long one: "7", "99+".
#[must_use]
pub fn short(n: i64) -> String {
    if n > 99 { "99+".to_owned() } else { number(n) }
}

/// An amount of money as people write it: whole units, the sign of the usual currencies or the code.
#[must_use]
pub fn money(money: &Money) -> String {
    // ISO 4217's currencies without minor units, as far as they are traded in.
    let whole = matches!(money.currency.as_str(), "JPY" | "KRW" | "CLP" | "VND" | "ISK" | "UGX" | "XAF" | "XOF");
    let units = if whole { money.minor } else { money.minor / 100 };
    let cents = if whole { 0 } else { money.minor.unsigned_abs() % 100 };
    let mut amount = number(units);
    if cents != 0 {
        amount.push_str(&format!(".{cents:02}"));
    }
    match money.currency.as_str() {
        "EUR" => format!("{amount} €"),
        "USD" => format!("${amount}"),
        "GBP" => format!("£{amount}"),
        code => format!("{amount} {code}"),
    }
}

/// The first name, by which one speaks of somebody; an address keeps its whole self.
#[must_use]
pub fn first_name(name: &str) -> &str {
    if name.contains('@') { name } else { name.split_whitespace().next().unwrap_or(name) }
}

/// Points with a sign that lines up with a plus: "+30", "−2".
#[must_use]
pub fn signed(points: i32) -> String {
    match points {
        0 => "0".to_owned(),
        1.. => format!("+{points}"),
        _ => format!("−{}", points.unsigned_abs()),
    }
}

/// Points with their decimals and a real minus.
#[must_use]
pub fn exact(points: Points) -> String {
    points.signed().replace('-', "−")
}

/// Where something came from, as a reader would say it.
#[must_use]
pub fn source(source: &str) -> String {
    match source {
        "manual" => "added by hand".to_owned(),
        "form" => "a form".to_owned(),
        "csv" => "a lead list".to_owned(),
        "mail" => "mail".to_owned(),
        "api" => "the API".to_owned(),
        "webhook" | "standard" => "a webhook".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A machine's word as text: `demo_request` is "demo request".
#[must_use]
pub fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// The usual reasons to dismiss a move, as somebody would say them.
pub const DISMISSED_BECAUSE: [&str; 4] = ["Not a fit", "Wrong person", "Bad timing", "Already done"];

/// The kind of a move, as a noun.
#[must_use]
pub const fn kind(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Reply => "Reply",
        MoveKind::FollowUp => "Follow-up",
        MoveKind::DemoRequest => "Demo request",
        MoveKind::NewLead => "New lead",
        MoveKind::Meeting => "Meeting",
        MoveKind::Call => "Call",
        MoveKind::Task => "Task",
        MoveKind::Social => "Social",
        MoveKind::SourceHealth => "Source needs care",
        MoveKind::DataFix => "Record to put right",
        MoveKind::Custom => "Something else",
    }
}

/// Where a move stands, as a badge.
#[must_use]
pub const fn state(state: MoveState) -> &'static str {
    match state {
        MoveState::Pending => "Waiting for a decision",
        MoveState::Accepted => "Taken",
        MoveState::Executing => "Under way",
        MoveState::Done => "Done",
        MoveState::Failed => "Failed",
        MoveState::Blocked => "Blocked",
        MoveState::Snoozed => "Snoozed",
        MoveState::Dismissed => "Dismissed",
        MoveState::Expired => "Expired",
        MoveState::RolledBack => "Taken back",
    }
}

/// A term of the score, as a rep would call it.
#[must_use]
pub const fn term(term: TermName) -> &'static str {
    match term {
        TermName::Urgency => "Urgency",
        TermName::Impact => "Impact",
        TermName::Intent => "Interest",
        TermName::Fit => "Fit",
        TermName::Relationship => "Relationship",
        TermName::Learned => "Learned",
        TermName::Effort => "Effort",
        TermName::Fatigue => "Fatigue",
        TermName::Doubt => "Doubt",
        TermName::Clamp => "Limit",
    }
}

/// What a term measures, in one line for the weights page.
#[must_use]
pub const fn term_means(term: TermName) -> &'static str {
    match term {
        TermName::Urgency => "They wait for you, a promised date, a meeting, a close date. Rises as time runs out.",
        TermName::Impact => "What the deal is worth, by stage, against your other deals.",
        TermName::Intent => "Interest they showed: a form, a reply, a visit. Fades with time.",
        TermName::Fit => "How well they match the rules that you wrote.",
        TermName::Relationship => "They replied before, met you, or were referred.",
        TermName::Learned => "What came of similar moves. Adds or takes away up to this much.",
        TermName::Effort => "Takes points for the minutes that it costs.",
        TermName::Fatigue => "Takes points when they have heard from you too often.",
        TermName::Doubt => "Takes points when it is unsure who they are, or the record is old.",
        TermName::Clamp => "What was cut off to stay within 0 to 100.",
    }
}

/// What became of a signal, as a badge.
#[must_use]
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Waiting => "Waiting to be read",
        Verdict::Moved => "Made a move",
        Verdict::Merged => "Joined a move",
        Verdict::NoMove => "No move",
        Verdict::Failed => "Could not be read",
    }
}

/// Why nothing may be sent to somebody.
#[must_use]
pub const fn suppression(why: Suppression) -> &'static str {
    match why {
        Suppression::OptedOut => "Asked not to be written to",
        Suppression::Bounced => "The address does not exist",
        Suppression::NeverList => "On your never-contact list",
    }
}

/// What came of something.
#[must_use]
pub const fn outcome(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Reply => "They replied",
        OutcomeKind::PositiveReply => "They replied, and well",
        OutcomeKind::MeetingBooked => "A meeting was booked",
        OutcomeKind::MeetingHeld => "A meeting was held",
        OutcomeKind::DealAdvanced => "The deal moved forward",
        OutcomeKind::DealWon => "The deal was won",
        OutcomeKind::DealLost => "The deal was lost",
        OutcomeKind::Bounced => "The mail came back",
        OutcomeKind::Unsubscribed => "They asked not to be written to",
        OutcomeKind::NoResponse => "No response",
    }
}

/// What a role may do, in one line.
#[must_use]
pub const fn role_means(role: Role) -> &'static str {
    match role {
        Role::Viewer => "reads everything",
        Role::Member => "works the queue: own and unassigned moves",
        Role::Admin => "everything, including people, keys and settings",
    }
}

/// What a scope allows, in one line.
#[must_use]
pub const fn scope_means(scope: Scope) -> &'static str {
    match scope {
        Scope::QueueRead => "read moves, signals and events",
        Scope::QueueWrite => "add, edit and decide moves",
        Scope::QueueExecute => "start executions",
        Scope::DraftsWrite => "write drafts",
        Scope::DraftsApprove => "approve drafts",
        Scope::SignalsWrite => "send signals in",
        Scope::ContactsRead => "read contacts, companies and deals",
        Scope::ContactsWrite => "write contacts, companies and deals",
        Scope::OutcomesWrite => "report outcomes",
        Scope::RulesWrite => "write rules",
        Scope::AuditRead => "read receipts",
        Scope::Admin => "everything that the person may do",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_noun_and_group_their_thousands() {
        assert_eq!(count(1, "move", "moves"), "1 move");
        assert_eq!(count(0, "move", "moves"), "0 moves");
        assert_eq!(count(1_204_000, "row", "rows"), "1,204,000 rows");
        assert_eq!(number(-1_234), "−1,234");
        assert_eq!(number(999), "999");
        assert_eq!([short(0), short(99), short(100), short(3_001)], ["0", "99", "99+", "99+"]);
    }

    #[test]
    fn money_is_written_as_its_country_does_and_yen_have_no_cents() {
        let of = |minor, currency: &str| money(&Money { minor, currency: currency.to_owned() });
        assert_eq!(of(4_800_000, "EUR"), "48,000 €");
        assert_eq!(of(1_999, "USD"), "$19.99");
        assert_eq!(of(4_800, "JPY"), "4,800 JPY");
        assert_eq!(of(100, "SEK"), "1 SEK");
    }

    #[test]
    fn one_speaks_of_people_by_their_first_name_and_of_addresses_whole() {
        assert_eq!(first_name("Priya Nair"), "Priya");
        assert_eq!(first_name("sales team@example.com"), "sales team@example.com");
        assert_eq!(first_name(""), "");
    }
}
