//! The bounded memory of what happened: the latest examples, column by column, as cells without any text.

use serde::{Deserialize, Serialize};

use super::num;
use super::pack;
use super::value::{Attributes, Cell};
use crate::model::Ts;

/// More columns than this are not looked at: a form stuffed with fields must not fill the memory.
const MOST_COLUMNS: usize = 128;
/// An example's time is kept to the minute, above one bit for its outcome.
const MINUTE: i64 = Ts::MINUTE;

/// One attribute's cells, one per remembered example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Track {
    pub(super) name: String,
    #[serde(with = "pack")]
    cells: Vec<u32>,
}

/// A ring of examples: when it is full, the oldest makes room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Replay {
    capacity: usize,
    seen: u64,
    tracks: Vec<Track>,
    #[serde(with = "pack")]
    marks: Vec<u32>,
}

impl Replay {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity: capacity.max(1), seen: 0, tracks: Vec::new(), marks: Vec::new() }
    }

    /// How many examples were ever added.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    /// How many are remembered.
    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    pub(super) fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Remembers an example and returns its place.
    pub(super) fn push(&mut self, attributes: &Attributes, good: bool, at: Ts) -> usize {
        let place = (self.seen % self.capacity as u64) as usize;
        self.seen += 1;
        let minute = at.millis().div_euclid(MINUTE).clamp(0, i64::from(u32::MAX >> 1)) as u32;
        write(&mut self.marks, place, minute << 1 | u32::from(good));
        for track in &mut self.tracks {
            write(&mut track.cells, place, Cell::MISSING.0);
        }
        let mut met = vec![false; self.tracks.len()];
        for (name, value) in attributes {
            let found = self.tracks.iter().position(|track| track.name == *name);
            let index = match found {
                Some(index) => index,
                None if self.tracks.len() < MOST_COLUMNS => {
                    self.tracks.push(Track { name: name.clone(), cells: vec![Cell::MISSING.0; self.marks.len()] });
                    met.push(false);
                    self.tracks.len() - 1
                }
                None => continue,
            };
            if !std::mem::replace(&mut met[index], true) {
                write(&mut self.tracks[index].cells, place, value.cell().0);
            }
        }
        place
    }

    /// Whether the example at a place went well.
    pub(super) fn good(&self, place: usize) -> bool {
        self.marks.get(place).is_some_and(|mark| mark & 1 == 1)
    }

    /// What each example counts, by place: 1 for the newest, half of it after `half_life` milliseconds.
    pub(super) fn weights(&self, half_life: i64) -> Vec<f64> {
        let newest = self.marks.iter().map(|mark| mark >> 1).max().unwrap_or(0);
        let age = |mark: &u32| i64::from(newest - (mark >> 1)) * MINUTE;
        self.marks.iter().map(|mark| num::kept(age(mark), half_life)).collect()
    }

    /// A column's cells by place.
    pub(super) fn cells<'a>(&self, track: &'a Track) -> impl Iterator<Item = Cell> + Clone + use<'a> {
        track.cells.iter().map(|cell| Cell(*cell))
    }

    /// A column's cells in the order in which they came.
    pub(super) fn arrivals<'a>(&self, track: &'a Track) -> impl Iterator<Item = Cell> + use<'a> {
        let oldest = if self.len() < self.capacity { 0 } else { (self.seen % self.capacity as u64) as usize };
        let (young, old) = track.cells.split_at(oldest.min(track.cells.len()));
        old.iter().chain(young).map(|cell| Cell(*cell))
    }
}

/// Puts a number at a place that exists or is the next one.
fn write(numbers: &mut Vec<u32>, place: usize, number: u32) {
    match numbers.get_mut(place) {
        Some(old) => *old = number,
        None => numbers.push(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::Value;

    fn at_day(day: i64) -> Ts {
        Ts::from_millis(day * Ts::DAY)
    }

    #[test]
    fn the_oldest_example_makes_room() {
        let mut replay = Replay::new(4);
        for n in 0..6 {
            replay.push(&vec![("n".into(), Value::Number(f64::from(n)))], n == 5, at_day(i64::from(n)));
        }
        let track = &replay.tracks()[0];
        let order: Vec<_> = replay.arrivals(track).filter_map(Cell::as_number).collect();
        assert_eq!((replay.seen(), replay.len(), order), (6, 4, vec![2.0, 3.0, 4.0, 5.0]));
        assert!(replay.good(1) && !replay.good(0));
    }

    #[test]
    fn a_column_that_comes_late_was_missing_before() {
        let mut replay = Replay::new(8);
        replay.push(&vec![], true, at_day(0));
        replay.push(&vec![("x".into(), Value::Flag(true)), ("x".into(), Value::Missing)], true, at_day(0));
        let cells: Vec<_> = replay.cells(&replay.tracks()[0]).collect();
        assert_eq!(cells, [Cell::MISSING, Value::Flag(true).cell()]);
    }

    #[test]
    fn ten_thousand_fields_do_not_fill_the_memory() {
        let mut replay = Replay::new(8);
        replay.push(&(0..10_000).map(|n| (n.to_string(), Value::Flag(true))).collect(), true, at_day(0));
        assert_eq!(replay.tracks().len(), MOST_COLUMNS);
    }

    #[test]
    fn half_of_the_weight_is_gone_after_the_half_life() {
        let mut replay = Replay::new(8);
        replay.push(&vec![], true, at_day(0));
        replay.push(&vec![], true, at_day(90));
        let weights = replay.weights(90 * Ts::DAY);
        assert!((weights[0] - 0.5).abs() < 1e-12 && weights[1] == 1.0);
    }
}
