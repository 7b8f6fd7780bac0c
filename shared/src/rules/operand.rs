//! What a field is compared with: text, numbers, money, lengths of time, yes or no, lists of them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::{Money, Ts};
use crate::view::words;

/// A number of at most two decimals, kept as whole hundredths so that comparisons are exact.
///
/// On the wire it is a JSON number; a double, and every JSON parser, tells all such numbers up to 100,000 million apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = f64))]
pub struct Decimal(i64);

impl Decimal {
    /// The largest number, in hundredths; its negative is the smallest.
    const MOST: i64 = 10_000_000_000_000;

    /// This many hundredths, held within what the wire can carry.
    #[must_use]
    pub fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths.clamp(-Self::MOST, Self::MOST))
    }

    /// A whole number, held within what the wire can carry.
    #[must_use]
    pub fn whole(number: i64) -> Self {
        Self::from_hundredths(number.saturating_mul(100))
    }

    /// The number in hundredths.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

/// Without idle zeros, with commas between the thousands: `1,200`, `0.5`, `−3.25`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let whole = words::number(i64::try_from(size / 100).unwrap_or(i64::MAX));
        let sign = if self.0 < 0 { "−" } else { "" };
        match (size % 100, size % 10) {
            (0, _) => write!(f, "{sign}{whole}"),
            (cents, 0) => write!(f, "{sign}{whole}.{}", cents / 10),
            (cents, _) => write!(f, "{sign}{whole}.{cents:02}"),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        let cents = (number * 100.0).round();
        // Parsers may miss by the last bit, which is far less than this.
        if cents.abs() > Self::MOST as f64 || (number * 100.0 - cents).abs() > 0.01 {
            return Err(de::Error::custom("expected a number with at most two decimals"));
        }
        // Whole and within bounds by the check above.
        #[allow(clippy::cast_possible_truncation)]
        Ok(Self(cents as i64))
    }
}

/// A length of time in the unit in which somebody said it; negative ones lie in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Length {
    /// Minutes.
    Minutes(i32),
    /// Hours of sixty minutes.
    Hours(i32),
    /// Days of 24 hours.
    Days(i32),
}

impl Length {
    /// In milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::Minutes(n) => n as i64 * Ts::MINUTE,
            Self::Hours(n) => n as i64 * Ts::HOUR,
            Self::Days(n) => n as i64 * Ts::DAY,
        }
    }

    /// The same length forwards in time.
    #[must_use]
    pub(super) const fn abs(self) -> Self {
        match self {
            Self::Minutes(n) => Self::Minutes(n.saturating_abs()),
            Self::Hours(n) => Self::Hours(n.saturating_abs()),
            Self::Days(n) => Self::Days(n.saturating_abs()),
        }
    }
}

/// `4 hours`, `1 day`.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match *self {
            Self::Minutes(n) => words::count(n.into(), "minute", "minutes"),
            Self::Hours(n) => words::count(n.into(), "hour", "hours"),
            Self::Days(n) => words::count(n.into(), "day", "days"),
        })
    }
}

/// What a field is compared with. On the wire each kind has its own shape, so no tag is needed; points in time are text in
/// RFC 3339, and the words of a choice are text too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(
    untagged,
    expecting = "expected a text, a number of at most two decimals, true or false, {\"minor\": 100, \"currency\": \"EUR\"}, \
                 {\"minutes\": 5}, {\"hours\": 4}, {\"days\": 2}, or a list"
)]
pub enum Operand {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(Decimal),
    /// An amount of money.
    Money(Money),
    /// A length of time.
    Length(Length),
    /// A text, a word of a choice, or a point in time.
    Text(String),
    /// Several of them.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    List(Vec<Operand>),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_has_its_own_shape_on_the_wire() {
        for (json, operand) in [
            ("true", Operand::Flag(true)),
            ("60", Operand::Number(Decimal::whole(60))),
            ("0.25", Operand::Number(Decimal(25))),
            (r#"{"minor":100,"currency":"EUR"}"#, Operand::Money(Money { minor: 100, currency: "EUR".into() })),
            (r#"{"hours":4}"#, Operand::Length(Length::Hours(4))),
            (r#""form""#, Operand::Text("form".into())),
            (r#"["a",1]"#, Operand::List(vec![Operand::Text("a".into()), Operand::Number(Decimal::whole(1))])),
        ] {
            assert_eq!(serde_json::from_str::<Operand>(json).unwrap(), operand);
            assert_eq!(serde_json::to_string(&operand).unwrap(), json);
        }
        for bad in ["null", "1.005", "1e300", "{}", r#"{"hours":4,"days":1}"#, r#"{"hours":4.5}"#, r#"{"weeks":1}"#] {
            assert!(
                serde_json::from_str::<Operand>(bad).unwrap_err().to_string().starts_with("expected a text"),
                "{bad}"
            );
        }
    }

    #[test]
    fn numbers_read_as_one_writes_them() {
        for (hundredths, words) in [(6000, "60"), (12_000_000, "120,000"), (50, "0.5"), (-325, "−3.25"), (0, "0")] {
            assert_eq!(Decimal(hundredths).to_string(), words);
        }
        assert_eq!(Length::Hours(1).to_string(), "1 hour");
        assert_eq!(Length::Days(-3).abs().to_string(), "3 days");
    }

    proptest! {
        #[test]
        fn every_number_survives_the_wire(hundredths in -Decimal::MOST..=Decimal::MOST) {
            let text = serde_json::to_string(&Decimal(hundredths)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Decimal>(&text).unwrap(), Decimal(hundredths));
        }
    }
}
