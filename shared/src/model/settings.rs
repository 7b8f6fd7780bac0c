//! The settings of a workspace, and the patch that changes some of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::aps::{Weights, WeightsPatch};
use crate::problem::FieldError;

/// What an admin can set for a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Settings {
    /// How long an execution can be undone before it starts, in seconds: 0 to 60.
    pub undo_seconds: u32,
    /// When nothing is sent, in the recipient's time zone.
    pub quiet_hours: Option<QuietHours>,
    /// How much may be sent.
    pub caps: Caps,
    /// How often the API may be called.
    pub limits: Limits,
    /// The weights of the score.
    pub weights: Weights,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            undo_seconds: 10,
            quiet_hours: None,
            caps: Caps::default(),
            limits: Limits::default(),
            weights: Weights::default(),
        }
    }
}

/// The hours of the night, as times of day; `from` may be later than `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first quiet minute.
    pub from: TimeOfDay,
    /// The first minute after the quiet ones.
    pub to: TimeOfDay,
}

/// A time of day to the minute, `HH:MM` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "20:00"))]
pub struct TimeOfDay(u16);

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day: expected HH:MM such as 20:00")]
pub struct BadTimeOfDay;

impl TimeOfDay {
    /// The full hour; hours after the last of a day count as 23.
    #[must_use]
    pub const fn at_hour(hour: u16) -> Self {
        Self(if hour > 23 { 23 } else { hour } * 60)
    }

    /// Minutes since midnight, 0 to 1439.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = BadTimeOfDay;

    fn from_str(text: &str) -> Result<Self, BadTimeOfDay> {
        let two = |part: &str| match part.as_bytes() {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u16::from(a - b'0') * 10 + u16::from(b - b'0')),
            _ => None,
        };
        let (hours, minutes) = text.split_once(':').ok_or(BadTimeOfDay)?;
        match (two(hours), two(minutes)) {
            (Some(hours @ 0..=23), Some(minutes @ 0..=59)) => Ok(Self(hours * 60 + minutes)),
            _ => Err(BadTimeOfDay),
        }
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// How much may be sent; a person, a contact, a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Caps {
    /// E-mails one person may send a day.
    pub emails_per_user_day: u32,
    /// E-mails one contact may get in seven days.
    pub emails_per_contact_week: u32,
    /// E-mails that may go to one domain a day.
    pub emails_per_domain_day: u32,
}

impl Default for Caps {
    fn default() -> Self {
        Self { emails_per_user_day: 200, emails_per_contact_week: 3, emails_per_domain_day: 20 }
    }
}

/// How often the API may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Limits {
    /// Requests a minute with one API key.
    pub requests_per_minute_key: u32,
    /// Requests a minute by one signed-in person.
    pub requests_per_minute_user: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests_per_minute_key: 1_200, requests_per_minute_user: 2_400 }
    }
}

/// `PATCH /api/workspace`: what is present is set, what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// The workspace's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// See [`Settings::undo_seconds`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_seconds: Option<u32>,
    /// See [`Settings::quiet_hours`]; `null` switches them off.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<QuietHours>))]
    pub quiet_hours: Option<Option<QuietHours>>,
    /// See [`Caps`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caps: Option<CapsPatch>,
    /// See [`Limits`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitsPatch>,
    /// The weights that change, in points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightsPatch>,
}

/// The caps that change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CapsPatch {
    /// See [`Caps::emails_per_user_day`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emails_per_user_day: Option<u32>,
    /// See [`Caps::emails_per_contact_week`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emails_per_contact_week: Option<u32>,
    /// See [`Caps::emails_per_domain_day`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emails_per_domain_day: Option<u32>,
}

/// The limits that change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitsPatch {
    /// See [`Limits::requests_per_minute_key`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute_key: Option<u32>,
    /// See [`Limits::requests_per_minute_user`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute_user: Option<u32>,
}

/// Tells a `null` that was sent from a field that was not.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Settings {
    /// These settings with the patch laid over them; the name and the time zone are not part of them.
    ///
    /// # Errors
    /// One complaint per field that is out of its bounds.
    pub fn patched(&self, patch: &SettingsPatch) -> Result<Self, Vec<FieldError>> {
        let mut next = self.clone();
        let mut errors = Vec::new();
        if let Some(seconds) = patch.undo_seconds {
            if seconds > 60 {
                errors.push(FieldError::new("/undo_seconds", "must be 0 to 60"));
            }
            next.undo_seconds = seconds;
        }
        if let Some(quiet_hours) = patch.quiet_hours {
            if quiet_hours.is_some_and(|hours| hours.from == hours.to) {
                errors.push(FieldError::new(
                    "/quiet_hours",
                    "must not begin and end at the same minute; use null for none",
                ));
            }
            next.quiet_hours = quiet_hours;
        }
        if let Some(caps) = patch.caps {
            let mut set = |slot: &mut u32, value: Option<u32>, name: &str| {
                if let Some(value) = value {
                    if value > 100_000 {
                        errors.push(FieldError::new(format!("/caps/{name}"), "must be 0 to 100000"));
                    }
                    *slot = value;
                }
            };
            set(&mut next.caps.emails_per_user_day, caps.emails_per_user_day, "emails_per_user_day");
            set(&mut next.caps.emails_per_contact_week, caps.emails_per_contact_week, "emails_per_contact_week");
            set(&mut next.caps.emails_per_domain_day, caps.emails_per_domain_day, "emails_per_domain_day");
        }
        if let Some(limits) = patch.limits {
            let mut set = |slot: &mut u32, value: Option<u32>, name: &str| {
                if let Some(value) = value {
                    if !(1..=100_000_000).contains(&value) {
                        errors.push(FieldError::new(format!("/limits/{name}"), "must be 1 to 100000000"));
                    }
                    *slot = value;
                }
            };
            set(&mut next.limits.requests_per_minute_key, limits.requests_per_minute_key, "requests_per_minute_key");
            set(&mut next.limits.requests_per_minute_user, limits.requests_per_minute_user, "requests_per_minute_user");
        }
        if let Some(weights) = patch.weights {
            match self.weights.patched(weights) {
                Ok(weights) => next.weights = weights,
                Err(problems) => errors.extend(
                    problems
                        .into_iter()
                        .map(|problem| FieldError::new(format!("/weights/{}", problem.field), problem.detail)),
                ),
            }
        }
        if errors.is_empty() { Ok(next) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(json: &str) -> SettingsPatch {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_patch_sets_what_is_present_and_null_switches_quiet_hours_off() {
        let on = Settings::default().patched(&patch(r#"{"quiet_hours":{"from":"20:00","to":"08:00"}}"#)).unwrap();
        assert_eq!(on.quiet_hours.map(|hours| hours.from.minutes()), Some(1200));
        let kept = on.patched(&patch(r#"{"undo_seconds":0}"#)).unwrap();
        assert_eq!((kept.undo_seconds, kept.quiet_hours), (0, on.quiet_hours));
        assert_eq!(on.patched(&patch(r#"{"quiet_hours":null}"#)).unwrap().quiet_hours, None);
    }

    #[test]
    fn every_value_out_of_bounds_is_named() {
        let bad = patch(
            r#"{"undo_seconds":61,"limits":{"requests_per_minute_key":0},"caps":{"emails_per_user_day":100001}}"#,
        );
        let errors = Settings::default().patched(&bad).unwrap_err();
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/undo_seconds", "/caps/emails_per_user_day", "/limits/requests_per_minute_key"]);
    }

    #[test]
    fn a_time_of_day_is_two_digits_twice() {
        for bad in ["24:00", "8:00", "08:60", "0800", "", "aa:bb", "08:000"] {
            assert_eq!(bad.parse::<TimeOfDay>(), Err(BadTimeOfDay), "{bad}");
        }
        assert_eq!("08:05".parse::<TimeOfDay>().unwrap().to_string(), "08:05");
    }
}
