//! What a condition is evaluated on: plain data of a move and of everything around it.

use std::collections::BTreeMap;

use super::field::{Field, Key};
use super::hours::Moment;
use super::operand::Decimal;
use crate::aps::{Aps, Points, TermName};
use crate::capture::fold::fold;
use crate::model::{ActionKind, DealState, Money, MoveKind, MoveState, Ts};

/// Everything that a rule may look at, for one move at one moment. What is `None`, and what belongs to a contact, company, deal or
/// signal that is `None`, is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The moment, on the workspace's clock.
    pub moment: Moment,
    /// The move.
    pub the_move: MoveFacts,
    /// Whom it is about.
    pub contact: Option<ContactFacts>,
    /// Which company it is about.
    pub company: Option<CompanyFacts>,
    /// Which deal it is about.
    pub deal: Option<DealFacts>,
    /// The newest signal that led to it.
    pub signal: Option<SignalFacts>,
    /// Its score; `None` before it is scored.
    pub score: Option<ScoreFacts>,
}

/// As much of a move as rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveFacts {
    /// What sort of step it is.
    pub kind: MoveKind,
    /// Where it stands.
    pub state: MoveState,
    /// The source of its first signal, or `manual`.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Why now.
    pub why: String,
    /// When it was made.
    pub created_at: Ts,
    /// Whether somebody of the workspace added it.
    pub by_hand: bool,
    /// Whether a draft waits with it.
    pub has_draft: bool,
    /// What executing it would do.
    pub action: Option<ActionKind>,
    /// Minutes of work that it takes.
    pub minutes: Option<u32>,
    /// When it is due.
    pub due_at: Option<Ts>,
}

/// As much of a contact as rules look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactFacts {
    /// The e-mail address.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// Where they first came from.
    pub source: Option<String>,
    /// The name of the person whose contact this is.
    pub owner: Option<String>,
    /// Whether nothing may be sent to them.
    pub suppressed: bool,
    /// Where they are, as written.
    pub location: Option<String>,
    /// Everything else that a source said of them, by its own names.
    pub attributes: BTreeMap<String, String>,
    /// Whether they ever replied.
    pub ever_replied: bool,
}

/// As much of a company as rules look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyFacts {
    /// Its name.
    pub name: Option<String>,
    /// Its domain.
    pub domain: Option<String>,
}

/// As much of a deal as rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealFacts {
    /// Its stage, in the workspace's words.
    pub stage: String,
    /// Its value.
    pub amount: Option<Money>,
    /// How likely it closes, in percent.
    pub probability: u8,
    /// How it stands.
    pub state: DealState,
    /// When it should close.
    pub close_date: Option<Ts>,
}

/// As much of a move's signals as rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalFacts {
    /// What happened, in the newest one.
    pub kind: String,
    /// Where the newest one came from.
    pub source: String,
    /// How many there are.
    pub count: u32,
    /// When the newest one happened.
    pub occurred_at: Ts,
}

/// The score and its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoreFacts {
    /// The Action Priority Score.
    pub aps: Points,
    /// The points of its terms; one that is not here has none.
    pub terms: Vec<(TermName, Points)>,
}

impl From<&Aps> for ScoreFacts {
    fn from(aps: &Aps) -> Self {
        Self { aps: aps.value, terms: aps.terms.iter().map(|term| (term.name, term.points)).collect() }
    }
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Text(&'a str),
    Word(&'static str),
    Number(Decimal),
    Money(&'a Money),
    /// In milliseconds.
    Length(i64),
    Time(Ts),
    Flag(bool),
}

impl Facts {
    /// The value of a field; none when it is missing.
    pub(super) fn find(&self, field: &Field) -> Option<Found<'_>> {
        match field {
            Field::Key(key) => self.known(*key),
            Field::Attribute(name) => {
                let attributes = &self.contact.as_ref()?.attributes;
                let folded =
                    |wanted: &str| attributes.iter().find(|(name, _)| fold(name) == wanted).map(|(_, value)| value);
                text(attributes.get(name).or_else(|| folded(&fold(name)).filter(|_| !fold(name).is_empty())))
            }
        }
    }

    fn known(&self, key: Key) -> Option<Found<'_>> {
        let Self { moment, the_move, .. } = self;
        let now = moment.now;
        let (contact, company) = (self.contact.as_ref(), self.company.as_ref());
        let (deal, signal) = (self.deal.as_ref(), self.signal.as_ref());
        let points = |points: Points| Found::Number(Decimal::from_hundredths(points.0.into()));
        match key {
            Key::MoveKind => Some(Found::Word(the_move.kind.as_str())),
            Key::MoveState => Some(Found::Word(the_move.state.as_str())),
            Key::MoveSource => text(Some(&the_move.source)),
            Key::MoveTitle => text(Some(&the_move.title)),
            Key::MoveWhy => text(Some(&the_move.why)),
            Key::MoveAge => Some(Found::Length(now.since(the_move.created_at))),
            Key::MoveByHand => Some(Found::Flag(the_move.by_hand)),
            Key::MoveHasDraft => Some(Found::Flag(the_move.has_draft)),
            Key::MoveAction => the_move.action.map(|kind| Found::Word(kind.as_str())),
            Key::MoveMinutes => the_move.minutes.map(|minutes| whole(minutes.into())),
            Key::MoveDueAt => the_move.due_at.map(Found::Time),
            Key::MoveDueIn => the_move.due_at.map(|due| Found::Length(due.since(now))),
            Key::ContactEmail => text(contact?.email.as_ref()),
            Key::ContactEmailDomain => text(contact?.email.as_ref()).and_then(domain),
            Key::ContactName => text(contact?.name.as_ref()),
            Key::ContactTitle => text(contact?.title.as_ref()),
            Key::ContactCompany => text(contact?.company.as_ref()),
            Key::ContactSource => text(contact?.source.as_ref()),
            Key::ContactOwner => text(contact?.owner.as_ref()),
            Key::ContactSuppressed => Some(Found::Flag(contact?.suppressed)),
            Key::ContactLocation => text(contact?.location.as_ref()),
            Key::ContactEverReplied => Some(Found::Flag(contact?.ever_replied)),
            Key::CompanyName => text(company?.name.as_ref()),
            Key::CompanyDomain => text(company?.domain.as_ref()),
            Key::DealStage => text(Some(&deal?.stage)),
            Key::DealAmount => deal?.amount.as_ref().map(Found::Money),
            Key::DealProbability => Some(whole(deal?.probability.into())),
            Key::DealState => Some(Found::Word(deal?.state.as_str())),
            Key::DealClosesIn => deal?.close_date.map(|close| Found::Length(close.since(now))),
            Key::SignalKind => text(Some(&signal?.kind)),
            Key::SignalSource => text(Some(&signal?.source)),
            Key::SignalCount => Some(whole(signal?.count.into())),
            Key::SignalAge => Some(Found::Length(now.since(signal?.occurred_at))),
            Key::TimeNow => Some(Found::Time(now)),
            Key::TimeWeekday => Some(Found::Word(moment.weekday.as_str())),
            Key::TimeHour => Some(whole(moment.hour.into())),
            Key::TimeBusinessHours => Some(Found::Flag(moment.business_hours)),
            Key::ScoreAps => Some(points(self.score.as_ref()?.aps)),
            Key::ScoreUrgency
            | Key::ScoreImpact
            | Key::ScoreIntent
            | Key::ScoreFit
            | Key::ScoreRelationship
            | Key::ScoreLearned
            | Key::ScoreEffort
            | Key::ScoreFatigue
            | Key::ScoreDoubt => {
                let wanted = key.term()?;
                let terms = &self.score.as_ref()?.terms;
                Some(points(terms.iter().find(|(name, _)| *name == wanted).map_or(Points::ZERO, |(_, points)| *points)))
            }
        }
    }
}

fn whole<'a>(number: i64) -> Found<'a> {
    Found::Number(Decimal::whole(number))
}

/// A text with something in it.
fn text(text: Option<&String>) -> Option<Found<'_>> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty()).map(Found::Text)
}

fn domain(address: Found<'_>) -> Option<Found<'_>> {
    let Found::Text(address) = address else { return None };
    address.rsplit_once('@').map(|(_, domain)| domain.trim()).filter(|domain| !domain.is_empty()).map(Found::Text)
}
