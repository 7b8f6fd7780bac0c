//! What holds of learned weights.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const TERMS: [TermName; 9] = [
    TermName::Urgency,
    TermName::Impact,
    TermName::Intent,
    TermName::Fit,
    TermName::Relationship,
    TermName::Learned,
    TermName::Effort,
    TermName::Fatigue,
    TermName::Doubt,
];

/// A move whose terms have these shares of their default weights, in per cent.
fn case(shares: &[(TermName, i32)], went_well: bool) -> Case {
    let weights = Weights::default();
    let points = |(term, share): &(TermName, i32)| (*term, Points(weights.of(*term).0 * share / 100));
    Case { terms: shares.iter().map(points).collect(), weights, went_well }
}

/// As many good and as many bad moves, with these shares of one term.
fn cases(term: TermName, good: (usize, i32), bad: (usize, i32)) -> Vec<Case> {
    let mut cases = vec![case(&[(term, good.1)], true); good.0];
    cases.extend(vec![case(&[(term, bad.1)], false); bad.0]);
    cases
}

fn learned(cases: &[Case]) -> Weights {
    for_workspace(&Weights::default(), &[], cases).weights
}

fn sums(weights: &Weights) -> (i32, i32) {
    let sum = |terms: &[TermName]| terms.iter().map(|term| weights.of(*term).0).sum();
    (sum(&HELPS), sum(&HINDERS))
}

#[test]
fn a_term_that_tells_good_from_bad_counts_more_and_the_others_less() {
    let weights = learned(&cases(TermName::Intent, (40, 90), (40, 20)));
    let default = Weights::default();
    assert!(weights.intent > default.intent, "{weights:?}");
    assert!(weights.urgency < default.urgency && weights.fit < default.fit);
    assert_eq!((weights.effort, weights.doubt), (default.effort, default.doubt), "another sort");
    assert!((sums(&weights).0 - sums(&default).0).abs() <= 3);
}

#[test]
fn a_hindrance_that_bad_moves_had_more_of_takes_more() {
    let weights = learned(&cases(TermName::Fatigue, (40, 10), (40, 80)));
    assert!(weights.fatigue < Weights::default().fatigue, "{weights:?}");
    let turned = learned(&cases(TermName::Fatigue, (40, 80), (40, 10)));
    assert!(turned.fatigue > Weights::default().fatigue);
}

#[test]
fn the_clearest_evidence_moves_a_weight_by_a_third_because_the_sum_stays() {
    let weights = learned(&cases(TermName::Fit, (100_000, 100), (100_000, 0)));
    assert_eq!(weights.fit, Points(2000), "15 · 1.4 = 21, and all six make room for it");
}

#[test]
fn below_the_minimum_nothing_changes() {
    let in_use = Weights { intent: Points(2345), ..Weights::default() };
    for (good, bad) in [(0, 0), (7, 100), (100, 7), (14, 15)] {
        let learned = for_workspace(&in_use, &[], &cases(TermName::Intent, (good, 100), (bad, 0)));
        assert_eq!(learned.weights, in_use, "{good} and {bad}");
        assert!(learned.records.iter().all(|record| record.before == record.after));
    }
    let told = &for_workspace(&in_use, &[], &cases(TermName::Intent, (7, 100), (9, 0))).records[2].sentence;
    assert_eq!(
        told,
        "Interest: it stays. There is not enough evidence yet: 7 moves that went well and 9 that did not, where 8 of each and 30 \
         together are needed."
    );
}

#[test]
fn what_a_person_set_stays() {
    let in_use = Weights { intent: Points(4500), effort: Points(0), ..Weights::default() };
    let pinned = [TermName::Intent, TermName::Effort];
    let learned = for_workspace(&in_use, &pinned, &cases(TermName::Intent, (50, 100), (50, 0)));
    assert_eq!((learned.weights.intent, learned.weights.effort), (in_use.intent, in_use.effort));
    assert_eq!(learned.records[2].sentence, "Interest stays at 45.00: a person set it.");
    assert_eq!(learned.weights.validate(), Ok(()));
}

#[test]
fn every_record_says_what_changed_and_on_what_grounds() {
    let records = for_workspace(&Weights::default(), &[], &cases(TermName::Intent, (40, 90), (60, 20))).records;
    assert_eq!(records.iter().map(|record| record.term).collect::<Vec<_>>(), TERMS);
    let intent = &records[2];
    assert_eq!((intent.good, intent.bad, intent.good_share_bp, intent.bad_share_bp), (40, 60, 9_000, 2_000));
    assert_eq!(
        intent.sentence,
        format!(
            "Interest counts more, {} instead of 20.00: 40 moves that went well had 90 % of it on average, 60 that did not had 20 %.",
            intent.after
        )
    );
}

#[test]
fn a_person_is_moved_towards_their_own_outcomes_the_more_of_them_there_are() {
    let workspace = Weights::default();
    let of = |n: usize| {
        let cases = cases(TermName::Intent, (n, 100), (n, 0));
        for_person(&workspace, &workspace, &[], &cases).weights.intent
    };
    assert_eq!(of(5), workspace.intent, "too few");
    assert!(workspace.intent < of(20) && of(20) < of(200) && of(200) < Points(2800));
    let other = Weights { intent: Points(2400), fit: Points(1100), ..workspace };
    let follows = for_person(&other, &workspace, &[TermName::Fit], &[]);
    assert_eq!((follows.weights.intent, follows.weights.fit), (other.intent, workspace.fit), "but for what they set");
    assert!(follows.records[2].sentence.starts_with("Interest: it follows the workspace."));
}

fn any_case() -> impl Strategy<Value = Case> {
    let shares = TERMS.map(|term| (Just(term), if term == TermName::Learned { -100..=100i32 } else { 0..=100i32 }));
    (shares, any::<bool>()).prop_map(|(shares, went_well)| case(&shares, went_well))
}

fn any_pinned() -> impl Strategy<Value = Vec<TermName>> {
    prop::sample::subsequence(TERMS.to_vec(), 0..=9)
}

proptest! {
    #[test]
    fn every_weight_stays_within_its_bounds_and_the_sums_stay(cases in vec(any_case(), 0..120), pinned in any_pinned()) {
        let default = Weights::default();
        let learned = for_workspace(&default, &pinned, &cases);
        for term in TERMS {
            let (size, base) = (learned.weights.of(term).0.abs(), default.of(term).0.abs());
            prop_assert!(size * 10 >= base * 6 && size * 10 <= base * 14, "{:?}: {} of {}", term, size, base);
            prop_assert!(!pinned.contains(&term) || learned.weights.of(term) == default.of(term));
        }
        let ((helps, hinders), (before, against)) = (sums(&learned.weights), sums(&default));
        prop_assert!((helps - before).abs() <= 3 && (hinders - against).abs() <= 2, "only rounding: {} {}", helps, hinders);
        prop_assert_eq!(learned.weights.validate(), Ok(()));
        prop_assert_eq!(&for_workspace(&default, &pinned, &cases), &learned);
    }

    #[test]
    fn it_is_not_cumulative(cases in vec(any_case(), 60..120)) {
        let once = learned(&cases);
        prop_assert_eq!(for_workspace(&once, &[], &cases).weights, once);
    }

    #[test]
    fn evidence_that_is_the_same_for_good_and_bad_changes_nothing(cases in vec(any_case(), 15..60)) {
        let mirrored = cases.iter().map(|case| Case { went_well: !case.went_well, ..case.clone() });
        let both: Vec<Case> = cases.iter().cloned().chain(mirrored).collect();
        prop_assert_eq!(learned(&both), Weights::default());
        let person = for_person(&Weights::default(), &Weights::default(), &[], &both);
        prop_assert_eq!(person.weights, Weights::default());
    }

    #[test]
    fn the_order_of_outcomes_does_not_matter(mut cases in vec(any_case(), 30..80)) {
        let straight = learned(&cases);
        cases.reverse();
        prop_assert_eq!(learned(&cases), straight);
    }

    #[test]
    fn more_successes_with_much_intent_never_lower_its_weight(
        shares in vec((0..=100i32, any::<bool>()), 40..100), rest in 0..=100i32, more in 1..30usize,
    ) {
        let one = |(intent, good): &(i32, bool)| case(&[(TermName::Intent, *intent), (TermName::Urgency, rest)], *good);
        let mut cases: Vec<Case> = shares.iter().map(one).collect();
        prop_assume!(Evidence::of(&cases).enough());
        let before = learned(&cases).intent;
        cases.extend(vec![one(&(100, true)); more]);
        prop_assert!(learned(&cases).intent >= before);
        let person = |cases: &[Case]| for_person(&Weights::default(), &Weights::default(), &[], cases).weights.intent;
        if person(&cases[..shares.len()]) >= Weights::default().intent {
            prop_assert!(person(&cases) >= person(&cases[..shares.len()]));
        }
    }
}
