//! What holds for the model as a whole: laws, and figures on real labelled leads.

use std::path::PathBuf;

use proptest::prelude::*;

use super::eval::{EvalError, Evaluation, Evaluator, evaluate};
use super::{Attributes, Config, MAX_BP, MIN_BP, Model, Prediction, Value, num};
use crate::model::Ts;

fn text(name: &str, value: &str) -> (String, Value) {
    (name.to_owned(), Value::Text(value.to_owned()))
}

fn number(name: &str, value: f64) -> (String, Value) {
    (name.to_owned(), Value::Number(value))
}

/// Who came through a friend buys three times in four, who came through an advertisement one time in six.
fn taught(rows: u32) -> Model {
    let mut model = Model::new(Config::default());
    for row in 0..rows {
        let friend = row % 3 == 0;
        let good = if friend { row / 3 % 4 != 0 } else { row / 3 % 6 == 0 };
        model.learn(&lead(friend, f64::from(row % 7)), good, Ts::default());
    }
    model.refresh();
    model
}

fn lead(friend: bool, visits: f64) -> Attributes {
    vec![text("source", if friend { "Friend" } else { "Advertisement" }), number("visits", visits)]
}

fn stored(model: &Model) -> Model {
    serde_json::from_str(&serde_json::to_string(model).unwrap()).unwrap()
}

fn log_odds(bp: u16) -> f64 {
    1000.0 * num::logit(f64::from(bp) / 10_000.0)
}

/// Base, rest and contributions against the stated probability, whose rounding is worth up to `slack` thousandths.
fn assert_adds_up(prediction: &Prediction) {
    let said: i32 = prediction.contributions.iter().map(|contribution| contribution.milli).sum();
    let sum = (log_odds(prediction.base_bp) + f64::from(prediction.rest_milli + said)) / 1000.0;
    assert!(num::to_bp(num::sigmoid(sum)).abs_diff(prediction.probability_bp) <= 3, "{prediction:?}");
}

#[test]
fn without_evidence_the_base_rate_is_all_there_is_to_say() {
    let mut model = Model::new(Config::default());
    let before = model.predict(&lead(true, 1.0));
    assert_eq!((before.probability_bp, before.base_bp, before.tries), (2_000, 2_000, 0));
    assert!(before.contributions.is_empty());
    model.learn(&lead(true, 1.0), true, Ts::default());
    assert_eq!(model.predict(&lead(true, 1.0)).probability_bp, num::to_bp(2.6 / 9.0));
    assert_eq!(model.predict_from(700, &lead(true, 1.0)).probability_bp, 700);
}

#[test]
fn what_tells_is_learned_and_named_with_its_count() {
    let model = taught(300);
    let (friend, advertisement) = (model.predict(&lead(true, 3.0)), model.predict(&lead(false, 3.0)));
    assert!((6_500..8_200).contains(&friend.probability_bp), "{friend:?}");
    assert!((1_000..2_600).contains(&advertisement.probability_bp), "{advertisement:?}");
    let first = &friend.contributions[0];
    assert_eq!((first.name.as_str(), first.value.as_str(), first.good, first.tries), ("source", "Friend", 75, 100));
    assert!(first.milli > 500 && advertisement.contributions[0].milli < -200);
    assert!(friend.tries >= 15 && friend.good * 2 > friend.tries);
}

#[test]
fn chance_is_not_mistaken_for_a_reason() {
    let mut model = Model::new(Config::default());
    let mut luck = 7u32;
    for _ in 0..240 {
        luck = luck.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let attributes = vec![
            text("colour", ["red", "green", "blue"][(luck >> 15) as usize % 3]),
            number("n", f64::from(luck >> 20)),
        ];
        model.learn(&attributes, luck >> 10 & 15 < 4, Ts::default());
    }
    model.refresh();
    for n in [0.0, 500.0, 4_000.0] {
        let prediction = model.predict(&vec![text("colour", "red"), number("n", n)]);
        assert!(prediction.probability_bp.abs_diff(prediction.base_bp) < 600, "{prediction:?}");
    }
}

#[test]
fn names_addresses_and_row_numbers_change_nothing() {
    let mut with = Model::new(Config::default());
    let mut without = Model::new(Config::default());
    for row in 0..200u32 {
        let attributes = lead(row % 3 == 0, f64::from(row % 7));
        let mut more = attributes.clone();
        more.extend([text("email", &format!("p{row}@example.org")), number("row", f64::from(row))]);
        with.learn(&more, row % 4 == 0, Ts::default());
        without.learn(&attributes, row % 4 == 0, Ts::default());
    }
    with.refresh();
    without.refresh();
    let mut more = lead(true, 2.0);
    more.extend([text("email", "new@example.org"), number("row", 201.0)]);
    assert_eq!(with.predict(&more), without.predict(&lead(true, 2.0)));
}

#[test]
fn old_examples_count_less_than_new_ones() {
    let mut model = Model::new(Config::default());
    for row in 0..200u32 {
        model.learn(&lead(row % 2 == 0, 1.0), row % 2 == 0, Ts::default());
    }
    for row in 0..100u32 {
        model.learn(&lead(row % 2 == 0, 1.0), row % 2 == 1, Ts::from_millis(4 * 365 * Ts::DAY));
    }
    model.refresh();
    assert!(model.predict(&lead(true, 1.0)).probability_bp < 2_500);
}

#[test]
fn a_model_stays_small_whatever_it_is_taught() {
    let mut model = Model::new(Config { capacity: 64, ..Config::default() });
    for row in 0..1_000u32 {
        let attributes = vec![text("a", &row.to_string()), text("b", &"long ".repeat(row as usize % 50))];
        model.learn(&attributes, row % 5 == 0, Ts::default());
    }
    model.refresh();
    assert_eq!(model.examples(), 1_000);
    assert!(serde_json::to_string(&model).unwrap().len() < 100_000);
}

#[test]
fn the_same_history_gives_the_same_bits_on_every_target() {
    // Recorded natively; the suite runs in WASM too. It changes with the model, never with the target.
    let mut model = taught(150);
    model.learn(&lead(true, 2.5), true, Ts::default());
    let text = serde_json::to_string(&model).unwrap();
    let digest = text.bytes().fold(0, |digest, byte| num::mix(digest ^ u64::from(byte)));
    assert_eq!(format!("{digest:016x}"), "762eff140e02c1c7");
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Missing),
        any::<bool>().prop_map(Value::Flag),
        any::<f64>().prop_map(Value::Number),
        (-3..4i32).prop_map(|n| Value::Number(f64::from(n))),
        "[a-cA-C ]{0,2}".prop_map(Value::Text),
        any::<String>().prop_map(Value::Text),
    ]
}

fn any_attributes() -> impl Strategy<Value = Attributes> {
    prop::collection::vec(("[a-d]".prop_map(String::from), any_value()), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_comes_the_model_states_explains_repeats_and_survives_storage(
        history in prop::collection::vec((any_attributes(), any::<bool>(), 0..900i64), 0..60),
        asked in any_attributes(),
        cut in 0..60usize,
    ) {
        let mut model = Model::new(Config { capacity: 40, ..Config::default() });
        let mut restored = model.clone();
        for (index, (attributes, good, day)) in history.iter().enumerate() {
            let at = Ts::from_millis(day * Ts::DAY);
            model.learn(attributes, *good, at);
            restored.learn(attributes, *good, at);
            if index == cut {
                restored = stored(&restored);
            }
        }
        prop_assert_eq!(&restored, &model);
        for refresh in [false, true] {
            if refresh {
                model.refresh();
            }
            let prediction = model.predict(&asked);
            prop_assert!((MIN_BP..=MAX_BP).contains(&prediction.probability_bp));
            prop_assert!(prediction.good <= prediction.tries);
            prop_assert!(prediction.contributions.iter().all(|c| c.good <= c.tries && !c.name.is_empty()));
            assert_adds_up(&prediction);
            prop_assert_eq!(stored(&model).predict(&asked), prediction);
        }
    }

    #[test]
    fn a_success_never_lowers_the_probability_of_its_like(friend: bool, visits in 0..9i32, rows in 30..120u32) {
        let mut model = taught(rows);
        let attributes = lead(friend, f64::from(visits));
        let start = model.predict(&attributes).probability_bp;
        let mut before = start;
        for _ in 0..10 {
            model.learn(&attributes, true, Ts::default());
            let after = model.predict(&attributes).probability_bp;
            prop_assert!(after >= before, "{} after {}", after, before);
            before = after;
        }
        model.refresh();
        prop_assert!(model.predict(&attributes).probability_bp > start, "more after all was gone through again");
    }
}

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_run_learns_from_the_first_rows_and_predicts_the_others() {
    let rows: Vec<[&str; 2]> = (0..60).map(|row| if row % 2 == 0 { ["a", "yes"] } else { ["b", "no"] }).collect();
    let mut rows: Vec<Vec<&str>> = rows.iter().map(|row| row.to_vec()).collect();
    rows.extend([vec!["a"], vec!["b", "0", "in excess"], vec!["a", "1"]]);
    let evaluation = evaluate(&header(&["kind", "Outcome"]), &rows, "outcome ", 60).unwrap();
    let predictions = &evaluation.predictions;
    assert_eq!(predictions.iter().map(|p| p.row).collect::<Vec<_>>(), [61, 62, 63]);
    assert!(predictions[0].probability_bp > 8_000 && predictions[1].probability_bp < 2_000);
    assert_eq!(predictions[0].probability_bp, predictions[2].probability_bp, "nothing is learned on the way");
    assert_eq!((evaluation.learned, evaluation.compared, evaluation.auc), (60, 2, Some(1.0)));
    assert_eq!(super::eval::Predicted { row: 1, probability_bp: 42 }.probability(), "0.0042");
}

#[test]
fn a_table_that_cannot_be_evaluated_says_why() {
    let names = header(&["kind", "won"]);
    let missing = Evaluator::new(&names, "outcome", 10).unwrap_err();
    assert_eq!(missing.to_string(), "there is no column \"outcome\"; the columns are: kind, won");
    let bad = evaluate(&names, [["a", "1"], ["b", "maybe"]], "won", 1).unwrap_err();
    assert_eq!(bad, EvalError::BadOutcome { row: 2, found: "maybe".into() });
    let nothing = evaluate(&names, [["a", "1"], ["b", ""], ["c", "1"]], "won", 2).unwrap_err();
    assert_eq!(nothing, EvalError::NothingToLearn { rows: 2, good: 1, bad: 0 });
}

/// The rows of the labelled leads, or nothing when there are no fixtures.
fn leads() -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let Some(fixtures) = std::env::var_os("CASEYOS_FIXTURES_DIR") else {
        assert!(std::env::var("CASEYOS_REQUIRE_FIXTURES").as_deref() != Ok("1"), "CASEYOS_FIXTURES_DIR is not set");
        println!("skipped: CASEYOS_FIXTURES_DIR is not set");
        return None;
    };
    let file = std::fs::read_to_string(PathBuf::from(fixtures).join("leads/leads.csv")).unwrap();
    let fields = |line: &str| {
        let mut fields = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(String::new()),
                c => fields.last_mut().unwrap().push(c),
            }
        }
        fields
    };
    let mut lines = file.lines().map(fields);
    Some((lines.next()?, lines.collect()))
}

fn assert_good(evaluation: &Evaluation, least_auc: f64, most_brier: f64) {
    let (auc, brier) = (evaluation.auc.unwrap(), evaluation.brier.unwrap());
    println!("learned {}: AUC {auc:.4}, Brier {brier:.4}", evaluation.learned);
    assert!(auc >= least_auc && brier <= most_brier, "AUC {auc:.4}, Brier {brier:.4}");
}

#[test]
fn real_leads_are_ranked_and_rated_well() {
    let Some((header, rows)) = leads() else {
        return;
    };
    for (train, auc, brier) in [(200, 0.86, 0.155), (2_000, 0.895, 0.125)] {
        assert_good(&evaluate(&header, &rows, "converted", train).unwrap(), auc, brier);
    }
    // The same rows from the other end, so that the figures are not those of one lucky order.
    let backwards: Vec<_> = rows.iter().rev().collect();
    assert_good(&evaluate(&header, backwards, "converted", 2_000).unwrap(), 0.88, 0.14);
}
