//! What can't be taken back is done on a stronger word than what can.

use super::approval::Grounds;
use super::finding::{Finding, Guardrail};
use crate::model::words::words;

words! {
    /// What can be done about an effect afterwards. A kind of action declares it, or is refused.
    pub enum Reversibility {
        /// It can be undone without a trace.
        Undo = "undo",
        /// It can be made good, and those concerned notice.
        Compensate = "compensate",
        /// It stays done, like a mail that was sent.
        None = "none",
    }
}

/// Passes what can be undone or made good; what can't needs a person's word or that of a rule that may act by itself.
#[must_use]
pub fn check(reversibility: Option<Reversibility>, by: Option<Grounds>) -> Finding {
    let needs_person = |reason| Finding::needs_person(Guardrail::Reversibility, reason);
    match (reversibility, by) {
        (None, _) => {
            Finding::block(Guardrail::Reversibility, "nobody says whether this kind of action can be taken back")
        }
        (Some(Reversibility::Undo | Reversibility::Compensate), _)
        | (Some(Reversibility::None), Some(Grounds::Person | Grounds::AutonomousRule)) => {
            Finding::pass(Guardrail::Reversibility)
        }
        (Some(Reversibility::None), Some(Grounds::RuleInShadow)) => {
            needs_person("it can't be taken back, and the rule may not act by itself yet: decide it by hand")
        }
        (Some(Reversibility::None), None) => needs_person("it can't be taken back: somebody must decide it by hand"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Verdict;

    #[test]
    fn what_can_be_taken_back_needs_no_more_than_it_has_and_what_cannot_needs_a_strong_word() {
        use Grounds::{AutonomousRule, Person, RuleInShadow};
        for (reversibility, by, verdict) in [
            (Some(Reversibility::Undo), None, Verdict::Pass),
            (Some(Reversibility::Undo), Some(RuleInShadow), Verdict::Pass),
            (Some(Reversibility::Undo), Some(AutonomousRule), Verdict::Pass),
            (Some(Reversibility::Undo), Some(Person), Verdict::Pass),
            (Some(Reversibility::Compensate), None, Verdict::Pass),
            (Some(Reversibility::Compensate), Some(RuleInShadow), Verdict::Pass),
            (Some(Reversibility::Compensate), Some(AutonomousRule), Verdict::Pass),
            (Some(Reversibility::Compensate), Some(Person), Verdict::Pass),
            (Some(Reversibility::None), Some(AutonomousRule), Verdict::Pass),
            (Some(Reversibility::None), Some(Person), Verdict::Pass),
            (Some(Reversibility::None), Some(RuleInShadow), Verdict::NeedsPerson),
            (Some(Reversibility::None), None, Verdict::NeedsPerson),
            (None, None, Verdict::Block),
            (None, Some(RuleInShadow), Verdict::Block),
            (None, Some(AutonomousRule), Verdict::Block),
            (None, Some(Person), Verdict::Block),
        ] {
            let finding = check(reversibility, by);
            assert_eq!(finding.verdict, verdict, "{reversibility:?} {by:?}");
            assert_eq!(finding.reason.is_none(), verdict == Verdict::Pass);
        }
    }
}
