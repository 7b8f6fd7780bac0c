//! The fields that a rule may look at: their names on the wire, their labels, their types.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::condition::Op;
use super::hours::Weekday;
use crate::aps::TermName;
use crate::model::words::words;
use crate::model::{ActionKind, DealState, MoveKind, MoveState};
use crate::view::words;

words! {
    /// A field with a fixed name.
    pub enum Key {
        /// What sort of step the move is.
        MoveKind = "move.kind",
        /// Where the move stands.
        MoveState = "move.state",
        /// The source of the move's first signal.
        MoveSource = "move.source",
        /// The move's title.
        MoveTitle = "move.title",
        /// Why now, in words.
        MoveWhy = "move.why",
        /// How long ago the move was made.
        MoveAge = "move.age",
        /// Whether somebody of the workspace added the move.
        MoveByHand = "move.by_hand",
        /// Whether a draft waits with the move.
        MoveHasDraft = "move.has_draft",
        /// What executing the move would do.
        MoveAction = "move.action",
        /// Minutes of work that the move takes.
        MoveMinutes = "move.minutes",
        /// When the move is due.
        MoveDueAt = "move.due_at",
        /// How long until the move is due; negative when it is overdue.
        MoveDueIn = "move.due_in",
        /// The contact's e-mail address.
        ContactEmail = "contact.email",
        /// What stands after the `@` of it.
        ContactEmailDomain = "contact.email_domain",
        /// The contact's name.
        ContactName = "contact.name",
        /// The contact's job title.
        ContactTitle = "contact.title",
        /// The name of the contact's company, as the contact's record has it.
        ContactCompany = "contact.company",
        /// Where the contact first came from.
        ContactSource = "contact.source",
        /// The name of the person whose contact this is.
        ContactOwner = "contact.owner",
        /// Whether nothing may be sent to the contact.
        ContactSuppressed = "contact.suppressed",
        /// Where the contact is, as written.
        ContactLocation = "contact.location",
        /// Whether the contact ever replied.
        ContactEverReplied = "contact.ever_replied",
        /// The company's name.
        CompanyName = "company.name",
        /// The company's domain.
        CompanyDomain = "company.domain",
        /// The deal's stage, in the workspace's words.
        DealStage = "deal.stage",
        /// The deal's value.
        DealAmount = "deal.amount",
        /// How likely the deal closes, in percent.
        DealProbability = "deal.probability",
        /// How the deal stands.
        DealState = "deal.state",
        /// How long until the deal should close; negative when that is past.
        DealClosesIn = "deal.closes_in",
        /// What happened.
        SignalKind = "signal.kind",
        /// Where it came from.
        SignalSource = "signal.source",
        /// How many signals the move has.
        SignalCount = "signal.count",
        /// How long ago the newest of them happened.
        SignalAge = "signal.age",
        /// The present moment.
        TimeNow = "time.now",
        /// The day of the week, in the workspace's zone.
        TimeWeekday = "time.weekday",
        /// The hour of the day, 0 to 23, in the workspace's zone.
        TimeHour = "time.hour",
        /// Whether the workspace is at work.
        TimeBusinessHours = "time.business_hours",
        /// The Action Priority Score.
        ScoreAps = "score.aps",
        /// The points for obligation.
        ScoreUrgency = "score.urgency",
        /// The points for the deal's worth.
        ScoreImpact = "score.impact",
        /// The points for interest.
        ScoreIntent = "score.intent",
        /// The points for fit.
        ScoreFit = "score.fit",
        /// The points for the relationship.
        ScoreRelationship = "score.relationship",
        /// The points for what was learned.
        ScoreLearned = "score.learned",
        /// The points for effort.
        ScoreEffort = "score.effort",
        /// The points for fatigue.
        ScoreFatigue = "score.fatigue",
        /// The points for doubt.
        ScoreDoubt = "score.doubt",
    }

    /// What sort of value a field has; the form shows a control of this sort.
    pub enum Type {
        /// Words; case, accents and white space do not count.
        Text = "text",
        /// A number of at most two decimals.
        Number = "number",
        /// An amount of money; only amounts of the same currency can be compared.
        Money = "money",
        /// A length of time.
        Duration = "duration",
        /// A point in time.
        Time = "time",
        /// Yes or no.
        Bool = "bool",
        /// One of a few words.
        Choice = "choice",
        /// Words that may be a number: what a source said under a name of its own.
        Attribute = "attribute",
    }
}

/// What stands before the name of an attribute.
const ATTRIBUTE: &str = "contact.attributes.";
/// The most characters of an attribute's name.
const LONGEST: usize = 100;

/// A field that a rule may look at; on the wire its name, such as `move.kind` or `contact.attributes.Industry`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// One with a fixed name.
    Key(Key),
    /// What a source said of the contact under this name. Case, accents and punctuation of the name do not count.
    Attribute(String),
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Field {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Field {}

/// A text that names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no field \"{0}\"; fields are named like move.kind, contact.title, score.aps or contact.attributes.Industry"
)]
pub struct UnknownField(pub String);

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        if let Some(name) = text.strip_prefix(ATTRIBUTE) {
            let fits = !name.trim().is_empty() && name.chars().count() <= LONGEST && !name.contains(super::is_refused);
            return if fits { Ok(Self::Attribute(name.to_owned())) } else { Err(UnknownField(text.to_owned())) };
        }
        text.parse().map(Self::Key).map_err(|_| UnknownField(text.to_owned()))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key.as_str()),
            Self::Attribute(name) => write!(f, "{ATTRIBUTE}{name}"),
        }
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl From<Key> for Field {
    fn from(key: Key) -> Self {
        Self::Key(key)
    }
}

impl Field {
    /// What sort of value it has.
    #[must_use]
    pub const fn kind(&self) -> Type {
        match self {
            Self::Key(key) => key.kind(),
            Self::Attribute(_) => Type::Attribute,
        }
    }

    /// The words that it may have; none unless it is a choice.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        match self {
            Self::Key(key) => key.choices(),
            Self::Attribute(_) => Vec::new(),
        }
    }
}

/// One word of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FieldChoice))]
pub struct Choice {
    /// The word on the wire.
    pub word: &'static str,
    /// What a person reads.
    pub label: &'static str,
}

/// Everything that a form needs to know of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldInfo {
    /// Its name on the wire; the entry for attributes ends in a dot, to which the attribute's name is added.
    pub field: &'static str,
    /// What a person reads.
    pub label: &'static str,
    /// What sort of value it has.
    #[serde(rename = "type")]
    pub kind: Type,
    /// The words that it may have, when it is a choice.
    pub choices: Vec<Choice>,
    /// How it may be tested.
    pub ops: Vec<Op>,
}

/// Every field in the order in which a form offers them.
#[must_use]
pub fn catalogue() -> Vec<FieldInfo> {
    let info = |key: &Key| FieldInfo {
        field: key.as_str(),
        label: key.label(),
        kind: key.kind(),
        choices: key.choices(),
        ops: Op::of(key.kind()),
    };
    let attribute = FieldInfo {
        field: ATTRIBUTE,
        label: "Contact's field named",
        kind: Type::Attribute,
        choices: Vec::new(),
        ops: Op::of(Type::Attribute),
    };
    Key::ALL.iter().map(info).chain([attribute]).collect()
}

impl Key {
    /// What sort of value it has.
    #[must_use]
    pub const fn kind(self) -> Type {
        match self {
            Self::MoveKind | Self::MoveState | Self::MoveAction | Self::DealState | Self::TimeWeekday => Type::Choice,
            Self::MoveAge | Self::MoveDueIn | Self::DealClosesIn | Self::SignalAge => Type::Duration,
            Self::MoveDueAt | Self::TimeNow => Type::Time,
            Self::MoveByHand
            | Self::MoveHasDraft
            | Self::ContactSuppressed
            | Self::ContactEverReplied
            | Self::TimeBusinessHours => Type::Bool,
            Self::DealAmount => Type::Money,
            Self::MoveMinutes | Self::DealProbability | Self::SignalCount | Self::TimeHour => Type::Number,
            _ if self.term().is_some() => Type::Number,
            Self::ScoreAps => Type::Number,
            _ => Type::Text,
        }
    }

    /// The term whose points it is.
    #[must_use]
    pub const fn term(self) -> Option<TermName> {
        Some(match self {
            Self::ScoreUrgency => TermName::Urgency,
            Self::ScoreImpact => TermName::Impact,
            Self::ScoreIntent => TermName::Intent,
            Self::ScoreFit => TermName::Fit,
            Self::ScoreRelationship => TermName::Relationship,
            Self::ScoreLearned => TermName::Learned,
            Self::ScoreEffort => TermName::Effort,
            Self::ScoreFatigue => TermName::Fatigue,
            Self::ScoreDoubt => TermName::Doubt,
            _ => return None,
        })
    }

    /// What a person reads in a form.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::MoveKind => "Kind of move",
            Self::MoveState => "State of the move",
            Self::MoveSource => "Where the move came from",
            Self::MoveTitle => "Title of the move",
            Self::MoveWhy => "Why of the move",
            Self::MoveAge => "Age of the move",
            Self::MoveByHand => "Added by hand",
            Self::MoveHasDraft => "Has a draft",
            Self::MoveAction => "Action of the move",
            Self::MoveMinutes => "Minutes it takes",
            Self::MoveDueAt => "Due at",
            Self::MoveDueIn => "Time until due",
            Self::ContactEmail => "Contact's e-mail address",
            Self::ContactEmailDomain => "Domain of the e-mail address",
            Self::ContactName => "Contact's name",
            Self::ContactTitle => "Contact's job title",
            Self::ContactCompany => "Contact's company",
            Self::ContactSource => "Where the contact came from",
            Self::ContactOwner => "Contact's owner",
            Self::ContactSuppressed => "Contact must not be written to",
            Self::ContactLocation => "Contact's location",
            Self::ContactEverReplied => "Contact has replied before",
            Self::CompanyName => "Company's name",
            Self::CompanyDomain => "Company's domain",
            Self::DealStage => "Stage of the deal",
            Self::DealAmount => "Value of the deal",
            Self::DealProbability => "Probability of the deal in percent",
            Self::DealState => "State of the deal",
            Self::DealClosesIn => "Time until the deal closes",
            Self::SignalKind => "Kind of signal",
            Self::SignalSource => "Where the signal came from",
            Self::SignalCount => "Number of signals",
            Self::SignalAge => "Age of the newest signal",
            Self::TimeNow => "Date and time",
            Self::TimeWeekday => "Day of the week",
            Self::TimeHour => "Hour of the day",
            Self::TimeBusinessHours => "During business hours",
            Self::ScoreAps => "Score",
            Self::ScoreUrgency => "Points for urgency",
            Self::ScoreImpact => "Points for impact",
            Self::ScoreIntent => "Points for interest",
            Self::ScoreFit => "Points for fit",
            Self::ScoreRelationship => "Points for the relationship",
            Self::ScoreLearned => "Points for what was learned",
            Self::ScoreEffort => "Points for effort",
            Self::ScoreFatigue => "Points for fatigue",
            Self::ScoreDoubt => "Points for doubt",
        }
    }

    fn choices(self) -> Vec<Choice> {
        match self {
            Self::MoveKind => {
                MoveKind::ALL.iter().map(|kind| Choice { word: kind.as_str(), label: words::kind(*kind) }).collect()
            }
            Self::MoveState => MoveState::ALL
                .iter()
                .map(|state| Choice { word: state.as_str(), label: words::state(*state) })
                .collect(),
            Self::MoveAction => {
                ActionKind::ALL.iter().map(|kind| Choice { word: kind.as_str(), label: action(*kind) }).collect()
            }
            Self::DealState => {
                DealState::ALL.iter().map(|state| Choice { word: state.as_str(), label: deal_state(*state) }).collect()
            }
            Self::TimeWeekday => {
                Weekday::ALL.iter().map(|day| Choice { word: day.as_str(), label: day.name() }).collect()
            }
            _ => Vec::new(),
        }
    }
}

const fn action(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::SendEmail => "Send an e-mail",
        ActionKind::CreateTask => "Make a task",
        ActionKind::BookMeeting => "Book a meeting",
        ActionKind::UpdateContact => "Change the contact",
        ActionKind::PostSlack => "Post to Slack",
        ActionKind::PostSocial => "Post to a social network",
        ActionKind::CreateDoc => "Write a document",
        ActionKind::None => "Nothing a machine could do",
    }
}

const fn deal_state(state: DealState) -> &'static str {
    match state {
        DealState::Open => "Open",
        DealState::Won => "Won",
        DealState::Lost => "Lost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_goes_round_under_its_name() {
        for key in Key::ALL {
            let field = Field::Key(*key);
            assert_eq!(field.to_string().parse(), Ok(field.clone()));
            assert_eq!(serde_json::to_string(&field).unwrap(), format!("\"{key}\""));
        }
        let attribute = Field::Attribute("Company size".into());
        assert_eq!("contact.attributes.Company size".parse(), Ok(attribute.clone()));
        assert_eq!(attribute.to_string(), "contact.attributes.Company size");
        for bad in ["", "move", "move.luck", "contact.attributes.", "contact.attributes. ", "contact.attributes.{x}"] {
            assert_eq!(bad.parse::<Field>(), Err(UnknownField(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn a_form_knows_of_every_field_its_label_its_type_and_its_choices() {
        let catalogue = catalogue();
        assert_eq!(catalogue.len(), Key::ALL.len() + 1);
        for info in &catalogue {
            assert!(!info.label.is_empty() && !info.ops.is_empty(), "{info:?}");
            assert_eq!(info.kind == Type::Choice, !info.choices.is_empty(), "{info:?}");
        }
        let mut labels: Vec<_> = catalogue.iter().map(|info| info.label).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), catalogue.len(), "two fields have the same label");
    }

    #[test]
    fn every_term_of_the_score_but_the_clamp_is_a_field() {
        assert_eq!(Key::ALL.iter().filter(|key| key.term().is_some()).count(), 9);
    }
}
