//! The workspace's working week: what day and hour a moment is, and when the next business morning begins.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::model::words::words;
use crate::model::{TimeOfDay, Ts};

words! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl Weekday {
    /// Its English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }
}

impl From<jiff::civil::Weekday> for Weekday {
    fn from(day: jiff::civil::Weekday) -> Self {
        match day {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

/// When the workspace works, in its own time zone. Without a day, or with an end that is not after the beginning, it never does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BusinessHours {
    /// The first minute of work.
    pub from: TimeOfDay,
    /// The first minute after it.
    pub to: TimeOfDay,
    /// On which days.
    pub days: Vec<Weekday>,
}

/// Monday to Friday, nine to five.
impl Default for BusinessHours {
    fn default() -> Self {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        Self {
            from: TimeOfDay::at_hour(9),
            to: TimeOfDay::at_hour(17),
            days: vec![Monday, Tuesday, Wednesday, Thursday, Friday],
        }
    }
}

/// A moment as rules see it: on the workspace's clock and calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The moment itself.
    pub now: Ts,
    /// The day of the week.
    pub weekday: Weekday,
    /// The hour of the day, 0 to 23.
    pub hour: u8,
    /// Whether the workspace is at work.
    pub business_hours: bool,
}

impl Moment {
    /// What `now` is in this zone.
    #[must_use]
    pub fn of(now: Ts, zone: &TimeZone, hours: &BusinessHours) -> Self {
        let local = now.timestamp().to_zoned_datetime(zone.clone());
        let weekday = Weekday::from(local.weekday());
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let within = (i32::from(hours.from.minutes())..i32::from(hours.to.minutes())).contains(&minute);
        Self {
            now,
            weekday,
            hour: u8::try_from(local.hour()).unwrap_or_default(),
            business_hours: within && hours.days.contains(&weekday),
        }
    }
}

/// The next moment after `now` at which work begins; a day later when the workspace never works. In a gap of the clock it is the
/// first moment after the gap.
#[must_use]
pub fn next_business_morning(now: Ts, zone: &TimeZone, hours: &BusinessHours) -> Ts {
    let today = now.timestamp().to_zoned_datetime(zone.clone()).date();
    let opens = |days: i64| {
        let date = today.checked_add(days.days()).ok()?;
        let minutes = i8::try_from(hours.from.minutes() / 60).ok().zip(i8::try_from(hours.from.minutes() % 60).ok())?;
        let opening = Ts::from(zone.to_timestamp(date.at(minutes.0, minutes.1, 0, 0)).ok()?);
        (opening > now && hours.days.contains(&Weekday::from(date.weekday()))).then_some(opening)
    };
    (0..=7).find_map(opens).unwrap_or(now + Ts::DAY)
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    fn east() -> TimeZone {
        Offset::constant(2).to_time_zone()
    }

    fn at(text: &str) -> Ts {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_and_hour_are_those_of_the_workspaces_zone() {
        let moment = Moment::of(at("2026-03-08T23:30:00Z"), &east(), &BusinessHours::default());
        assert_eq!((moment.weekday, moment.hour, moment.business_hours), (Weekday::Monday, 1, false));
        let moment = Moment::of(at("2026-03-09T07:00:00Z"), &east(), &BusinessHours::default());
        assert_eq!((moment.hour, moment.business_hours), (9, true));
        assert!(!Moment::of(at("2026-03-09T15:00:00Z"), &east(), &BusinessHours::default()).business_hours, "at 17:00");
        assert!(!Moment::of(at("2026-03-07T10:00:00Z"), &east(), &BusinessHours::default()).business_hours, "Saturday");
    }

    #[test]
    fn the_next_business_morning_skips_the_weekend() {
        for (now, morning) in [
            ("2026-03-09T05:00:00Z", "2026-03-09T07:00:00Z"),
            ("2026-03-09T07:00:00Z", "2026-03-10T07:00:00Z"),
            ("2026-03-06T12:00:00Z", "2026-03-09T07:00:00Z"),
            ("2026-03-08T12:00:00Z", "2026-03-09T07:00:00Z"),
        ] {
            assert_eq!(next_business_morning(at(now), &east(), &BusinessHours::default()), at(morning), "{now}");
        }
        let never = BusinessHours { days: vec![], ..BusinessHours::default() };
        assert_eq!(next_business_morning(at("2026-03-06T12:00:00Z"), &east(), &never), at("2026-03-07T12:00:00Z"));
    }
}
