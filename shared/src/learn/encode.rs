//! From attributes to features: which columns tell anything, and into which bins and categories their values fall.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pack;
use super::replay::{Replay, Track};
use super::value::{Attributes, Cell};

/// Codes that every column has: nothing there, and something too rare to be a category.
pub(super) const MISSING: u8 = 0;
const OTHER: u8 = 1;
const FIRST: u8 = 2;

const MOST_BINS: usize = 24;
const MOST_VALUES: usize = 48;
/// A category needs this many examples.
const LEAST_COUNT: u32 = 3;
/// From this many examples on, numbers that look like identifiers are weighed by their order all the same.
const ENOUGH_TO_WEIGH_IDS: usize = 500;

/// A question to one column: is its code within `low..=high`? Single codes, and "more than" for bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) column: usize,
    pub(super) low: u8,
    pub(super) high: u8,
}

impl Test {
    pub(super) fn holds(self, code: u8) -> bool {
        self.low <= code && code <= self.high
    }
}

/// How one attribute is coded: missing, other, then the bins between `edges`, then `values`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    /// A number is in the bin after every edge that it is greater than.
    #[serde(with = "pack")]
    edges: Vec<f32>,
    /// Cells that are categories, ascending.
    #[serde(with = "pack")]
    values: Vec<u32>,
    /// Remembered examples by code, and how many of them went well.
    pub(super) tries: Vec<u32>,
    pub(super) good: Vec<u32>,
}

impl Column {
    fn bins(&self) -> usize {
        if self.edges.is_empty() { 0 } else { self.edges.len() + 1 }
    }

    /// How many codes there are.
    pub(super) fn codes(&self) -> usize {
        usize::from(FIRST) + self.bins() + self.values.len()
    }

    /// How many features: one per code, one per edge.
    pub(super) fn features(&self) -> usize {
        self.codes() + self.edges.len()
    }

    pub(super) fn code(&self, cell: Cell) -> u8 {
        if cell == Cell::MISSING {
            return MISSING;
        }
        if let Some(number) = cell.as_number().filter(|_| !self.edges.is_empty()) {
            return FIRST + self.edges.partition_point(|edge| *edge < number) as u8;
        }
        self.values.binary_search(&cell.0).map_or(OTHER, |index| FIRST + (self.bins() + index) as u8)
    }

    /// How many edges a code is above: that many "more than" features are on.
    pub(super) fn above(&self, code: u8) -> usize {
        let bin = usize::from(code.saturating_sub(FIRST));
        if bin < self.bins() { bin } else { 0 }
    }

    fn of(track: &Track, replay: &Replay) -> Option<Self> {
        let mut counts = BTreeMap::<Cell, u32>::new();
        for cell in replay.cells(track) {
            *counts.entry(cell).or_default() += 1;
        }
        counts.remove(&Cell::MISSING);
        let mut column = Self {
            name: track.name.clone(),
            edges: Vec::new(),
            values: Vec::new(),
            tries: Vec::new(),
            good: Vec::new(),
        };
        let total = |kept: fn(&Cell) -> bool| -> u32 {
            counts.iter().filter(|(cell, _)| kept(cell)).map(|(_, count)| count).sum()
        };
        let (numbers, texts) = (total(|cell| cell.as_number().is_some()), total(|cell| cell.is_text()));
        let different = counts.keys().filter(|cell| cell.as_number().is_some()).count();
        let numeric = different >= 3 && numbers >= 4 * texts;
        if numeric && !names_a_row(track, replay, different) {
            column.edges = edges(&counts, numbers);
        }
        let least = LEAST_COUNT.max(replay.len() as u32 / 1000);
        let mut values: Vec<_> = counts
            .iter()
            .filter(|(cell, count)| **count >= least && !(numeric && cell.as_number().is_some()))
            .collect();
        values.sort_by_key(|(cell, count)| (std::cmp::Reverse(**count), **cell));
        values.truncate(MOST_VALUES);
        column.values = values.iter().map(|(cell, _)| cell.0).collect();
        column.values.sort_unstable();
        column.tries = vec![0; column.codes()];
        column.good = vec![0; column.codes()];
        for (place, cell) in replay.cells(track).enumerate() {
            let code = usize::from(column.code(cell));
            column.tries[code] += 1;
            column.good[code] += u32::from(replay.good(place));
        }
        // What is the same for everyone (also: different for everyone, so "other" for all) tells nothing.
        (column.tries.iter().filter(|count| **count > 0).count() > 1).then_some(column)
    }
}

/// Whether a column of numbers only names its rows.
///
/// A number that climbs (or falls) with each arrival is a row number: the next one is always out of range, so
/// it says nothing about the next. Whole numbers of one size, each met once, are identifiers; their order may still
/// tell when the row was made, which only many examples can show.
fn names_a_row(track: &Track, replay: &Replay, different: usize) -> bool {
    let numbers: Vec<f32> = replay.arrivals(track).filter_map(Cell::as_number).collect();
    if different * 20 < numbers.len() * 19 {
        return false;
    }
    let climbs = numbers.windows(2).filter(|pair| pair[0] < pair[1]).count();
    let steps = numbers.len() - 1;
    if climbs * 20 >= steps * 19 || climbs * 20 <= steps {
        return true;
    }
    let (mut low, mut high, mut whole) = (f32::MAX, f32::MIN, true);
    for number in &numbers {
        low = low.min(*number);
        high = high.max(*number);
        // From 2^23 on every f32 is whole.
        whole &= number.abs() >= 8_388_608.0 || *number == (*number as i32) as f32;
    }
    whole && low >= 100.0 && high < 10.0 * low && numbers.len() < ENOUGH_TO_WEIGH_IDS
}

/// Edges that cut the numbers into bins of about the same weight; few while there are few.
fn edges(counts: &BTreeMap<Cell, u32>, total: u32) -> Vec<f32> {
    let mut numbers: Vec<(f32, u32)> =
        counts.iter().filter_map(|(cell, count)| Some((cell.as_number()?, *count))).collect();
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bins = (total as usize / 20).clamp(3, MOST_BINS);
    let mut edges = Vec::new();
    let mut below = 0;
    for pair in numbers.windows(2) {
        let step = |count: u32| count as usize * bins / total as usize;
        let before = step(below);
        below += pair[0].1;
        if step(below) > before {
            edges.push(pair[0].0);
        }
    }
    if edges.is_empty() {
        edges.extend(numbers.first().map(|(number, _)| *number));
    }
    edges
}

/// All columns that tell anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Encoder {
    pub(super) columns: Vec<Column>,
}

impl Encoder {
    pub(super) fn of(replay: &Replay) -> Self {
        Self { columns: replay.tracks().iter().filter_map(|track| Column::of(track, replay)).collect() }
    }

    /// How many features there are, the constant one (number 0) included.
    pub(super) fn features(&self) -> usize {
        1 + self.columns.iter().map(Column::features).sum::<usize>()
    }

    /// One code per column.
    pub(super) fn encode(&self, attributes: &Attributes) -> Vec<u8> {
        let value = |column: &Column| attributes.iter().find(|(name, _)| *name == column.name).map(|(_, value)| value);
        let code = |column: &Column| value(column).map_or(MISSING, |value| column.code(value.cell()));
        self.columns.iter().map(code).collect()
    }

    /// The codes of every remembered example, column by column.
    pub(super) fn encode_all(&self, replay: &Replay) -> Vec<Vec<u8>> {
        let track = |column: &Column| replay.tracks().iter().find(|track| track.name == column.name);
        let codes = |column| track(column).map(|track| replay.cells(track).map(|cell| column.code(cell)).collect());
        self.columns.iter().map(|column| codes(column).unwrap_or_default()).collect()
    }

    /// Every question that can be asked.
    pub(super) fn tests(&self) -> Vec<Test> {
        let mut tests = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let last = FIRST + column.edges.len() as u8;
            tests.extend((0..column.codes() as u8).map(|code| Test { column: index, low: code, high: code }));
            tests.extend((FIRST + 1..=last).map(|low| Test { column: index, low, high: last }));
        }
        tests
    }

    /// Calls `visit` with (column, feature) for each feature that is on, the constant one excepted.
    pub(super) fn visit(&self, codes: impl Iterator<Item = u8>, mut visit: impl FnMut(usize, usize)) {
        let mut offset = 1;
        for (index, (column, code)) in self.columns.iter().zip(codes).enumerate() {
            visit(index, offset + usize::from(code));
            let first_edge = offset + column.codes();
            for edge in 0..column.above(code) {
                visit(index, first_edge + edge);
            }
            offset += column.features();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::Value;
    use crate::model::Ts;

    fn encoder(columns: &[(&str, &dyn Fn(u32) -> Value)], rows: u32) -> Encoder {
        let mut replay = Replay::new(8192);
        for row in 0..rows {
            let attributes = columns.iter().map(|(name, value)| ((*name).to_owned(), value(row))).collect();
            replay.push(&attributes, row % 3 == 0, Ts::default());
        }
        Encoder::of(&replay)
    }

    fn names(encoder: &Encoder) -> Vec<&str> {
        encoder.columns.iter().map(|column| column.name.as_str()).collect()
    }

    fn shuffled(row: u32) -> f64 {
        f64::from(100_000 + row.wrapping_mul(2_654_435_761) % 90_000)
    }

    #[test]
    fn what_names_a_row_is_ignored() {
        let columns: [(&str, &dyn Fn(u32) -> Value); 6] = [
            ("row", &|row| Value::Number(f64::from(row))),
            ("countdown", &|row| Value::Number(-2.5 * f64::from(row))),
            ("id", &|row| Value::Number(shuffled(row))),
            ("email", &|row| Value::Text(format!("p{row}@example.org"))),
            ("constant", &|_| Value::Flag(true)),
            ("plan", &|row| Value::Text(["a", "b"][row as usize % 2].into())),
        ];
        assert_eq!(names(&encoder(&columns, 300)), ["plan"]);
        assert_eq!(names(&encoder(&columns, 600)), ["id", "plan"], "enough to see whether the order tells");
    }

    #[test]
    fn missing_is_a_feature_even_of_a_column_of_names() {
        let name = |row: u32| {
            if row.is_multiple_of(4) { Value::Missing } else { Value::Text(format!("n{row}")) }
        };
        let encoder = encoder(&[("name", &name)], 100);
        assert_eq!(encoder.columns[0].tries, [25, 75]);
        assert_eq!(encoder.columns[0].good, [9, 25]);
    }

    #[test]
    fn bins_follow_the_numbers_and_texts_among_them_stay_categories() {
        let value = |row: u32| match row % 10 {
            0 => Value::Text("unknown".into()),
            1 => Value::Missing,
            _ => Value::Number(f64::from(row * row % 977)),
        };
        let encoder = encoder(&[("n", &value)], 1000);
        let column = &encoder.columns[0];
        assert_eq!(column.bins(), 24);
        let code = |value: Value| column.code(value.cell());
        assert_eq!(code(Value::Missing), MISSING);
        assert_eq!(code(Value::Text("nobody".into())), OTHER);
        assert_eq!(code(Value::Number(-5.0)), FIRST);
        assert_eq!(code(Value::Number(1e9)), FIRST + 23);
        assert_eq!(code(Value::Text("UNKNOWN".into())), FIRST + 24);
        let binned = &column.tries[2..26];
        assert!(binned.iter().all(|count| (20..=50).contains(count)), "{binned:?}");
        assert_eq!(encoder.tests().len() + 1, encoder.features());
    }

    #[test]
    fn visited_features_are_the_tests_that_hold() {
        let encoder = encoder(
            &[
                ("n", &|row| Value::Number(f64::from(row % 7))),
                ("t", &|row| Value::Text(["a", "b", "c"][row as usize % 3].into())),
            ],
            200,
        );
        for n in 0..9 {
            let codes =
                encoder.encode(&vec![("n".into(), Value::Number(f64::from(n))), ("t".into(), Value::Text("b".into()))]);
            let mut visited = Vec::new();
            encoder.visit(codes.iter().copied(), |_, feature| visited.push(feature - 1));
            let tests = encoder.tests();
            let holding = (0..tests.len()).filter(|index| tests[*index].holds(codes[tests[*index].column]));
            assert_eq!(visited, holding.collect::<Vec<_>>());
        }
    }
}
