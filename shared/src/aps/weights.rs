//! How much each term may count: per workspace, adjustable per person, within bounds.

use serde::{Deserialize, Serialize};

use super::answer::TermName;
use super::points::Points;

/// The most that each term may add or take away, as in §5's table; the last three take away, so they are negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Obligation.
    pub urgency: Points,
    /// What the deal is worth.
    pub impact: Points,
    /// Interest they showed.
    pub intent: Points,
    /// A person's rules.
    pub fit: Points,
    /// What there has been between us.
    pub relationship: Points,
    /// What outcomes taught: adds or takes away up to this.
    pub learned: Points,
    /// The work it takes.
    pub effort: Points,
    /// How much they have heard of us.
    pub fatigue: Points,
    /// How unsure we are.
    pub doubt: Points,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            urgency: Points(3000),
            impact: Points(2500),
            intent: Points(2000),
            fit: Points(1500),
            relationship: Points(1000),
            learned: Points(2000),
            effort: Points(-1000),
            fatigue: Points(-1500),
            doubt: Points(-1000),
        }
    }
}

/// The weights that a person changes; the others stay (`PATCH /api/workspace`, `weights`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the names are those of `Weights`
pub struct WeightsPatch {
    pub urgency: Option<Points>,
    pub impact: Option<Points>,
    pub intent: Option<Points>,
    pub fit: Option<Points>,
    pub relationship: Option<Points>,
    pub learned: Option<Points>,
    pub effort: Option<Points>,
    pub fatigue: Option<Points>,
    pub doubt: Option<Points>,
}

/// The least and the most of each weight, in hundredths: nothing that helps may count against a move, nothing that
/// hinders may count for it, and no single term may decide alone.
type Bounds = (i32, i32);
const HELPS: Bounds = (0, 5000);
const LEARNS: Bounds = (0, 4000);
const HINDERS: Bounds = (-3000, 0);

impl Weights {
    fn fields(&mut self) -> [(&'static str, &mut Points, Bounds); 9] {
        [
            ("urgency", &mut self.urgency, HELPS),
            ("impact", &mut self.impact, HELPS),
            ("intent", &mut self.intent, HELPS),
            ("fit", &mut self.fit, HELPS),
            ("relationship", &mut self.relationship, HELPS),
            ("learned", &mut self.learned, LEARNS),
            ("effort", &mut self.effort, HINDERS),
            ("fatigue", &mut self.fatigue, HINDERS),
            ("doubt", &mut self.doubt, HINDERS),
        ]
    }

    /// The weight of a term; the clamp has none.
    #[must_use]
    pub const fn of(&self, term: TermName) -> Points {
        match term {
            TermName::Urgency => self.urgency,
            TermName::Impact => self.impact,
            TermName::Intent => self.intent,
            TermName::Fit => self.fit,
            TermName::Relationship => self.relationship,
            TermName::Learned => self.learned,
            TermName::Effort => self.effort,
            TermName::Fatigue => self.fatigue,
            TermName::Doubt => self.doubt,
            TermName::Clamp => Points::ZERO,
        }
    }

    /// These weights with another weight for one term.
    #[must_use]
    pub const fn with(mut self, term: TermName, weight: Points) -> Self {
        match term {
            TermName::Urgency => self.urgency = weight,
            TermName::Impact => self.impact = weight,
            TermName::Intent => self.intent = weight,
            TermName::Fit => self.fit = weight,
            TermName::Relationship => self.relationship = weight,
            TermName::Learned => self.learned = weight,
            TermName::Effort => self.effort = weight,
            TermName::Fatigue => self.fatigue = weight,
            TermName::Doubt => self.doubt = weight,
            TermName::Clamp => {}
        }
        self
    }

    /// Every weight by its name, in hundredths of a point.
    #[must_use]
    pub fn hundredths(mut self) -> Vec<(String, serde_json::Value)> {
        self.fields().into_iter().map(|(name, weight, _)| (name.to_owned(), weight.0.into())).collect()
    }

    /// Every weight moved to the nearest that is within its bounds.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for (_, weight, (least, most)) in self.fields() {
            weight.0 = weight.0.clamp(least, most);
        }
        self
    }

    /// Whether every weight is within its bounds.
    ///
    /// # Errors
    /// One problem for each weight that is not, in the order of the table.
    pub fn validate(mut self) -> Result<(), Vec<WeightProblem>> {
        let outside = |(field, weight, (least, most)): (_, &mut Points, Bounds)| {
            let detail = format!("{} to {} points are possible, not {weight}", Points(least), Points(most));
            (weight.0 < least || weight.0 > most).then_some(WeightProblem { field, detail })
        };
        let problems: Vec<_> = self.fields().into_iter().filter_map(outside).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// These weights with a person's changes.
    ///
    /// # Errors
    /// One problem for each weight that would be outside its bounds; then nothing is changed.
    pub fn patched(mut self, patch: WeightsPatch) -> Result<Self, Vec<WeightProblem>> {
        let new = [
            patch.urgency,
            patch.impact,
            patch.intent,
            patch.fit,
            patch.relationship,
            patch.learned,
            patch.effort,
            patch.fatigue,
            patch.doubt,
        ];
        for ((_, weight, _), new) in self.fields().into_iter().zip(new) {
            *weight = new.unwrap_or(*weight);
        }
        self.validate().map(|()| self)
    }
}

/// A weight outside its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightProblem {
    /// Which weight, by its name on the wire.
    pub field: &'static str,
    /// What to do, in words.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_weights_are_within_bounds() {
        assert_eq!(Weights::default().validate(), Ok(()));
        assert_eq!(Weights::default().bounded(), Weights::default());
    }

    #[test]
    fn each_weight_outside_its_bounds_is_named() {
        let wild = Weights { urgency: Points(5001), effort: Points(100), ..Weights::default() };
        let problems = wild.validate().unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.field).collect::<Vec<_>>(), ["urgency", "effort"]);
        assert_eq!(problems[0].detail, "0.00 to 50.00 points are possible, not 50.01");
        assert_eq!(wild.bounded().validate(), Ok(()));
    }

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let patch: WeightsPatch = serde_json::from_str(r#"{"fit": 20.5, "doubt": -5}"#).unwrap();
        let patched = Weights::default().patched(patch).unwrap();
        assert_eq!(patched, Weights { fit: Points(2050), doubt: Points(-500), ..Weights::default() });
        let bad: WeightsPatch = serde_json::from_str(r#"{"doubt": 5}"#).unwrap();
        assert_eq!(Weights::default().patched(bad).unwrap_err()[0].field, "doubt");
        assert!(serde_json::from_str::<WeightsPatch>(r#"{"luck": 5}"#).is_err());
    }
}
