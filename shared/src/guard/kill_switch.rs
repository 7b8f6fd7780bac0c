//! The brake: while it is pulled, nothing leaves.

use super::finding::{Finding, Guardrail};

/// Which brakes are pulled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KillSwitches {
    /// For the whole workspace.
    pub workspace: bool,
    /// For everything this person sends.
    pub user: bool,
    /// For this kind of action.
    pub kind: bool,
    /// For the rule that chose it.
    pub rule: bool,
}

/// Passes while no brake is pulled; names the widest one that is.
#[must_use]
pub fn check(switches: &KillSwitches) -> Finding {
    let block = |what: &str| {
        let reason = format!("everything {what} is stopped: release the stop to go on");
        Finding::block(Guardrail::KillSwitch, reason)
    };
    match switches {
        KillSwitches { workspace: true, .. } => block("in this workspace"),
        KillSwitches { user: true, .. } => block("that you send"),
        KillSwitches { kind: true, .. } => block("of this kind"),
        KillSwitches { rule: true, .. } => block("that this rule does"),
        KillSwitches { workspace: false, user: false, kind: false, rule: false } => {
            Finding::pass(Guardrail::KillSwitch)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Verdict;

    #[test]
    fn any_brake_stops_and_the_widest_is_named() {
        for bits in 0..16u8 {
            let on = |bit: u8| bits & (1 << bit) != 0;
            let switches = KillSwitches { workspace: on(0), user: on(1), kind: on(2), rule: on(3) };
            let finding = check(&switches);
            let widest = ["workspace", "you send", "this kind", "this rule"]
                .into_iter()
                .zip(0..)
                .find_map(|(words, bit)| on(bit).then_some(words));
            assert_eq!(finding.verdict, if bits == 0 { Verdict::Pass } else { Verdict::Block });
            match (widest, finding.reason) {
                (None, None) => {}
                (Some(words), Some(reason)) => assert!(reason.contains(words), "{reason}"),
                (widest, reason) => panic!("{widest:?} {reason:?}"),
            }
        }
    }
}
