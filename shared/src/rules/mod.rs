//! Rules that decide by themselves: a condition over a move and everything around it, an effect, limits, and the right to act that
//! a rule has to earn.

mod autonomy;
mod condition;
mod edit;
mod effect;
mod facts;
mod field;
mod hours;
mod matching;
mod operand;
mod precedence;
mod sentence;
#[cfg(test)]
mod tests;

pub use autonomy::{DEFAULT_NEEDED, Event, Mode, Standing, after};
pub use condition::{Condition, LONGEST_TEXT, MOST_DEPTH, MOST_TESTS, MOST_VALUES, Op, Test};
pub use edit::edit_mattered;
pub use effect::{Effect, Limits, MOST_HOURS, MOST_TIMES, SnoozeUntil};
pub use facts::{CompanyFacts, ContactFacts, DealFacts, Facts, MoveFacts, ScoreFacts, SignalFacts};
pub use field::{Choice, Field, FieldInfo, Key, Type, UnknownField, catalogue};
pub use hours::{BusinessHours, Moment, Weekday, next_business_morning};
pub use operand::{Decimal, Length, Operand};
pub use precedence::{Decision, Overruled, RuleRef, TouchedByPerson, decide, may_apply};

use serde::{Deserialize, Serialize};

use crate::capture::fold::is_invisible;
use crate::problem::FieldError;

/// A rule as a person wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// When it applies.
    pub condition: Condition,
    /// What it does.
    pub effect: Effect,
    /// How often it may.
    #[serde(default)]
    pub limits: Limits,
    /// Which rule comes first when several apply: the one with the higher number.
    #[serde(default)]
    pub priority: i32,
}

impl Rule {
    /// Whether it can be kept.
    ///
    /// # Errors
    /// Everything that is wrong, each at its place in the rule's JSON.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut complaints = Vec::new();
        complaints.extend(condition::bad_text(&self.name).map(|detail| FieldError::new("/name", detail)));
        let below = |inner: FieldError| FieldError::new(format!("/condition{}", inner.pointer), inner.detail);
        complaints.extend(self.condition.validate().err().into_iter().flatten().map(below));
        self.effect.check("/effect", &mut complaints);
        self.limits.check("/limits", &mut complaints);
        if complaints.is_empty() { Ok(()) } else { Err(complaints) }
    }
}

/// Characters that no text of a rule may have: a rule is shown as one line, and braces are left to templates.
fn is_refused(c: char) -> bool {
    c.is_control() || is_invisible(c) || matches!(c, '{' | '}' | '\u{2028}' | '\u{2029}')
}
