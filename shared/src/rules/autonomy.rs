//! How a rule earns the right to act by itself, and loses it: a pure state machine.
//!
//! A rule begins in shadow: it says what it would have done, and a person does it. After ten approvals by hand in a row
//! without an edit that mattered it acts by itself (§9: N = 10 by default). One revert, or one complaint from outside, sends it back into the
//! shadow, and it begins to count anew. An admin may switch it on at once; that is recorded in the reason.

use serde::{Deserialize, Serialize};

use crate::model::words::words;
use crate::view::words;

/// How many approvals by hand a rule needs unless the workspace says otherwise.
pub const DEFAULT_NEEDED: u32 = 10;

words! {
    /// What a rule may do.
    pub enum Mode {
        /// Nothing; it is not even asked.
        Off = "off",
        /// Say what it would do.
        Shadow = "shadow",
        /// Act by itself.
        Acting = "acting",
    }
}

/// Where a rule stands, and how it got there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RuleStanding))]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Which version of the rule this is about.
    pub version: u32,
    /// What it may do.
    pub mode: Mode,
    /// Approvals by hand in a row, without an edit that mattered, since the version began or the rule last lost its right.
    pub approvals: u32,
    /// How many of them it needs.
    pub needed: u32,
    /// Edits that mattered, over the whole version.
    pub edits: u32,
    /// Moves that a person dismissed although the rule would have approved them, over the whole version.
    pub dismissals: u32,
    /// What it did that a person took back, over the whole version.
    pub reverts: u32,
    /// Complaints, unsubscriptions and bounces that came of it, over the whole version.
    pub complaints: u32,
    /// Why it stands where it stands, as a sentence.
    pub reason: String,
}

/// Something that happened to a rule, or to a move that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// A person approved what the rule would have approved, as it was.
    Approved {},
    /// A person approved it after an edit that mattered; see [`super::edit_mattered`].
    ApprovedEdited {},
    /// A person dismissed what the rule would have approved.
    Dismissed {},
    /// A person took back what the rule did.
    Reverted {},
    /// Somebody outside complained about what the rule did.
    Complaint {},
    /// Somebody outside asked not to be written to again because of it.
    Unsubscribed {},
    /// Mail that the rule approved came back for good.
    Bounced {},
    /// An admin switched the rule on at once, earned or not.
    SwitchedOn {
        /// The admin's name.
        by: String,
    },
    /// An admin let the rule watch.
    SwitchedToShadow {
        /// The admin's name.
        by: String,
    },
    /// An admin switched the rule off.
    SwitchedOff {
        /// The admin's name.
        by: String,
    },
    /// The rule was changed.
    NewVersion {
        /// The number of the new version.
        version: u32,
    },
}

impl Standing {
    /// A new rule: in shadow, with nothing earned. A rule that needs no approval needs one all the same.
    #[must_use]
    pub fn new(version: u32, needed: u32) -> Self {
        Self {
            version,
            mode: Mode::Shadow,
            approvals: 0,
            needed: needed.max(1),
            edits: 0,
            dismissals: 0,
            reverts: 0,
            complaints: 0,
            reason: "It is new and only watches.".to_owned(),
        }
    }

    /// How far it has come: "4 of 10 approvals by hand".
    #[must_use]
    pub fn progress(&self) -> String {
        let earned = self.approvals.min(self.needed);
        format!("{earned} of {} by hand", words::count(self.needed.into(), "approval", "approvals"))
    }
}

/// Where a rule stands after something happened.
///
/// While it is off, nothing but an admin's switch changes it: it is not asked, so nothing speaks for or against it. A revert or a
/// complaint that arrives then is still counted. A new version of a rule that is off stays off.
#[must_use]
pub fn after(standing: Standing, event: &Event) -> Standing {
    let mut next = standing;
    match event {
        Event::Approved {} => {
            if next.mode != Mode::Off {
                next.approvals = next.approvals.saturating_add(1);
            }
            if next.mode == Mode::Shadow && next.approvals >= next.needed {
                next.mode = Mode::Acting;
                let earned = words::count(next.approvals.into(), "approval", "approvals");
                next.reason = format!("It earned its right to act: {earned} by hand without an edit that mattered.");
            }
        }
        Event::ApprovedEdited {} => {
            next.edits = next.edits.saturating_add(1);
            begin_again(&mut next, "somebody changed what it would have sent");
        }
        Event::Dismissed {} => {
            next.dismissals = next.dismissals.saturating_add(1);
            begin_again(&mut next, "somebody dismissed what it would have approved");
        }
        Event::Reverted {} => {
            next.reverts = next.reverts.saturating_add(1);
            demote(&mut next, "somebody took back what it did");
        }
        Event::Complaint {} => complaint(&mut next, "somebody complained about what it did"),
        Event::Unsubscribed {} => complaint(&mut next, "somebody unsubscribed because of what it did"),
        Event::Bounced {} => complaint(&mut next, "mail that it approved came back"),
        Event::SwitchedOn { by } => {
            if next.mode != Mode::Acting {
                let early = next.approvals < next.needed;
                let earned =
                    if early { format!(", before it had earned it ({})", next.progress()) } else { String::new() };
                next.reason = format!("{} switched it on{earned}.", name(by));
                next.mode = Mode::Acting;
            }
        }
        Event::SwitchedToShadow { by } => switch(&mut next, Mode::Shadow, format!("{} lets it watch only.", name(by))),
        Event::SwitchedOff { by } => switch(&mut next, Mode::Off, format!("{} switched it off.", name(by))),
        Event::NewVersion { version } => {
            let off = next.mode == Mode::Off;
            let reason = if off { next.reason } else { "It was changed, so it only watches again.".to_owned() };
            let mode = if off { Mode::Off } else { Mode::Shadow };
            next = Standing { mode, reason, ..Standing::new(*version, next.needed) };
        }
    }
    next
}

/// What speaks against the rule while it watches; while it acts, only a revert or a complaint takes its right away.
fn begin_again(standing: &mut Standing, why: &str) {
    if standing.mode == Mode::Shadow {
        if standing.approvals > 0 {
            standing.reason = format!("It begins to count again: {why}.");
        }
        standing.approvals = 0;
    }
}

fn complaint(standing: &mut Standing, why: &str) {
    standing.complaints = standing.complaints.saturating_add(1);
    demote(standing, why);
}

fn demote(standing: &mut Standing, why: &str) {
    standing.approvals = 0;
    if standing.mode == Mode::Acting {
        standing.mode = Mode::Shadow;
        standing.reason = format!("It lost its right to act: {why}.");
    } else if standing.mode == Mode::Shadow {
        standing.reason = format!("It begins to count again: {why}.");
    }
}

/// A switch by hand begins the count anew; one that changes nothing changes nothing.
fn switch(standing: &mut Standing, mode: Mode, reason: String) {
    if standing.mode != mode {
        standing.mode = mode;
        standing.approvals = 0;
        standing.reason = reason;
    }
}

fn name(by: &str) -> &str {
    if by.trim().is_empty() { "An admin" } else { by.trim() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(events: &[Event]) -> Standing {
        events.iter().fold(Standing::new(1, 3), after)
    }

    fn on() -> Event {
        Event::SwitchedOn { by: "Ada".into() }
    }

    const APPROVED: Event = Event::Approved {};

    #[test]
    fn it_acts_after_enough_approvals_in_a_row() {
        let two = run(&[APPROVED, APPROVED]);
        assert_eq!((two.mode, two.progress()), (Mode::Shadow, "2 of 3 approvals by hand".to_owned()));
        let three = after(two, &APPROVED);
        assert_eq!(three.mode, Mode::Acting);
        assert_eq!(three.reason, "It earned its right to act: 3 approvals by hand without an edit that mattered.");
    }

    #[test]
    fn an_edit_that_mattered_or_a_dismissal_begins_the_count_anew() {
        for event in [Event::ApprovedEdited {}, Event::Dismissed {}] {
            let standing = run(&[APPROVED, APPROVED, event, APPROVED]);
            assert_eq!((standing.mode, standing.approvals), (Mode::Shadow, 1));
            assert!(standing.reason.starts_with("It begins to count again"));
        }
    }

    #[test]
    fn one_revert_or_complaint_sends_it_back_into_the_shadow() {
        for event in [Event::Reverted {}, Event::Complaint {}, Event::Unsubscribed {}, Event::Bounced {}] {
            let standing = run(&[APPROVED, APPROVED, APPROVED, event]);
            assert_eq!((standing.mode, standing.approvals), (Mode::Shadow, 0));
            assert_eq!(standing.reverts + standing.complaints, 1);
            assert!(standing.reason.starts_with("It lost its right to act: "), "{}", standing.reason);
            assert_eq!(after(after(standing, &APPROVED), &APPROVED).mode, Mode::Shadow, "two are not three");
        }
    }

    #[test]
    fn an_admin_may_switch_it_on_at_once_and_that_is_recorded() {
        let standing = run(&[APPROVED, on()]);
        assert_eq!(standing.mode, Mode::Acting);
        assert_eq!(standing.reason, "Ada switched it on, before it had earned it (1 of 3 approvals by hand).");
        assert_eq!(after(standing, &Event::Reverted {}).mode, Mode::Shadow, "switched on is not for ever");
    }

    #[test]
    fn a_new_version_begins_in_the_shadow_with_nothing() {
        let standing = run(&[APPROVED, APPROVED, APPROVED, Event::NewVersion { version: 2 }]);
        assert_eq!((standing.version, standing.mode, standing.approvals, standing.needed), (2, Mode::Shadow, 0, 3));
    }

    #[test]
    fn what_is_off_stays_off_until_an_admin_says_otherwise() {
        let off = Event::SwitchedOff { by: "Ada".into() };
        let standing = run(&[off, APPROVED, APPROVED, APPROVED, Event::NewVersion { version: 2 }, Event::Bounced {}]);
        assert_eq!((standing.mode, standing.approvals, standing.complaints), (Mode::Off, 0, 1));
        assert_eq!(standing.reason, "Ada switched it off.");
        let watching = after(standing, &Event::SwitchedToShadow { by: " ".into() });
        assert_eq!((watching.mode, watching.reason.as_str()), (Mode::Shadow, "An admin lets it watch only."));
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            6 => Just(APPROVED),
            1 => Just(Event::ApprovedEdited {}),
            1 => Just(Event::Dismissed {}),
            1 => Just(Event::Reverted {}),
            1 => Just(Event::Complaint {}),
            1 => Just(Event::Unsubscribed {}),
            1 => Just(Event::Bounced {}),
            1 => Just(on()),
            1 => Just(Event::SwitchedToShadow { by: "Ada".into() }),
            1 => Just(Event::SwitchedOff { by: "Ada".into() }),
            1 => (2..9u32).prop_map(|version| Event::NewVersion { version }),
        ]
    }

    proptest! {
        #[test]
        fn it_never_acts_unless_it_earned_it_or_an_admin_said_so(events in prop::collection::vec(event(), 0..40)) {
            let mut standing = Standing::new(1, 3);
            for event in &events {
                let before = standing.clone();
                standing = after(standing, event);
                if standing.mode == Mode::Acting && before.mode != Mode::Acting {
                    let switched = matches!(event, Event::SwitchedOn { .. });
                    prop_assert!(standing.approvals >= 3 || switched);
                }
                let hurts = matches!(event, Event::Reverted {} | Event::Complaint {} | Event::Unsubscribed {} | Event::Bounced {});
                prop_assert!(!hurts || standing.mode != Mode::Acting);
                prop_assert!(standing.reason.ends_with('.'));
            }
        }
    }
}
