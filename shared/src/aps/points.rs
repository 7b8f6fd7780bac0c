//! Points of the score, kept as whole hundredths.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Points in hundredths: `Points(1234)` is 12.34.
///
/// On the wire it is a JSON number of at most two decimals. A double is only the carrier there: a hundredth divided
/// by 100 is correctly rounded on every target, so it is written as the two decimals it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = f64))]
pub struct Points(pub i32);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// With its sign and no idle zeros: `+4.2`, `-10`, `+0.05`, `0`.
    #[must_use]
    pub fn signed(self) -> String {
        let sign = match self.0 {
            0 => "",
            1.. => "+",
            _ => "-",
        };
        let (whole, cents) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match (cents, cents % 10) {
            (0, _) => format!("{sign}{whole}"),
            (_, 0) => format!("{sign}{whole}.{}", cents / 10),
            _ => format!("{sign}{whole}.{cents:02}"),
        }
    }
}

/// Two decimals, always: `12.30`, `-0.50`.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, cents) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        write!(f, "{sign}{whole}.{cents:02}")
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        let cents = (number * 100.0).round();
        if cents.abs() > f64::from(i32::MAX) || cents / 100.0 != number {
            return Err(de::Error::custom("expected points with at most two decimals"));
        }
        // Whole and within i32 by the check above.
        #[allow(clippy::cast_possible_truncation)]
        Ok(Self(cents as i32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_numbers_of_two_decimals_on_the_wire() {
        for (points, json) in [(1234, "12.34"), (1230, "12.3"), (0, "0.0"), (-5, "-0.05"), (10_000, "100.0")] {
            assert_eq!(serde_json::to_string(&Points(points)).unwrap(), json);
            assert_eq!(serde_json::from_str::<Points>(json).unwrap(), Points(points));
        }
        assert_eq!(serde_json::from_str::<Points>("30").unwrap(), Points(3000));
        for bad in ["0.001", "1e300", "\"3\"", "null"] {
            assert!(serde_json::from_str::<Points>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_hundredth_survives_the_wire() {
        for cents in -20_000..=20_000 {
            let text = serde_json::to_string(&Points(cents)).unwrap();
            assert_eq!(serde_json::from_str::<Points>(&text).unwrap(), Points(cents));
        }
    }

    #[test]
    fn points_in_words_carry_a_sign_and_no_idle_zeros() {
        for (points, words) in [(420, "+4.2"), (-1000, "-10"), (5, "+0.05"), (0, "0"), (-1234, "-12.34")] {
            assert_eq!(Points(points).signed(), words);
        }
        assert_eq!(Points(-50).to_string(), "-0.50");
    }
}
