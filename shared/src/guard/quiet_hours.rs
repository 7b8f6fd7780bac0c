//! Nothing arrives at night: quiet hours on the recipient's own clock.

use jiff::tz::TimeZone;

use super::finding::{Finding, Guardrail};
use crate::model::{QuietHours, TimeOfDay, Ts};

/// How often a clock may be put forward or back before one stops looking: more than once in a night it never was.
const MAX_TRANSITIONS: usize = 16;

/// Passes outside the quiet hours; within them waits until the first moment after them. `zone` is the recipient's time zone, or the
/// workspace's where it is not known.
#[must_use]
pub fn check(hours: Option<QuietHours>, zone: &TimeZone, now: Ts) -> Finding {
    match hours.and_then(|hours| Some((hours, ends(hours, zone, now)?))) {
        None => Finding::pass(Guardrail::QuietHours),
        Some((hours, until)) => {
            let (from, to) = (hours.from, hours.to);
            let then = until.timestamp().to_zoned_datetime(zone.clone()).strftime("%a %-d %b, %H:%M").to_string();
            let reason = format!("quiet hours where they are are {from} to {to}: it goes {then}, their time");
            Finding::wait(Guardrail::QuietHours, until, reason)
        }
    }
}

/// When the quiet hours end that `now` is in; `None` outside them. Quiet is what the clock on the wall there shows: where it is put
/// forward over the end, they end with the jump; where it is put back into them, they begin again.
#[must_use]
pub fn ends(hours: QuietHours, zone: &TimeZone, now: Ts) -> Option<Ts> {
    if !is_quiet(hours, zone, now) {
        return None;
    }
    // Between two changes of the clock, its hands move evenly.
    let mut at = now;
    let mut transitions = zone.following(now.timestamp());
    for _ in 0..MAX_TRANSITIONS {
        let end = at + (millis(hours.to) - time_of_day(zone, at)).rem_euclid(Ts::DAY);
        match transitions.next().map(|transition| Ts::from(transition.timestamp())) {
            Some(change) if change <= end => {
                if !is_quiet(hours, zone, change) {
                    return Some(change);
                }
                at = change;
            }
            _ => return Some(end),
        }
    }
    Some(at)
}

/// Whether it is quiet at this moment.
#[must_use]
pub fn is_quiet(hours: QuietHours, zone: &TimeZone, at: Ts) -> bool {
    let (from, to, at) = (millis(hours.from), millis(hours.to), time_of_day(zone, at));
    if from <= to { (from..to).contains(&at) } else { at >= from || at < to }
}

const fn millis(time: TimeOfDay) -> i64 {
    time.minutes() as i64 * Ts::MINUTE
}

/// Milliseconds since midnight on the clock there.
fn time_of_day(zone: &TimeZone, at: Ts) -> i64 {
    let offset = i64::from(zone.to_offset(at.timestamp()).seconds()) * Ts::SECOND;
    (at.millis() + offset).rem_euclid(Ts::DAY)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::guard::Verdict;

    /// Berlin, New York, Lord Howe (half an hour), Kathmandu, Casablanca as it might be (west of its name), and a clock that is put back at midnight.
    const ZONES: [&str; 6] = [
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "EST5EDT,M3.2.0,M11.1.0",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
        "<+0545>-5:45",
        "<+01>-1",
        "<-03>3<-02>,M10.3.0/0,M2.3.0/0",
    ];

    fn zone(posix: &str) -> TimeZone {
        TimeZone::posix(posix).unwrap()
    }

    fn hours(from: &str, to: &str) -> QuietHours {
        QuietHours { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn at(text: &str) -> Ts {
        text.parse().unwrap()
    }

    #[test]
    fn at_night_it_waits_for_the_morning_where_they_are() {
        for (from, to, zone_name, now, until) in [
            ("20:00", "08:00", "UTC0", "2026-03-02T20:00:00Z", "2026-03-03T08:00:00Z"),
            ("20:00", "08:00", "UTC0", "2026-03-02T23:59:59.999Z", "2026-03-03T08:00:00Z"),
            ("20:00", "08:00", "UTC0", "2026-03-03T00:00:00Z", "2026-03-03T08:00:00Z"),
            ("20:00", "08:00", "UTC0", "2026-03-03T07:59:59.999Z", "2026-03-03T08:00:00Z"),
            ("12:00", "13:30", "UTC0", "2026-03-03T12:10:00Z", "2026-03-03T13:30:00Z"),
            ("00:00", "07:00", "UTC0", "2026-03-03T00:00:00Z", "2026-03-03T07:00:00Z"),
            ("20:00", "00:00", "UTC0", "2026-03-03T21:00:00Z", "2026-03-04T00:00:00Z"),
            ("20:00", "08:00", ZONES[0], "2026-07-01T18:00:00Z", "2026-07-02T06:00:00Z"),
            ("20:00", "08:00", ZONES[1], "2026-07-02T03:00:00Z", "2026-07-02T12:00:00Z"),
            ("20:00", "08:00", ZONES[3], "2026-07-02T00:00:00Z", "2026-07-02T02:15:00Z"),
        ] {
            let finding = check(Some(hours(from, to)), &zone(zone_name), at(now));
            assert_eq!(finding.verdict, Verdict::Wait { until: at(until) }, "{from} {to} {zone_name} {now}");
            assert!(finding.reason.unwrap().contains(to));
        }
    }

    #[test]
    fn by_day_it_goes() {
        for (from, to, zone_name, now) in [
            ("20:00", "08:00", "UTC0", "2026-03-02T19:59:59.999Z"),
            ("20:00", "08:00", "UTC0", "2026-03-03T08:00:00Z"),
            ("20:00", "08:00", "UTC0", "2026-03-03T12:00:00Z"),
            ("12:00", "13:30", "UTC0", "2026-03-03T11:59:59.999Z"),
            ("12:00", "13:30", "UTC0", "2026-03-03T13:30:00Z"),
            ("00:00", "07:00", "UTC0", "2026-03-03T23:59:59.999Z"),
            ("20:00", "00:00", "UTC0", "2026-03-04T00:00:00Z"),
            ("20:00", "08:00", ZONES[0], "2026-07-01T17:59:00Z"),
            ("20:00", "08:00", ZONES[1], "2026-07-02T12:00:00Z"),
            ("20:00", "08:00", ZONES[3], "2026-07-02T02:15:00Z"),
        ] {
            let finding = check(Some(hours(from, to)), &zone(zone_name), at(now));
            assert_eq!(finding, Finding::pass(Guardrail::QuietHours), "{from} {to} {zone_name} {now}");
        }
        assert_eq!(check(None, &TimeZone::UTC, at("2026-03-02T03:00:00Z")), Finding::pass(Guardrail::QuietHours));
    }

    #[test]
    fn a_clock_put_forward_over_the_end_ends_them_with_the_jump() {
        // Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC.
        let until = ends(hours("22:00", "02:30"), &zone(ZONES[0]), at("2026-03-29T00:30:00Z"));
        assert_eq!(until, Some(at("2026-03-29T01:00:00Z")));
        let night = ends(hours("22:00", "08:00"), &zone(ZONES[0]), at("2026-03-28T22:00:00Z"));
        assert_eq!(night, Some(at("2026-03-29T06:00:00Z")), "an hour less to wait");
    }

    #[test]
    fn a_clock_put_back_makes_the_night_longer_and_may_begin_it_again() {
        // Berlin, 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC.
        let night = ends(hours("22:00", "08:00"), &zone(ZONES[0]), at("2026-10-24T21:00:00Z"));
        assert_eq!(night, Some(at("2026-10-25T07:00:00Z")));
        let (short, berlin) = (hours("22:00", "02:30"), zone(ZONES[0]));
        assert_eq!(
            ends(short, &berlin, at("2026-10-25T00:10:00Z")),
            Some(at("2026-10-25T00:30:00Z")),
            "the first 02:30"
        );
        assert_eq!(ends(short, &berlin, at("2026-10-25T00:40:00Z")), None);
        assert_eq!(
            ends(short, &berlin, at("2026-10-25T01:10:00Z")),
            Some(at("2026-10-25T01:30:00Z")),
            "the second 02:30"
        );
    }

    proptest! {
        #[test]
        fn until_is_not_quiet_and_every_minute_before_it_is(
            zone_index in 0..ZONES.len(),
            from in 0..1440u16,
            length in 1..1440u16,
            // Around the changes of 2026 as well as anywhere.
            now in prop_oneof![
                1_767_225_600_000i64..1_798_761_600_000,
                1_774_700_000_000i64..1_774_800_000_000,
                1_792_860_000_000i64..1_792_960_000_000,
                any::<i64>(),
            ],
        ) {
            let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
            let hours = hours(&time(from), &time((from + length) % 1440));
            let (zone, now) = (zone(ZONES[zone_index]), Ts::from_millis(now));
            match ends(hours, &zone, now) {
                None => prop_assert!(!is_quiet(hours, &zone, now)),
                Some(until) => {
                    // At the end of what can be written there is no later moment.
                    let last = until == Ts::from_millis(i64::MAX);
                    prop_assert!(until > now || last);
                    prop_assert!(!is_quiet(hours, &zone, until) || last);
                    prop_assert!(is_quiet(hours, &zone, until - 1));
                    let mut at = now;
                    while at < until {
                        prop_assert!(is_quiet(hours, &zone, at), "{} before {}", at, until);
                        at = at + Ts::MINUTE;
                    }
                }
            }
        }
    }
}
