//! What is sent is what was approved, to the letter, by somebody who may.

use super::finding::{Finding, Guardrail};
use crate::model::words::words;

words! {
    /// On whose word something is done, weakest first.
    pub enum Grounds {
        /// A rule that still asks a person (shadow mode, or demoted).
        RuleInShadow = "rule_in_shadow",
        /// A rule that may act by itself: it earned its autonomy or an admin gave it.
        AutonomousRule = "autonomous_rule",
        /// A person, who saw it.
        Person = "person",
    }
}

/// The approval that an execution stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The digest of the version that was approved, in hexadecimal.
    pub digest: String,
    /// On whose word.
    pub by: Grounds,
    /// Whether they may approve now: rights may have been taken away since.
    pub still_may: bool,
}

/// Passes when the digest of what is about to be sent is the digest of what was approved.
#[must_use]
pub fn check(approval: Option<&Approval>, sending: &str) -> Finding {
    let block = |reason| Finding::block(Guardrail::Approval, reason);
    let Some(approval) = approval else {
        return block("nobody approved this text: read it and approve it");
    };
    if approval.digest.is_empty() || !approval.digest.eq_ignore_ascii_case(sending) {
        return block("the text was changed after it was approved: read it again and approve this version");
    }
    match (approval.by, approval.still_may) {
        (Grounds::RuleInShadow, _) => block("the rule that chose it may not act by itself yet: approve it by hand"),
        (Grounds::AutonomousRule, false) => block("the rule that approved it no longer may: approve it by hand"),
        (Grounds::Person, false) => block("whoever approved it no longer may: somebody else must approve it"),
        (Grounds::AutonomousRule | Grounds::Person, true) => Finding::pass(Guardrail::Approval),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Verdict;

    const ONE: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const OTHER: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

    fn of(digest: &str, by: Grounds, still_may: bool, sending: &str) -> Finding {
        check(Some(&Approval { digest: digest.to_owned(), by, still_may }), sending)
    }

    #[test]
    fn exactly_the_approved_version_goes() {
        for digest in [ONE, OTHER, "00", "ab", "AB12"] {
            for by in [Grounds::Person, Grounds::AutonomousRule] {
                assert_eq!(of(digest, by, true, &digest.to_lowercase()), Finding::pass(Guardrail::Approval));
            }
        }
    }

    #[test]
    fn another_version_or_an_approval_that_no_longer_holds_does_not() {
        for (digest, by, still_may, sending, says) in [
            (ONE, Grounds::Person, true, OTHER, "changed after"),
            (ONE, Grounds::AutonomousRule, true, OTHER, "changed after"),
            (ONE, Grounds::Person, true, "", "changed after"),
            ("", Grounds::Person, true, ONE, "changed after"),
            ("", Grounds::Person, true, "", "changed after"),
            (&ONE[..63], Grounds::Person, true, ONE, "changed after"),
            (ONE, Grounds::Person, false, ONE, "no longer may"),
            (ONE, Grounds::AutonomousRule, false, ONE, "no longer may"),
            (ONE, Grounds::RuleInShadow, true, ONE, "by hand"),
            (ONE, Grounds::RuleInShadow, false, ONE, "by hand"),
        ] {
            let finding = of(digest, by, still_may, sending);
            assert_eq!(finding.verdict, Verdict::Block, "{digest} {by} {still_may} {sending}");
            assert!(finding.reason.unwrap().contains(says), "{digest} {by} {still_may} {sending}");
        }
        assert_eq!(check(None, ONE).verdict, Verdict::Block);
    }
}
