//! The reader's clock: the moment and the workspace's time zone, from which pages tell times.

use caseyos_shared::model::Ts;
use caseyos_shared::view::Clockface;
use jiff::tz::TimeZone;

/// The clockface of a workspace; a zone that the time-zone database does not know is UTC.
pub(super) fn clockface(now: Ts, zone: &str) -> Clockface {
    Clockface { now, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC) }
}

/// The time zones that one can choose from, by name.
pub(super) fn zones() -> Vec<String> {
    let usual = |name: &String| name == "UTC" || name.contains('/') && !name.starts_with("Etc/");
    let mut zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).filter(usual).collect();
    zones.sort_unstable();
    zones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_offered_is_known() {
        let zones = zones();
        assert!(zones.len() > 300 && zones.iter().any(|zone| zone == "Europe/Berlin"));
        assert!(zones.iter().all(|zone| TimeZone::get(zone).is_ok()));
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        let now = Ts::from_millis(0);
        assert_eq!(clockface(now, "Mars/Olympus").field(now), "1970-01-01T00:00");
        assert_eq!(clockface(now, "Asia/Tokyo").field(now), "1970-01-01T09:00");
    }
}
