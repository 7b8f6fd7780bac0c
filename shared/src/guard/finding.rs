//! What a guardrail says: pass, wait, a person is needed, or stop; and how many findings make one verdict.

use serde::{Deserialize, Serialize};

use crate::model::Ts;
use crate::model::words::words;

words! {
    /// The checks that run before anything leaves the house, in the order in which they are shown.
    pub enum Guardrail {
        /// It goes to the contact's own address and to nobody else.
        Recipient = "recipient",
        /// The contact may be written to.
        Suppression = "suppression",
        /// Neither the contact nor their company is written to too often.
        Frequency = "frequency",
        /// Neither the sender nor the provider is over the day's limit.
        DailyCaps = "daily_caps",
        /// It is not night where the recipient is.
        QuietHours = "quiet_hours",
        /// Nothing in it was meant to be filled in.
        Placeholder = "placeholder",
        /// Nothing in it is secret.
        Secret = "secret",
        /// Its links lead to places that are allowed.
        Link = "link",
        /// Nothing in it is there without being seen.
        HiddenText = "hidden_text",
        /// Its header fields are one line each.
        Header = "header",
        /// What is sent is what was approved.
        Approval = "approval",
        /// The account it goes through works.
        Connection = "connection",
        /// Nobody outside chose what is done, or to whom.
        Instruction = "instruction",
        /// What can't be taken back was decided by somebody who may.
        Reversibility = "reversibility",
        /// Nobody has pulled the brake.
        KillSwitch = "kill_switch",
    }
}

/// What follows from a check (§9 "Guardrail verdicts").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuardrailVerdict))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against it.
    Pass,
    /// Not yet: the execution stays waiting, and is checked again at this moment.
    Wait {
        /// When to check again.
        until: Ts,
    },
    /// A machine can't decide it safely.
    NeedsPerson,
    /// Not like this: something must be changed first.
    Block,
}

/// What one guardrail found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuardrailFinding))]
pub struct Finding {
    /// Which check it was.
    pub guardrail: Guardrail,
    /// What follows from it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Why, and what to change; `null` where it passed.
    pub reason: Option<String>,
}

impl Verdict {
    /// The graver of two: block, then a person, then the later wait, then pass.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Wait { until }, Self::Wait { until: other }) => Self::Wait { until: until.max(other) },
            (one, other) if one.gravity() < other.gravity() => other,
            (one, _) => one,
        }
    }

    const fn gravity(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Wait { .. } => 1,
            Self::NeedsPerson => 2,
            Self::Block => 3,
        }
    }
}

impl Finding {
    /// Nothing found.
    #[must_use]
    pub const fn pass(guardrail: Guardrail) -> Self {
        Self { guardrail, verdict: Verdict::Pass, reason: None }
    }

    /// Not before this moment.
    #[must_use]
    pub fn wait(guardrail: Guardrail, until: Ts, reason: impl Into<String>) -> Self {
        Self { guardrail, verdict: Verdict::Wait { until }, reason: Some(reason.into()) }
    }

    /// Not without a person.
    #[must_use]
    pub fn needs_person(guardrail: Guardrail, reason: impl Into<String>) -> Self {
        Self { guardrail, verdict: Verdict::NeedsPerson, reason: Some(reason.into()) }
    }

    /// Not like this.
    #[must_use]
    pub fn block(guardrail: Guardrail, reason: impl Into<String>) -> Self {
        Self { guardrail, verdict: Verdict::Block, reason: Some(reason.into()) }
    }

    /// The graver of two findings; the first where they weigh the same.
    #[must_use]
    pub(super) fn or_worse(self, other: Self) -> Self {
        let verdict = self.verdict.worse(other.verdict);
        if verdict == self.verdict { self } else { other }
    }
}

/// What follows from all findings together: block beats a person, a person beats waiting, waiting is as long as the longest.
#[must_use]
pub fn worst(findings: &[Finding]) -> Verdict {
    findings.iter().fold(Verdict::Pass, |worst, finding| worst.worse(finding.verdict))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::Pass),
            any::<i64>().prop_map(|millis| Verdict::Wait { until: Ts::from_millis(millis) }),
            Just(Verdict::NeedsPerson),
            Just(Verdict::Block),
        ]
    }

    #[test]
    fn block_beats_a_person_beats_waiting_beats_pass() {
        let until = |millis| Verdict::Wait { until: Ts::from_millis(millis) };
        let of = |verdicts: &[Verdict]| {
            let finding = |verdict: &Verdict| Finding { guardrail: Guardrail::Link, verdict: *verdict, reason: None };
            worst(&verdicts.iter().map(finding).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), Verdict::Pass);
        assert_eq!(of(&[Verdict::Pass, until(5), until(9), until(7)]), until(9));
        assert_eq!(of(&[until(5), Verdict::NeedsPerson, Verdict::Pass]), Verdict::NeedsPerson);
        assert_eq!(of(&[Verdict::NeedsPerson, Verdict::Block, until(5)]), Verdict::Block);
    }

    #[test]
    fn on_the_wire_the_verdict_stands_beside_its_guardrail() {
        let until: Ts = "2026-03-02T07:00:00Z".parse().unwrap();
        for (finding, json) in [
            (Finding::pass(Guardrail::KillSwitch), r#"{"guardrail":"kill_switch","verdict":"pass","reason":null}"#),
            (
                Finding::wait(Guardrail::QuietHours, until, "night"),
                r#"{"guardrail":"quiet_hours","verdict":"wait","until":"2026-03-02T07:00:00.000Z","reason":"night"}"#,
            ),
            (
                Finding::needs_person(Guardrail::Secret, "an IBAN"),
                r#"{"guardrail":"secret","verdict":"needs_person","reason":"an IBAN"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&finding).unwrap(), json);
            assert_eq!(serde_json::from_str::<Finding>(json).unwrap(), finding);
        }
    }

    proptest! {
        #[test]
        fn the_order_of_findings_does_not_matter(a in verdict(), b in verdict(), c in verdict()) {
            prop_assert_eq!(a.worse(b), b.worse(a));
            prop_assert_eq!(a.worse(b).worse(c), a.worse(b.worse(c)));
            prop_assert_eq!(a.worse(a), a);
            prop_assert_eq!(a.worse(Verdict::Pass), a);
        }
    }
}
