//! Who wins: a person over any rule, and one rule over another.

use serde::{Deserialize, Serialize};

use super::effect::Effect;
use crate::model::RuleId;

/// What a person has set of a move. A rule never overwrites it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TouchedByPerson {
    /// A person took the move: it is in their hands.
    pub accepted: bool,
    /// A person gave it to somebody, or to nobody.
    pub assignee: bool,
    /// A person said when it is due, or that it is not.
    pub due: bool,
    /// A person put it off, or woke it.
    pub snooze: bool,
    /// A person dismissed it, or brought it back.
    pub dismissal: bool,
    /// A person is writing the draft, or rejected it.
    pub draft: bool,
}

/// Whether a rule's effect may be applied to a move of which a person has set some things.
///
/// A rule may always tell somebody. It assigns and sets dates only where no person did; it puts nothing off or away that a person took,
/// put off, dated or brought back; and it approves nothing that a person took, put off, dismissed or is writing.
///
/// # Errors
/// The reason why it may not, as a sentence.
pub fn may_apply(effect: &Effect, touched: &TouchedByPerson) -> Result<(), &'static str> {
    let accepted = (touched.accepted, "Somebody took this move.");
    let assignee = (touched.assignee, "Somebody decided whose this is.");
    let due = (touched.due, "Somebody decided when this is due.");
    let snooze = (touched.snooze, "Somebody decided until when this is put off.");
    let dismissal = (touched.dismissal, "Somebody decided whether this is dismissed.");
    let draft = (touched.draft, "Somebody is at work on the draft.");
    let set: &[(bool, &'static str)] = match effect {
        Effect::Approve {} => &[accepted, snooze, dismissal, draft],
        Effect::Dismiss { .. } => &[accepted, assignee, due, snooze, dismissal, draft],
        Effect::Snooze { .. } => &[accepted, due, snooze, dismissal],
        Effect::Assign { .. } => &[accepted, assignee],
        Effect::SetDue { .. } => &[due],
        Effect::Notify { .. } => &[],
    };
    set.iter().find(|(touched, _)| *touched).map_or(Ok(()), |(_, reason)| Err(*reason))
}

/// A rule that applies, as far as the order among rules needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleRef {
    /// Its id.
    pub id: RuleId,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Its priority: the higher number comes first.
    pub priority: i32,
}

/// An effect that is not applied because another rule came first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overruled {
    /// The rule.
    pub rule: RuleRef,
    /// What it would have done.
    pub effect: Effect,
    /// The rule that came first.
    pub by: RuleRef,
}

/// What several rules together do with a move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What is done, in order.
    pub apply: Vec<(RuleRef, Effect)>,
    /// What is left undone.
    pub overruled: Vec<Overruled>,
}

/// What of a move an effect decides; of each, one rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// What becomes of it.
    Fate,
    /// Whose it is.
    Assignee,
    /// When it is due.
    Due,
    /// Nothing: everybody may say something.
    Told,
}

const fn slot(effect: &Effect) -> Slot {
    match effect {
        Effect::Approve {} | Effect::Dismiss { .. } | Effect::Snooze { .. } => Slot::Fate,
        Effect::Assign { .. } => Slot::Assignee,
        Effect::SetDue { .. } => Slot::Due,
        Effect::Notify { .. } => Slot::Told,
    }
}

/// How much an effect holds back, most first.
const fn restraint(effect: &Effect) -> u8 {
    match effect {
        Effect::Dismiss { .. } => 0,
        Effect::Snooze { .. } => 1,
        Effect::Assign { .. } => 2,
        Effect::SetDue { .. } => 3,
        Effect::Notify { .. } => 4,
        Effect::Approve {} => 5,
    }
}

/// What the rules that apply to one move do together.
///
/// The order is: the higher priority number first; of equal ones the effect that holds back most (dismiss, snooze, assign, set due,
/// notify, approve); of equal ones the lower id, which is the older rule. Approving, dismissing and snoozing exclude each other, and so do two
/// assignments and two dates: the first in order is applied, the later ones are overruled by it. A dismissal that
/// is applied also overrules assignments and dates, whatever their priority: they would change a move that is put away. Notifications are all sent.
#[must_use]
pub fn decide(matched: &[(RuleRef, Effect)]) -> Decision {
    let mut ordered: Vec<&(RuleRef, Effect)> = matched.iter().collect();
    ordered.sort_by_key(|(rule, effect)| (std::cmp::Reverse(rule.priority), restraint(effect), rule.id));
    let first =
        |wanted: Slot| ordered.iter().find(|(_, effect)| slot(effect) == wanted).map(|(rule, effect)| (rule, effect));
    let dismissed = first(Slot::Fate).filter(|(_, effect)| matches!(effect, Effect::Dismiss { .. }));
    let mut decision = Decision::default();
    for (rule, effect) in &ordered {
        let winner = match slot(effect) {
            Slot::Told => None,
            Slot::Fate => first(Slot::Fate),
            slot => dismissed.or_else(|| first(slot)),
        };
        match winner.filter(|(by, _)| *by != rule) {
            Some((by, _)) => {
                decision.overruled.push(Overruled { rule: rule.clone(), effect: effect.clone(), by: (*by).clone() });
            }
            None => decision.apply.push((rule.clone(), effect.clone())),
        }
    }
    decision
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::model::UserId;
    use crate::rules::SnoozeUntil;

    fn rule(id: u128, priority: i32) -> RuleRef {
        RuleRef { id: RuleId::new(Uuid::from_u128(id)), name: format!("rule {id}"), version: 1, priority }
    }

    fn effects() -> Vec<Effect> {
        vec![
            Effect::Approve {},
            Effect::Dismiss { reason: "Student".into() },
            Effect::Snooze { until: SnoozeUntil::Hours(24) },
            Effect::Assign { user: UserId::new(Uuid::from_u128(7)) },
            Effect::SetDue { hours: 4 },
            Effect::Notify { text: "Look".into() },
        ]
    }

    #[test]
    fn a_person_who_set_nothing_stops_nothing() {
        for effect in effects() {
            assert_eq!(may_apply(&effect, &TouchedByPerson::default()), Ok(()));
        }
    }

    #[test]
    fn what_a_person_set_is_never_overwritten() {
        let all = effects();
        let none = TouchedByPerson::default();
        // Which of approve, dismiss, snooze, assign, set due and notify may still be applied.
        for (touched, may) in [
            (TouchedByPerson { accepted: true, ..none }, [false, false, false, false, true, true]),
            (TouchedByPerson { assignee: true, ..none }, [true, false, true, false, true, true]),
            (TouchedByPerson { due: true, ..none }, [true, false, false, true, false, true]),
            (TouchedByPerson { snooze: true, ..none }, [false, false, false, true, true, true]),
            (TouchedByPerson { dismissal: true, ..none }, [false, false, false, true, true, true]),
            (TouchedByPerson { draft: true, ..none }, [false, false, true, true, true, true]),
        ] {
            for (effect, may) in all.iter().zip(may) {
                let answer = may_apply(effect, &touched);
                assert_eq!(answer.is_ok(), may, "{effect:?} on {touched:?}");
                assert!(answer.err().is_none_or(|reason| reason.starts_with("Somebody ") && reason.ends_with('.')));
            }
        }
    }

    fn applied(decision: &Decision) -> Vec<String> {
        decision.apply.iter().map(|(rule, _)| rule.name.clone()).collect()
    }

    #[test]
    fn of_equal_priority_a_dismissal_wins_over_an_approval() {
        let [approve, dismiss, snooze, ..] = &effects()[..] else { panic!() };
        let decision =
            decide(&[(rule(1, 0), approve.clone()), (rule(2, 0), snooze.clone()), (rule(3, 0), dismiss.clone())]);
        assert_eq!(applied(&decision), ["rule 3"]);
        assert!(decision.overruled.iter().all(|overruled| overruled.by.name == "rule 3"));
        assert_eq!(decision.overruled.len(), 2);
    }

    #[test]
    fn a_higher_priority_wins_over_restraint_and_the_older_rule_over_the_younger() {
        let [approve, dismiss, ..] = &effects()[..] else { panic!() };
        assert_eq!(applied(&decide(&[(rule(2, 0), dismiss.clone()), (rule(1, 5), approve.clone())])), ["rule 1"]);
        assert_eq!(applied(&decide(&[(rule(2, 0), approve.clone()), (rule(1, 0), approve.clone())])), ["rule 1"]);
    }

    #[test]
    fn effects_that_do_not_exclude_each_other_are_all_applied() {
        let [approve, _, _, assign, due, notify] = &effects()[..] else { panic!() };
        let matched: Vec<_> = [approve, assign, due, notify, notify]
            .into_iter()
            .enumerate()
            .map(|(at, effect)| (rule(at as u128, 0), effect.clone()))
            .collect();
        let decision = decide(&matched);
        assert_eq!(applied(&decision), ["rule 1", "rule 2", "rule 3", "rule 4", "rule 0"]);
        assert!(decision.overruled.is_empty());
    }

    #[test]
    fn a_dismissed_move_is_neither_assigned_nor_dated_but_people_are_told() {
        let [_, dismiss, _, assign, due, notify] = &effects()[..] else { panic!() };
        let matched = [
            (rule(1, 9), assign.clone()),
            (rule(2, 9), due.clone()),
            (rule(3, 0), dismiss.clone()),
            (rule(4, 0), notify.clone()),
        ];
        let decision = decide(&matched);
        assert_eq!(applied(&decision), ["rule 3", "rule 4"]);
    }

    proptest! {
        #[test]
        fn the_order_in_which_rules_were_found_does_not_matter(
            picks in prop::collection::vec((0..6usize, -1..=1i32), 0..8), turn in 0..8usize,
        ) {
            let matched: Vec<_> = picks
                .iter()
                .enumerate()
                .map(|(at, (effect, priority))| (rule(at as u128, *priority), effects()[*effect].clone()))
                .collect();
            let mut turned = matched.clone();
            turned.rotate_left(turn.min(matched.len()));
            turned.reverse();
            let decision = decide(&matched);
            prop_assert_eq!(&decision, &decide(&turned));
            prop_assert_eq!(decision.apply.len() + decision.overruled.len(), matched.len());
            let fates = decision.apply.iter().filter(|(_, effect)| slot(effect) == Slot::Fate).count();
            prop_assert!(fates <= 1);
        }
    }
}
