//! Nobody is written to who must not be.

use super::finding::{Finding, Guardrail};
use crate::model::Suppression;

/// What is known against writing to somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// What the contact's record says.
    pub contact: Option<Suppression>,
    /// What the workspace's suppression list says of the address, whosever it is.
    pub address: Option<Suppression>,
    /// Whether they pressed an unsubscribe link or answered with one.
    pub unsubscribed: bool,
    /// Whether they called a mail of this workspace spam.
    pub complained: bool,
    /// The entry of the never-list that covers the address or its domain.
    pub never_list: Option<String>,
    /// Whether they wrote since they asked not to be written to, and this answers them.
    pub wrote_since: bool,
}

/// Passes when nothing is known against it. Somebody who opted out and then wrote may be answered, by a person's decision only.
#[must_use]
pub fn check(standing: &Standing) -> Finding {
    let block = |reason: &str| Finding::block(Guardrail::Suppression, reason);
    let is = |why: Suppression| standing.contact == Some(why) || standing.address == Some(why);
    if let Some(entry) = standing.never_list.as_deref().filter(|entry| !entry.trim().is_empty()) {
        let entry = super::excerpt::excerpt(entry);
        return block(&format!("{entry} is on your never-contact list: take it off the list first, if that is right"));
    }
    if is(Suppression::NeverList) {
        return block("they are on your never-contact list: take them off it first, if that is right");
    }
    if standing.complained {
        return block("they marked a mail of yours as spam: do not write to them again");
    }
    if is(Suppression::Bounced) {
        return block("mail to this address came back: give the contact an address that works");
    }
    if standing.unsubscribed || is(Suppression::OptedOut) {
        return if standing.wrote_since {
            Finding::needs_person(
                Guardrail::Suppression,
                "they asked not to be written to, and wrote since: decide yourself whether to answer",
            )
        } else {
            block("they asked not to be written to: find another way, or leave them alone")
        };
    }
    Finding::pass(Guardrail::Suppression)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Verdict;

    #[test]
    fn whoever_must_not_be_written_to_is_not() {
        let none = Standing::default();
        let never = |entry: &str| Standing { never_list: Some(entry.to_owned()), ..Standing::default() };
        for (standing, says) in [
            (Standing { contact: Some(Suppression::OptedOut), ..none.clone() }, "asked not to"),
            (Standing { address: Some(Suppression::OptedOut), ..none.clone() }, "asked not to"),
            (Standing { unsubscribed: true, ..none.clone() }, "asked not to"),
            (Standing { contact: Some(Suppression::Bounced), ..none.clone() }, "came back"),
            (Standing { address: Some(Suppression::Bounced), ..none.clone() }, "came back"),
            (Standing { contact: Some(Suppression::Bounced), wrote_since: true, ..none.clone() }, "came back"),
            (Standing { complained: true, ..none.clone() }, "spam"),
            (Standing { complained: true, wrote_since: true, ..none.clone() }, "spam"),
            (Standing { contact: Some(Suppression::NeverList), ..none.clone() }, "never-contact"),
            (Standing { address: Some(Suppression::NeverList), wrote_since: true, ..none.clone() }, "never-contact"),
            (never("competitor.example"), "competitor.example"),
            (never("ann@acme.example"), "ann@acme.example"),
            (Standing { unsubscribed: true, ..never("acme.example") }, "acme.example"),
        ] {
            let finding = check(&standing);
            assert_eq!(finding.verdict, Verdict::Block, "{standing:?}");
            assert!(finding.reason.unwrap().contains(says), "{standing:?}");
        }
    }

    #[test]
    fn whoever_opted_out_and_then_wrote_is_answered_by_a_persons_decision() {
        for standing in [
            Standing { contact: Some(Suppression::OptedOut), wrote_since: true, ..Standing::default() },
            Standing { unsubscribed: true, wrote_since: true, ..Standing::default() },
        ] {
            assert_eq!(check(&standing).verdict, Verdict::NeedsPerson);
        }
    }

    #[test]
    fn against_everybody_else_nothing_is_known() {
        for standing in [
            Standing::default(),
            Standing { wrote_since: true, ..Standing::default() },
            Standing { never_list: Some(String::new()), ..Standing::default() },
        ] {
            assert_eq!(check(&standing), Finding::pass(Guardrail::Suppression));
        }
    }
}
