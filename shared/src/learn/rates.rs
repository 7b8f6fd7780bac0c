//! Success rates by kind of action, segment and channel, each held near its parent while it has few tries.
//!
//! A tree of Beta counts: the rate of "follow-up, small companies, by e-mail" starts from that of "follow-up, small
//! companies", that from "follow-up", that from all, and that from the shipped prior. Half of what was
//! seen is forgotten after 90 days (§5 of the design).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::num;
use crate::model::Ts;

/// Half of the evidence is gone after this long.
const HALF_LIFE: i64 = 90 * Ts::DAY;
/// As many tries as a parent's rate is worth to its child.
const PARENT_TRIES: f64 = 10.0;
/// Counts are kept in millionths, so that a stored tree is exact.
const UNIT: f64 = 1e6;
/// The shipped prior: one in five.
const PRIOR: f64 = 0.2;
/// Separates the parts of a key; it is taken out of names.
const SEPARATOR: char = '\u{1f}';

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    good: u64,
    tries: u64,
    at: i64,
}

impl Count {
    /// What is left of the counts at `now`.
    fn at(self, now: i64) -> (f64, f64) {
        let kept = num::kept(now - self.at, HALF_LIFE) / UNIT;
        (self.good as f64 * kept, self.tries as f64 * kept)
    }

    fn add(&mut self, success: bool, at: i64) {
        let newest = self.at.max(at);
        let (good, tries) = self.at(newest);
        let one = num::kept(newest - at, HALF_LIFE);
        let good = good + if success { one } else { 0.0 };
        *self = Self { good: (good * UNIT + 0.5) as u64, tries: ((tries + one) * UNIT + 0.5) as u64, at: newest };
    }
}

/// What usually comes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The probability of success in basis points, 1 to 9999.
    pub bp: u16,
    /// Recent successes of exactly this kind of action, segment and channel (older ones count less), rounded.
    pub good: u32,
    /// Recent tries of it.
    pub tries: u32,
}

/// Success rates by action kind, segment and channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    counts: BTreeMap<String, Count>,
}

impl Rates {
    /// Nothing but the shipped prior.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts what came of an action. What arrives late counts as little as it would have by now.
    pub fn record(&mut self, kind: &str, segment: &str, channel: &str, success: bool, at: Ts) {
        for key in keys(kind, segment, channel) {
            let fresh = Count { at: at.millis(), ..Count::default() };
            self.counts.entry(key).or_insert(fresh).add(success, at.millis());
        }
    }

    /// What usually comes of such an action, as far as it is known at `now`.
    #[must_use]
    pub fn rate(&self, kind: &str, segment: &str, channel: &str, now: Ts) -> Rate {
        let mut p = PRIOR;
        let (mut good, mut tries) = (0.0, 0.0);
        for key in keys(kind, segment, channel) {
            (good, tries) = self.counts.get(&key).map_or((0.0, 0.0), |count| count.at(now.millis()));
            p = (good + PARENT_TRIES * p) / (tries + PARENT_TRIES);
        }
        Rate { bp: num::to_bp(p), good: (good + 0.5) as u32, tries: (tries + 0.5) as u32 }
    }
}

/// The nodes from the root to the leaf; the digit tells the levels apart, so that an empty part is not its parent.
fn keys(kind: &str, segment: &str, channel: &str) -> [String; 4] {
    let clean = |part: &str| part.trim().to_lowercase().replace(SEPARATOR, " ");
    let (kind, segment, channel) = (clean(kind), clean(segment), clean(channel));
    [
        "0".to_owned(),
        format!("1{kind}"),
        format!("2{kind}{SEPARATOR}{segment}"),
        format!("3{kind}{SEPARATOR}{segment}{SEPARATOR}{channel}"),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(day: i64) -> Ts {
        Ts::from_millis(day * Ts::DAY)
    }

    #[test]
    fn as_computed_by_hand() {
        let mut rates = Rates::new();
        assert_eq!(rates.rate("call", "small", "phone", day(0)), Rate { bp: 2_000, good: 0, tries: 0 });
        rates.record("call", "small", "phone", true, day(0));
        // (1 + 10 p) / 11 at each of the four levels from 0.2 on.
        let expected = (0..4).fold(0.2, |p, _| (1.0 + 10.0 * p) / 11.0);
        assert_eq!(rates.rate("Call ", "small", "phone", day(0)), Rate { bp: num::to_bp(expected), good: 1, tries: 1 });
    }

    #[test]
    fn a_new_kind_of_action_takes_after_its_relatives() {
        let mut rates = Rates::new();
        for n in 0..100 {
            rates.record("call", "small", "phone", n % 10 < 8, day(0));
            rates.record("mail", "small", "e-mail", n % 10 < 1, day(0));
        }
        let rate = |kind, segment, channel| rates.rate(kind, segment, channel, day(0)).bp;
        assert!(rate("call", "large", "phone") > 6_500);
        assert!(rate("mail", "large", "e-mail") < 2_000);
        assert!((4_000..5_000).contains(&rate("visit", "large", "")));
    }

    #[test]
    fn half_is_forgotten_after_ninety_days() {
        let mut rates = Rates::new();
        (0..40).for_each(|_| rates.record("call", "", "", true, day(0)));
        assert_eq!(rates.rate("call", "", "", day(90)).tries, 20);
        rates.record("call", "", "", true, day(-90));
        assert_eq!(rates.counts["0"].tries, 40_500_000, "what arrives late counts what it would by now");
    }

    #[test]
    fn the_parts_of_a_key_cannot_be_mistaken() {
        let mut rates = Rates::new();
        rates.record("a", "", "b", true, day(0));
        assert_eq!(rates.rate("a", "b", "", day(0)).tries, 0);
        assert_eq!(rates.rate("", "", "", day(0)).tries, 0);
    }

    proptest! {
        #[test]
        fn a_success_never_lowers_and_a_miss_never_raises(
            history in prop::collection::vec((0..3u8, any::<bool>(), 0..400i64), 0..30),
            success: bool,
        ) {
            let mut rates = Rates::new();
            for (kind, good, at) in &history {
                rates.record(&kind.to_string(), "s", "c", *good, day(*at));
            }
            let before = rates.rate("1", "s", "c", day(400)).bp;
            rates.record("1", "s", "c", success, day(400));
            let after = rates.rate("1", "s", "c", day(400)).bp;
            let towards = if success { after >= before } else { after <= before };
            prop_assert!(towards, "{} to {}", before, after);
            prop_assert!((num::MIN_BP..=num::MAX_BP).contains(&after));
            let back: Rates = serde_json::from_str(&serde_json::to_string(&rates).unwrap()).unwrap();
            prop_assert_eq!(back, rates);
        }
    }
}
