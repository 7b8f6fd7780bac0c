//! Points in time: UTC milliseconds inside, RFC 3339 with milliseconds on the wire.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time in milliseconds since 1970-01-01T00:00:00Z.
///
/// On the wire it is RFC 3339 with three decimals and `Z`; a time that is read must name its offset (§6 of the
/// contracts: "Times in requests must have an offset"), because a time without one is a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
pub struct Ts(i64);

/// A text that is no RFC 3339 time with an offset, or a time outside the years 0000 to 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time: expected RFC 3339 with an offset, such as 2026-03-01T09:00:00Z or 2026-03-01T09:00:00+01:00")]
pub struct BadTime;

impl Ts {
    /// One second, in milliseconds.
    pub const SECOND: i64 = 1_000;
    /// One minute, in milliseconds.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// One hour, in milliseconds.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// One day of 24 hours, in milliseconds.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The time this many milliseconds after the epoch, held inside the years that RFC 3339 can write.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        const FIRST: i64 = -62_167_219_200_000; // 0000-01-01T00:00:00.000Z
        const LAST: i64 = 253_402_207_199_999; // the last moment `jiff` holds in every time zone
        if millis < FIRST {
            Self(FIRST)
        } else if millis > LAST {
            Self(LAST)
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to this; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same moment as a `jiff` timestamp, for calendar arithmetic.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl From<Timestamp> for Ts {
    fn from(timestamp: Timestamp) -> Self {
        Self::from_millis(timestamp.as_millisecond())
    }
}

/// Later by this many milliseconds.
impl Add<i64> for Ts {
    type Output = Self;

    fn add(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }
}

/// Earlier by this many milliseconds.
impl Sub<i64> for Ts {
    type Output = Self;

    fn sub(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_sub(millis))
    }
}

impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl FromStr for Ts {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        text.parse::<Timestamp>().map(Self::from).map_err(|_| BadTime)
    }
}

impl Serialize for Ts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_has_milliseconds_and_z() {
        let ts: Ts = "2026-03-01T09:00:00+01:00".parse().unwrap();
        assert_eq!(ts.to_string(), "2026-03-01T08:00:00.000Z");
        assert_eq!(serde_json::to_string(&ts).unwrap(), "\"2026-03-01T08:00:00.000Z\"");
        assert_eq!(serde_json::from_str::<Ts>("\"2026-03-01T08:00:00.000Z\"").unwrap(), ts);
    }

    #[test]
    fn a_time_without_an_offset_or_off_the_calendar_is_refused() {
        for bad in ["2026-03-01T09:00:00", "2026-02-30T09:00:00Z", "tomorrow", "", "2026-13-01T00:00:00Z"] {
            assert_eq!(bad.parse::<Ts>(), Err(BadTime), "{bad}");
        }
    }

    #[test]
    fn arithmetic_stays_inside_what_can_be_written() {
        let last = Ts::from_millis(i64::MAX);
        assert_eq!(last + Ts::DAY, last);
        assert_eq!(last.to_string().parse::<Ts>().unwrap(), last);
        let first = Ts::from_millis(i64::MIN);
        assert_eq!(first - Ts::DAY, first);
        assert_eq!(first.to_string().parse::<Ts>().unwrap(), first);
    }
}
