//! What holds of every rule.

use proptest::prelude::*;

use super::testing::{bare, condition, facts, rule, test};
use crate::rules::{Condition, Op, Rule};

proptest! {
    #[test]
    fn every_valid_rule_is_one_plain_sentence(rule in rule()) {
        prop_assert_eq!(rule.validate(), Ok(()));
        for name in [None, Some("Ada Lovelace".to_owned()), Some("Sammy Davis Jr.".to_owned())] {
            let sentence = rule.sentence(|_| name.clone());
            prop_assert!(sentence.starts_with("When ") && sentence.ends_with('.') && !sentence.ends_with(".."), "{}", sentence);
            prop_assert!(!sentence.contains(['{', '}', '[', ']', '\n']), "{}", sentence);
            for debug in ["Some(", "None", "Text(", "Operand", "Decimal", "Key::", "_in ", "  "] {
                prop_assert!(!sentence.contains(debug), "{}", sentence);
            }
        }
    }

    #[test]
    fn a_rule_goes_round_on_the_wire(rule in rule()) {
        let json = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule);
    }

    #[test]
    fn not_is_the_plain_opposite(condition in condition()) {
        for facts in [facts(), bare()] {
            let not = Condition::Not(Box::new(condition.clone()));
            prop_assert_eq!(not.matches(&facts), !condition.matches(&facts));
        }
    }

    #[test]
    fn what_is_missing_passes_no_test_but_missing(test in test()) {
        for facts in [facts(), bare()] {
            let known = Condition::Is(crate::rules::Test { op: Op::Exists, value: None, field: test.field.clone() });
            if !known.matches(&facts) {
                prop_assert_eq!(test.holds(&facts), test.op == Op::Missing, "{:?}", test);
            }
        }
    }

    #[test]
    fn a_test_and_its_opposite_never_hold_both(test in test()) {
        let opposite = match test.op {
            Op::Eq => Op::Ne,
            Op::Lt => Op::Ge,
            Op::Le => Op::Gt,
            Op::In => Op::NotIn,
            Op::Exists => Op::Missing,
            _ => return Ok(()),
        };
        let other = crate::rules::Test { op: opposite, ..test.clone() };
        prop_assert!(!(test.holds(&facts()) && other.holds(&facts())));
    }

    #[test]
    fn the_explanation_has_a_sentence_for_each_test_and_decides_a_flat_group(tests in prop::collection::vec(test(), 1..6)) {
        let all = Condition::All(tests.into_iter().map(Condition::Is).collect());
        let explained = all.explain(&facts());
        prop_assert_eq!(explained.len(), all.tests().len());
        prop_assert_eq!(explained.iter().all(|(_, holds)| *holds), all.matches(&facts()));
        for (sentence, _) in explained {
            prop_assert!(sentence.ends_with('.') && !sentence.starts_with(char::is_lowercase), "{}", sentence);
        }
    }
}
