//! Times in words: how long ago or how soon, and the moment itself in the workspace's time zone.

use jiff::tz::TimeZone;
use jiff::{ToSpan, ZonedDateTime};

use crate::model::Ts;

/// The moment and the place from which times are told. The caller brings both: this crate has neither a clock nor a
/// time-zone database.
#[derive(Debug, Clone)]
pub struct Clockface {
    /// The present moment.
    pub now: Ts,
    /// The reader's time zone.
    pub zone: TimeZone,
}

/// A moment in words, three ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// From now: "3 h ago", "in 2 days".
    pub relative: String,
    /// On the calendar: "Tue 24 Nov, 09:12".
    pub absolute: String,
    /// RFC 3339, for machines.
    pub iso: String,
}

impl Clockface {
    /// A clockface at `now` in UTC.
    #[must_use]
    pub fn utc(now: Ts) -> Self {
        Self { now, zone: TimeZone::UTC }
    }

    /// The moment in words.
    #[must_use]
    pub fn when(&self, at: Ts) -> When {
        When { relative: relative(at, self.now), absolute: self.absolute(at), iso: at.to_string() }
    }

    /// On the calendar; the year is said only when it is not this one.
    #[must_use]
    pub fn absolute(&self, at: Ts) -> String {
        let at = self.zoned(at);
        let format = if at.year() == self.zoned(self.now).year() { "%a %-d %b, %H:%M" } else { "%-d %b %Y, %H:%M" };
        at.strftime(format).to_string()
    }

    /// The day alone: "Tue 24 Nov".
    #[must_use]
    pub fn day(&self, at: Ts) -> String {
        self.zoned(at).strftime("%a %-d %b").to_string()
    }

    /// The value of a `datetime-local` field: the reader's own wall clock.
    #[must_use]
    pub fn field(&self, at: Ts) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// The moment that a `datetime-local` field names on the reader's wall clock; in a gap of the clock the first
    /// moment after it.
    #[must_use]
    pub fn from_field(&self, text: &str) -> Option<Ts> {
        let civil = text.trim().parse::<jiff::civil::DateTime>().ok()?;
        self.zone.to_timestamp(civil).ok().map(Ts::from)
    }

    /// Tomorrow at nine on the reader's wall clock.
    #[must_use]
    pub fn tomorrow_at_nine(&self) -> Ts {
        self.at_nine(1)
    }

    /// Next Monday at nine on the reader's wall clock.
    #[must_use]
    pub fn next_week_at_nine(&self) -> Ts {
        let today = self.zoned(self.now).weekday().to_monday_zero_offset();
        self.at_nine(7 - i64::from(today))
    }

    /// The first moment of the day that lies `days_ago` days back on the reader's calendar.
    #[must_use]
    pub fn day_start(&self, days_ago: i64) -> Ts {
        self.zoned(self.now)
            .checked_sub(days_ago.days())
            .and_then(|day| day.start_of_day())
            .map_or(self.now - days_ago * Ts::DAY, |day| Ts::from(day.timestamp()))
    }

    fn at_nine(&self, days: i64) -> Ts {
        self.zoned(self.now)
            .date()
            .checked_add(days.days())
            .and_then(|date| self.zone.to_timestamp(date.at(9, 0, 0, 0)))
            .map_or(self.now + days * Ts::DAY, Ts::from)
    }

    fn zoned(&self, at: Ts) -> ZonedDateTime {
        at.timestamp().to_zoned_datetime(self.zone.clone())
    }
}

/// How far `at` is from `now`, in one unit: a rep reads "3 h ago", not "3 h 12 min ago".
#[must_use]
pub fn relative(at: Ts, now: Ts) -> String {
    let distance = at.since(now);
    if distance.unsigned_abs() < Ts::MINUTE.unsigned_abs() {
        return "just now".to_owned();
    }
    let span = span(distance);
    if distance < 0 { format!("{span} ago") } else { format!("in {span}") }
}

/// A length of time in its largest unit: "40 min", "3 h", "16 days".
#[must_use]
pub fn span(millis: i64) -> String {
    let millis = millis.saturating_abs();
    let nearest = |unit: i64| millis.saturating_add(unit / 2) / unit;
    match (nearest(Ts::MINUTE), nearest(Ts::HOUR), nearest(Ts::DAY)) {
        (minutes @ ..60, _, _) => format!("{} min", minutes.max(1)),
        (_, hours @ ..24, _) => format!("{} h", hours.max(1)),
        (_, _, ..=1) => "1 day".to_owned(),
        (_, _, days @ ..60) => format!("{days} days"),
        (_, _, days @ ..730) => format!("{} months", days / 30),
        (_, _, days) => format!("{} years", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    fn at(text: &str) -> Ts {
        text.parse().unwrap()
    }

    fn two_hours_east(now: &str) -> Clockface {
        Clockface { now: at(now), zone: Offset::constant(2).to_time_zone() }
    }

    #[test]
    fn a_distance_is_told_in_its_largest_unit() {
        let now = at("2026-03-10T12:00:00Z");
        for (millis, words) in [
            (-3 * Ts::HOUR - 5 * Ts::MINUTE, "3 h ago"),
            (40 * Ts::MINUTE, "in 40 min"),
            (119 * Ts::MINUTE, "in 2 h"),
            (-20 * Ts::SECOND, "just now"),
            (Ts::HOUR - 10 * Ts::SECOND, "in 1 h"),
            (Ts::DAY - Ts::MINUTE, "in 1 day"),
            (-Ts::DAY, "1 day ago"),
            (16 * Ts::DAY, "in 16 days"),
            (-90 * Ts::DAY, "3 months ago"),
            (-800 * Ts::DAY, "2 years ago"),
        ] {
            assert_eq!(relative(now + millis, now), words);
        }
    }

    #[test]
    fn the_calendar_is_the_readers_and_names_only_another_year() {
        let face = two_hours_east("2026-03-10T12:00:00Z");
        assert_eq!(face.absolute(at("2026-03-10T23:30:00Z")), "Wed 11 Mar, 01:30");
        assert_eq!(face.absolute(at("2025-03-10T12:00:00Z")), "10 Mar 2025, 14:00");
        assert_eq!(face.day(at("2026-03-10T12:00:00Z")), "Tue 10 Mar");
    }

    #[test]
    fn snoozing_until_tomorrow_or_next_week_means_nine_on_the_readers_clock() {
        let face = two_hours_east("2026-03-10T22:30:00Z"); // already Wednesday there
        assert_eq!(face.tomorrow_at_nine(), at("2026-03-12T07:00:00Z"));
        assert_eq!(face.next_week_at_nine(), at("2026-03-16T07:00:00Z"));
        let monday = two_hours_east("2026-03-09T06:00:00Z");
        assert_eq!(monday.next_week_at_nine(), at("2026-03-16T07:00:00Z"), "on a Monday the next one");
    }

    #[test]
    fn a_field_goes_round_and_nonsense_is_no_moment() {
        let face = two_hours_east("2026-03-10T12:00:00Z");
        let moment = at("2026-03-12T07:45:00Z");
        assert_eq!(face.field(moment), "2026-03-12T09:45");
        assert_eq!(face.from_field(&face.field(moment)), Some(moment));
        for bad in ["", "tomorrow", "2026-02-30T09:00", "99"] {
            assert_eq!(face.from_field(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_begins_at_the_readers_midnight() {
        let face = two_hours_east("2026-03-10T12:00:00Z");
        assert_eq!(face.day_start(0), at("2026-03-09T22:00:00Z"));
        assert_eq!(face.day_start(13), at("2026-02-24T22:00:00Z"));
    }
}
