//! What a rule does, how often it may, and what is wrong with either.

use serde::{Deserialize, Serialize};

use super::condition::bad_text;
use crate::model::UserId;
use crate::problem::FieldError;

/// The longest that a rule may put something off or give it time, in hours: ninety days.
pub const MOST_HOURS: u32 = 90 * 24;
/// The most that a limit can be.
pub const MOST_TIMES: u32 = 10_000;

/// What a rule does with a move. On the wire `{"kind": "approve"}`, `{"kind": "snooze", "until": {"hours": 24}}` …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RuleEffect))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Executes it, under this version of the rule (§9: a rule's approval is an execution).
    Approve {},
    /// Puts it away.
    Dismiss {
        /// Why, for whoever looks for it.
        reason: String,
    },
    /// Puts it off.
    Snooze {
        /// Until when.
        until: SnoozeUntil,
    },
    /// Gives it to somebody.
    Assign {
        /// To whom.
        user: UserId,
    },
    /// Says when it should be done by.
    SetDue {
        /// In how many hours from the moment that the rule acts.
        hours: u32,
    },
    /// Tells the assignee, or everybody when nobody has it.
    Notify {
        /// What.
        text: String,
    },
}

/// Until when a rule puts something off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SnoozeUntil {
    /// For this many hours.
    Hours(u32),
    /// Until work begins again; see [`super::next_business_morning`].
    NextBusinessMorning,
}

/// How often a rule may act. What is `None` is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RuleLimits))]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// In a day of the workspace's calendar.
    pub per_day: Option<u32>,
    /// For one contact, in any seven days.
    pub per_contact_per_week: Option<u32>,
}

impl Limits {
    /// Whether it may act once more, after it acted `today` times today and `for_contact` times for this contact in seven days.
    ///
    /// # Errors
    /// The limit that is reached, as a sentence.
    pub fn allow(self, today: u32, for_contact: u32) -> Result<(), String> {
        if let Some(most) = self.per_day.filter(|most| today >= *most) {
            return Err(format!("The rule has reached its limit of {most} a day."));
        }
        if let Some(most) = self.per_contact_per_week.filter(|most| for_contact >= *most) {
            return Err(format!("The rule has reached its limit of {most} a week for this contact."));
        }
        Ok(())
    }

    pub(super) fn check(self, at: &str, complaints: &mut Vec<FieldError>) {
        for (name, limit) in [("per_day", self.per_day), ("per_contact_per_week", self.per_contact_per_week)] {
            if limit.is_some_and(|limit| !(1..=MOST_TIMES).contains(&limit)) {
                complaints
                    .push(FieldError::new(format!("{at}/{name}"), format!("expected 1 to {MOST_TIMES}, or null")));
            }
        }
    }
}

impl Effect {
    pub(super) fn check(&self, at: &str, complaints: &mut Vec<FieldError>) {
        let within = |hours: &u32| !(1..=MOST_HOURS).contains(hours);
        let (name, detail) = match self {
            Self::Dismiss { reason } => ("reason", bad_text(reason)),
            Self::Notify { text } => ("text", bad_text(text)),
            Self::Snooze { until: SnoozeUntil::Hours(hours) } => {
                ("until/hours", within(hours).then(|| format!("expected 1 to {MOST_HOURS} hours")))
            }
            Self::SetDue { hours } => ("hours", within(hours).then(|| format!("expected 1 to {MOST_HOURS} hours"))),
            Self::Approve {} | Self::Assign { .. } | Self::Snooze { .. } => return,
        };
        complaints.extend(detail.map(|detail| FieldError::new(format!("{at}/{name}"), detail)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_goes_round_on_the_wire_and_refuses_what_is_unknown() {
        for json in [
            r#"{"kind":"approve"}"#,
            r#"{"kind":"dismiss","reason":"Student"}"#,
            r#"{"kind":"snooze","until":{"hours":24}}"#,
            r#"{"kind":"snooze","until":"next_business_morning"}"#,
            r#"{"kind":"assign","user":"01890a5d-ac96-774b-bcce-b302099a8057"}"#,
            r#"{"kind":"set_due","hours":4}"#,
            r#"{"kind":"notify","text":"Call now"}"#,
        ] {
            let effect: Effect = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&effect).unwrap(), json);
        }
        for bad in [r#"{"kind":"approve","twice":true}"#, r#"{"kind":"pay"}"#, r#"{"kind":"set_due","hours":-1}"#, "{}"]
        {
            assert!(serde_json::from_str::<Effect>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_hold_per_day_and_per_contact() {
        let limits = Limits { per_day: Some(2), per_contact_per_week: Some(1) };
        assert_eq!(limits.allow(1, 0), Ok(()));
        assert_eq!(limits.allow(2, 0).unwrap_err(), "The rule has reached its limit of 2 a day.");
        assert_eq!(limits.allow(0, 1).unwrap_err(), "The rule has reached its limit of 1 a week for this contact.");
        assert_eq!(Limits::default().allow(u32::MAX, u32::MAX), Ok(()));
    }
}
