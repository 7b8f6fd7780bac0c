//! The learner of combinations: small boosted trees, whose leaves are crosses of up to three features.
//!
//! Which crosses are worth having is found from the examples themselves: each tree asks the questions that would
//! have helped most where the earlier trees are still wrong.

use serde::{Deserialize, Serialize};

use super::encode::Test;
use super::num;
use super::pack;

const TREES: u64 = 160;
const RATE: f64 = 0.085;
const DEPTH: usize = 3;
/// Questions of a tree, and its values: after no answer, one, two, three.
const INNER: usize = (1 << DEPTH) - 1;
const NODES: usize = (1 << (DEPTH + 1)) - 1;
/// The pull of each leaf towards zero, and the least evidence on either side of a question (sums of p(1-p)).
const L2: f64 = 5.0;
const LEAST: f64 = 0.5;
/// Each tree sees this share of the examples and of the questions, in percent, so that trees differ.
const ROWS_SEEN: u64 = 70;
const TESTS_SEEN: u64 = 40;
const NO_TEST: u16 = u16::MAX;
/// Values are whole multiples of this share of a log-odd.
const UNIT: f64 = 1.0 / 65_536.0;

/// Examples as codes, column by column, each with so many codes (`sizes`, `offsets` are their running sum), with outcomes (0 or 1) and importances by row.
pub(super) struct Examples<'a> {
    pub(super) columns: &'a [Vec<u8>],
    pub(super) sizes: &'a [usize],
    pub(super) offsets: &'a [usize],
    pub(super) tests: &'a [Test],
    pub(super) outcomes: &'a [f64],
    pub(super) importances: &'a [f64],
}

impl Examples<'_> {
    /// The node below `node` that a row comes to; without a question it is the one for "no".
    fn next(&self, asked: &[u16], node: usize, row: usize) -> usize {
        let test = self.tests.get(usize::from(asked[node]));
        2 * node + 1 + usize::from(test.is_some_and(|test| test.holds(self.columns[test.column][row])))
    }
}

/// Trees of depth three: per tree the questions in breadth-first order, and the value at every node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Trees {
    #[serde(with = "pack")]
    tests: Vec<u16>,
    #[serde(with = "pack")]
    values: Vec<i16>,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    curvature: f64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.curvature += other.curvature;
    }

    fn without(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, curvature: self.curvature - other.curvature }
    }

    fn worth(self) -> f64 {
        self.gradient * self.gradient / (self.curvature + L2)
    }

    fn value(self) -> i16 {
        (RATE * self.gradient / (self.curvature + L2) / UNIT) as i16
    }
}

/// An example that a tree is grown from: its row, the node that it has come to, and what it asks for.
#[derive(Clone, Copy)]
struct Seen {
    row: usize,
    node: usize,
    sums: Sums,
}

impl Trees {
    /// Learns from the examples at `rows`, starting from the log-odds `base`.
    pub(super) fn fit(examples: &Examples<'_>, rows: &[usize], base: f64, seed: u64) -> Self {
        let mut trees = Self::default();
        let mut scores = vec![base; rows.len()];
        let mut seen = Vec::with_capacity(rows.len());
        for tree in 0..TREES {
            let luck = num::mix(seed << 32 | tree);
            seen.clear();
            for (row, score) in rows.iter().zip(&scores).filter(|(row, _)| drawn(luck, **row, ROWS_SEEN)) {
                let p = num::sigmoid(*score);
                let importance = examples.importances[*row];
                let gradient = (examples.outcomes[*row] - p) * importance;
                seen.push(Seen { row: *row, node: 0, sums: Sums { gradient, curvature: p * (1.0 - p) * importance } });
            }
            let asked: Vec<bool> = (0..examples.tests.len()).map(|test| drawn(!luck, test, TESTS_SEEN)).collect();
            trees.grow(examples, &mut seen, &asked);
            let asked = &trees.tests[trees.tests.len() - INNER..];
            let values = &trees.values[trees.values.len() - NODES..];
            for (score, row) in scores.iter_mut().zip(rows) {
                let node = (0..DEPTH).fold(0, |node, _| examples.next(asked, node, *row));
                *score += f64::from(values[node]) * UNIT;
            }
        }
        trees
    }

    /// Adds one tree.
    fn grow(&mut self, examples: &Examples<'_>, seen: &mut [Seen], asked: &[bool]) {
        let mut tests = [NO_TEST; INNER];
        let mut totals = [Sums::default(); NODES];
        let mut counts = Vec::new();
        for level in 0..=DEPTH {
            for one in seen.iter() {
                totals[one.node].add(one.sums);
            }
            if level == DEPTH {
                break;
            }
            counts = count(examples, seen, level, &counts);
            let nodes = (1 << level) - 1..(1 << (level + 1)) - 1;
            tests[nodes.clone()].copy_from_slice(&best_tests(examples, asked, &totals[nodes], &counts));
            seen.iter_mut().for_each(|one| one.node = examples.next(&tests, one.node, one.row));
        }
        self.tests.extend(tests);
        self.values.extend(totals.iter().map(|sums| sums.value()));
    }

    /// The log-odds that the trees add; `visit` gets each column's share as (column, log-odds).
    pub(super) fn score(&self, tests: &[Test], codes: impl Fn(usize) -> u8, mut visit: impl FnMut(usize, f64)) -> f64 {
        let mut score = 0i64;
        for (asked, values) in self.tests.chunks_exact(INNER).zip(self.values.chunks_exact(NODES)) {
            let mut node = 0;
            while let Some(test) = asked.get(node).and_then(|test| tests.get(usize::from(*test))) {
                let next = 2 * node + 1 + usize::from(test.holds(codes(test.column)));
                visit(test.column, f64::from(i32::from(values[next]) - i32::from(values[node])) * UNIT);
                node = next;
            }
            score += i64::from(values[node]);
        }
        score as f64 * UNIT
    }
}

/// For each node of a level the test that tells most, or [`NO_TEST`].
fn best_tests(examples: &Examples<'_>, asked: &[bool], totals: &[Sums], counts: &[Sums]) -> Vec<u16> {
    let width = counts.len() / totals.len();
    let mut best = vec![(1e-6, NO_TEST); totals.len()];
    for ((total, counts), best) in totals.iter().zip(counts.chunks_exact(width.max(1))).zip(&mut best) {
        for (index, test) in examples.tests.iter().enumerate().filter(|(index, _)| asked[*index]) {
            let first = examples.offsets[test.column];
            let range = first + usize::from(test.low)..=first + usize::from(test.high);
            let mut yes = Sums::default();
            counts[range].iter().for_each(|count| yes.add(*count));
            let no = total.without(yes);
            if yes.curvature < LEAST || no.curvature < LEAST {
                continue;
            }
            let gain = yes.worth() + no.worth() - total.worth();
            if gain > best.0 {
                *best = (gain, index as u16);
            }
        }
    }
    best.iter().map(|(_, test)| *test).collect()
}

/// The sums by node and code for a level, from those of the level above: of two siblings only the smaller one is
/// gone through, the other is what remains of the parent.
fn count(examples: &Examples<'_>, seen: &[Seen], level: usize, above: &[Sums]) -> Vec<Sums> {
    let (nodes, first) = (1 << level, (1 << level) - 1);
    let width: usize = examples.sizes.iter().sum();
    let mut sizes = vec![0; nodes];
    seen.iter().for_each(|one| sizes[one.node - first] += 1);
    let counted = |node: usize| level == 0 || (sizes[node], node) < (sizes[node ^ 1], node ^ 1);
    let chosen: Vec<&Seen> = seen.iter().filter(|one| counted(one.node - first)).collect();
    let mut counts = vec![Sums::default(); nodes * width];
    for (codes, offset) in examples.columns.iter().zip(examples.offsets) {
        for one in &chosen {
            counts[(one.node - first) * width + offset + usize::from(codes[one.row])].add(one.sums);
        }
    }
    for node in (0..nodes).filter(|node| !counted(*node)) {
        for code in 0..width {
            let sibling = counts[(node ^ 1) * width + code];
            counts[node * width + code] = above[node / 2 * width + code].without(sibling);
        }
    }
    counts
}

/// Whether a thing is drawn with this chance in percent: the same in every run.
fn drawn(luck: u64, index: usize, percent: u64) -> bool {
    num::mix(luck ^ (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)) % 100 < percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_a_cross_that_no_single_column_shows() {
        // Success is "exactly one of the two": each column alone says nothing.
        let columns: Vec<Vec<u8>> = vec![
            (0..400).map(|row| (row % 2) as u8).collect(),
            (0..400).map(|row| (row / 2 % 2) as u8).collect(),
            (0..400).map(|row| (row / 4 % 3) as u8).collect(),
        ];
        let sizes = [2, 2, 3];
        let tests: Vec<Test> = (0..3)
            .flat_map(|column| (0..sizes[column] as u8).map(move |code| Test { column, low: code, high: code }))
            .collect();
        let outcomes: Vec<f64> = (0..400).map(|row| f64::from(columns[0][row] ^ columns[1][row])).collect();
        let examples = Examples {
            columns: &columns,
            sizes: &sizes,
            offsets: &[0, 2, 4],
            tests: &tests,
            outcomes: &outcomes,
            importances: &[1.0; 400],
        };
        let rows: Vec<usize> = (0..400).collect();
        let trees = Trees::fit(&examples, &rows, 0.0, 1);
        for (codes, good) in [([0, 1, 0], true), ([1, 0, 2], true), ([1, 1, 0], false), ([0, 0, 1], false)] {
            let mut parts = 0.0;
            let score = trees.score(&tests, |column| codes[column], |_, part| parts += part);
            assert_eq!(score > 1.0, good, "{codes:?}: {score}");
            assert_eq!(score < -1.0, !good, "{codes:?}: {score}");
            assert!((parts - score).abs() < 0.5, "the shares are what the questions changed: {parts} of {score}");
        }
        assert_eq!(trees, Trees::fit(&examples, &rows, 0.0, 1));
    }
}
