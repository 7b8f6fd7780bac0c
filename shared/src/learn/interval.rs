//! Shares with the range in which the truth lies, and middle times: what may be said of few outcomes without lying.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Below this many cases a share is not worth saying.
pub const ENOUGH: u32 = 8;

/// The quantile of the standard normal distribution that leaves 2.5 % on either side.
const Z: f64 = 1.959_963_984_540_054;

/// A percentage in tenths: `Percent(125)` is 12.5 %. On the wire a JSON number with one decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0, maximum = 100))]
pub struct Percent(u16);

impl Percent {
    /// The nearest percentage to a share, which is held within 0 and 1.
    #[must_use]
    fn of(share: f64) -> Self {
        // At most 1000.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Self((share.clamp(0.0, 1.0) * 1_000.0 + 0.5) as u16)
    }

    /// In tenths of a per cent, 0 to 1000.
    #[must_use]
    pub const fn tenths(self) -> u16 {
        self.0
    }
}

/// `12.5 %`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} %", self.0 / 10, self.0 % 10)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 10.0)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let percent = f64::deserialize(deserializer)?;
        let nearest = Self::of(percent / 100.0);
        if (f64::from(nearest.0) / 10.0 - percent).abs() > 1e-9 {
            return Err(de::Error::custom("expected a percentage from 0 to 100 with at most one decimal"));
        }
        Ok(nearest)
    }
}

/// How often something went well, with the range in which the true share lies in 19 of 20 cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    /// How many went well.
    pub successes: u32,
    /// Of how many.
    pub of: u32,
    /// What was seen.
    pub seen: Percent,
    /// The lower end of the range.
    pub low: Percent,
    /// The upper end of the range.
    pub high: Percent,
}

impl Share {
    /// The share and its range by Wilson's score interval without continuity correction, at 95 % (E. B. Wilson, Journal of the American
    /// Statistical Association 22, 1927). Of no cases it may be anything: 0 to 100 %. More successes than cases count as all.
    ///
    /// Only the four operations and the square root are used, which IEEE 754 defines to the last bit, so every target says the same.
    #[must_use]
    pub fn new(successes: u32, of: u32) -> Self {
        let successes = successes.min(of);
        if of == 0 {
            return Self { successes, of, seen: Percent(0), low: Percent(0), high: Percent(1_000) };
        }
        let n = f64::from(of);
        let p = f64::from(successes) / n;
        let square = Z * Z;
        let centre = (p + square / (2.0 * n)) / (1.0 + square / n);
        let reach = Z / (1.0 + square / n) * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
        Self {
            successes,
            of,
            seen: Percent::of(p),
            low: Percent::of(centre - reach),
            high: Percent::of(centre + reach),
        }
    }

    /// Whether there are enough cases to say anything: [`ENOUGH`].
    #[must_use]
    pub const fn enough(&self) -> bool {
        self.of >= ENOUGH
    }

    /// Whether the two ranges do not overlap, so that one is better than the other and not only luckier. Never below [`ENOUGH`] cases.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        self.enough() && other.enough() && (self.high < other.low || other.high < self.low)
    }
}

/// `22.5 % (12.3 % to 37.5 %), 9 of 40`, or `not enough evidence yet (3 of 5)`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { successes, of, seen, low, high } = self;
        if self.enough() {
            write!(f, "{seen} ({low} to {high}), {successes} of {of}")
        } else {
            write!(f, "not enough evidence yet ({successes} of {of})")
        }
    }
}

/// The value below or at which this many per cent of the values lie, by nearest rank: always one of the values. `None` without values;
/// percentages outside 1 to 100 count as the nearest of these.
#[must_use]
pub fn nearest_rank(values: &[i64], percent: u8) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * usize::from(percent.clamp(1, 100))).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// The middle value, such as the usual time to a reply; of an even number of values the lower of the two in the middle.
#[must_use]
pub fn median(values: &[i64]) -> Option<i64> {
    nearest_rank(values, 50)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_range_is_that_of_the_published_examples() {
        for (successes, of, low, high) in [
            // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
            (81, 263, 255, 366),
            (15, 148, 62, 160),
            (0, 20, 0, 161),
            (1, 29, 6, 172),
            // All of ten, by hand: 10 / (10 + 1.96²) = 0.7225.
            (10, 10, 722, 1_000),
            (5, 10, 237, 763),
        ] {
            let share = Share::new(successes, of);
            assert_eq!((share.low.tenths(), share.high.tenths()), (low, high), "{successes} of {of}");
        }
    }

    #[test]
    fn a_share_is_told_with_its_range_or_not_at_all() {
        assert_eq!(Share::new(9, 40).to_string(), "22.5 % (12.3 % to 37.5 %), 9 of 40");
        assert_eq!(Share::new(3, 5).to_string(), "not enough evidence yet (3 of 5)");
        assert_eq!(Share::new(7, 7).to_string(), "not enough evidence yet (7 of 7)");
        assert!(Share::new(0, 8).enough());
        assert_eq!(Share::new(0, 0).to_string(), "not enough evidence yet (0 of 0)");
        assert_eq!(serde_json::to_value(Share::new(1, 8)).unwrap()["seen"], 12.5);
    }

    #[test]
    fn one_differs_from_another_when_their_ranges_do_not_meet() {
        assert!(Share::new(5, 100).differs_from(&Share::new(40, 100)));
        assert!(!Share::new(5, 100).differs_from(&Share::new(9, 100)));
        assert!(!Share::new(0, 7).differs_from(&Share::new(100, 100)), "seven are not enough");
    }

    #[test]
    fn the_middle_is_one_of_the_values() {
        for (values, middle) in [
            (vec![], None),
            (vec![7], Some(7)),
            (vec![9, 1], Some(1)),
            (vec![3, 1, 2], Some(2)),
            (vec![4, 1, 3, 2], Some(2)),
        ] {
            assert_eq!(median(&values), middle, "{values:?}");
        }
        // The usual example of nearest rank.
        let values = [15, 20, 35, 40, 50];
        let ranks = [5, 30, 40, 50, 100].map(|percent| nearest_rank(&values, percent));
        assert_eq!(ranks, [Some(15), Some(20), Some(20), Some(35), Some(50)]);
    }

    proptest! {
        #[test]
        fn what_was_seen_lies_in_the_range_and_more_cases_narrow_it(of in 1..5_000u32, part in 0.0..=1.0f64) {
            let successes = (f64::from(of) * part) as u32;
            let share = Share::new(successes, of);
            prop_assert!(share.low <= share.seen && share.seen <= share.high, "{:?}", share);
            let more = Share::new(successes * 10, of * 10);
            prop_assert!(more.high.tenths() - more.low.tenths() <= share.high.tenths() - share.low.tenths());
        }

        #[test]
        fn successes_and_misses_mirror_each_other(of in 1..5_000u32, part in 0.0..=1.0f64) {
            let successes = (f64::from(of) * part) as u32;
            let (share, mirrored) = (Share::new(successes, of), Share::new(of - successes, of));
            prop_assert!((share.low.tenths() + mirrored.high.tenths()).abs_diff(1_000) <= 1);
        }

        #[test]
        fn every_percentage_survives_the_wire(tenths in 0..=1_000u16) {
            let json = serde_json::to_string(&Percent(tenths)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Percent>(&json).unwrap(), Percent(tenths));
        }
    }
}
