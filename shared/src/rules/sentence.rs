//! A rule in one plain English sentence, so that whoever switches it on knows what it does.

use super::Rule;
use super::condition::{Condition, Op, Test};
use super::effect::{Effect, Limits, SnoozeUntil};
use super::facts::Found;
use super::field::{Field, Key};
use super::hours::Weekday;
use super::operand::{Length, Operand};
use crate::model::{ActionKind, DealState, MoveKind, MoveState, Ts, UserId};
use crate::view::words;

impl Rule {
    /// The rule in one sentence: "When a demo request came in through a form and the score is at least 60, approve it, at most 20 a
    /// day and once a week per contact."
    ///
    /// `name` tells the name of a person of the workspace.
    #[must_use]
    pub fn sentence(&self, name: impl Fn(UserId) -> Option<String>) -> String {
        let mut sentence = format!("When {}, {}", self.condition.words(), effect(&self.effect, name));
        limits(self.limits, &mut sentence);
        // A name may end in a full stop of its own.
        sentence.truncate(sentence.trim_end_matches('.').len());
        sentence.push('.');
        sentence
    }
}

impl Condition {
    /// The condition in words, to follow "when".
    #[must_use]
    pub fn words(&self) -> String {
        words_of(self, 0)
    }
}

/// A test as a sentence of its own; with what was found, where that says more.
pub(super) fn of_test(test: &Test, found: Option<Found<'_>>) -> String {
    let phrase = of(test);
    let mut letters = phrase.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let found = match (test.op, found) {
        (Op::Exists | Op::Missing, _) | (_, Some(Found::Flag(_) | Found::Time(_))) => String::new(),
        (_, None) => " (not known)".to_owned(),
        (_, Some(found)) => format!(" (found: {})", told(test, found)),
    };
    format!("{capital}{}{found}.", letters.as_str())
}

fn told(test: &Test, found: Found<'_>) -> String {
    match found {
        Found::Text(text) => quoted(&text.chars().take(80).collect::<String>()),
        Found::Word(word) => match &test.field {
            Field::Key(key) => choice(*key, word),
            Field::Attribute(_) => words::plain(word),
        },
        Found::Number(number) => number.to_string(),
        Found::Money(money) => words::money(money),
        Found::Length(millis) => crate::view::time::span(millis) + if millis < 0 { " ago" } else { "" },
        Found::Time(at) => moment(at),
        Found::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
    }
}

/// How groups are told apart: at the top by commas, one below by "either" and "both", further down by brackets.
fn words_of(condition: &Condition, depth: usize) -> String {
    let (parts, joint) = match condition {
        Condition::All(parts) => (parts, "and"),
        Condition::Any(parts) => (parts, "or"),
        Condition::Not(part) => {
            let inner = words_of(part, 2);
            return format!("it is not the case that {inner}");
        }
        Condition::Is(test) => return of(test),
    };
    match parts.as_slice() {
        [] => "nothing is asked".to_owned(),
        [only] => words_of(only, depth),
        parts => {
            let mut phrases = Vec::with_capacity(parts.len());
            let came = if joint == "and" { came_in(parts) } else { None };
            for (at, part) in parts.iter().enumerate() {
                match &came {
                    Some(came) if at == came.kind => phrases.push(came.phrase.clone()),
                    Some(came) if at == came.source => {}
                    _ => phrases.push(words_of(part, depth + 1)),
                }
            }
            if let [only] = phrases.as_slice() {
                return only.clone();
            }
            let flat = parts.iter().all(|part| matches!(part, Condition::Is(_)));
            match (depth, flat, phrases.as_slice()) {
                (0, ..) => join(&phrases, joint),
                (1, true, [a, b]) if joint == "or" => format!("either {a} or {b}"),
                (1, true, [a, b]) => format!("both {a} and {b}"),
                _ => format!("({})", join(&phrases, joint)),
            }
        }
    }
}

/// "a, b and c".
fn join(phrases: &[String], joint: &str) -> String {
    match phrases {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} {joint} {last}", rest.join(", ")),
    }
}

/// A kind of move and where it came from, told together.
struct CameIn {
    kind: usize,
    source: usize,
    phrase: String,
}

fn came_in(parts: &[Condition]) -> Option<CameIn> {
    let find = |wanted: &[Key]| {
        parts.iter().enumerate().find_map(|(at, part)| match part {
            Condition::Is(Test { field: Field::Key(key), op: Op::Eq, value: Some(Operand::Text(text)) })
                if wanted.contains(key) =>
            {
                Some((at, text.as_str()))
            }
            _ => None,
        })
    };
    let (kind, word) = find(&[Key::MoveKind])?;
    let (source, from) = find(&[Key::MoveSource, Key::SignalSource])?;
    (from != "manual").then(|| CameIn {
        kind,
        source,
        phrase: format!("{} came in through {}", choice(Key::MoveKind, word), source_words(from)),
    })
}

/// A source with an article; what is no word of ours stands in quotes.
fn source_words(source: &str) -> String {
    let told = words::source(source);
    if told == words::plain(source) && source != "mail" { quoted(source) } else { told }
}

/// One test, as a clause.
fn of(test: &Test) -> String {
    let subject = subject(&test.field);
    match (test.op, &test.value) {
        (Op::Exists, _) => format!("{subject} is known"),
        (Op::Missing, _) => format!("{subject} is not known"),
        (_, None) => subject,
        (op, Some(value)) => match &test.field {
            Field::Key(key) => of_key(*key, op, value),
            Field::Attribute(_) => plainly(&subject, op, value),
        },
    }
}

fn of_key(key: Key, op: Op, value: &Operand) -> String {
    match (key, value) {
        (_, Operand::Flag(flag)) => flag_words(key, *flag).to_owned(),
        (Key::MoveDueIn, Operand::Length(length)) => ahead("the move is due", "overdue", op, *length),
        (Key::DealClosesIn, Operand::Length(length)) => ahead("the deal closes", "past its close date", op, *length),
        (Key::MoveDueAt | Key::TimeNow, Operand::Text(text)) => {
            let when = text.parse::<Ts>().map_or_else(|_| quoted(text), moment);
            let how = match op {
                Op::Lt => "before",
                Op::Le => "no later than",
                Op::Gt => "after",
                _ => "no earlier than",
            };
            let subject = if key == Key::TimeNow { "it is" } else { "the move is due" };
            format!("{subject} {how} {when}")
        }
        (Key::MoveKind | Key::MoveState | Key::MoveAction | Key::DealState | Key::TimeWeekday, value) => {
            let subject = match key {
                Key::MoveAction => "its action",
                Key::DealState => "the deal",
                Key::TimeWeekday => "it",
                _ => "the move",
            };
            among(&format!("{subject} is"), op, value, |word| choice(key, word))
        }
        (Key::MoveSource | Key::SignalSource | Key::ContactSource, value)
            if matches!(op, Op::Eq | Op::Ne | Op::In | Op::NotIn) =>
        {
            let subject = match key {
                Key::MoveSource => "the move",
                Key::SignalSource => "the signal",
                _ => "the contact",
            };
            let came = match op {
                Op::Ne | Op::NotIn => "did not come from",
                _ => "came from",
            };
            let from = |word: &str| if word == "manual" { "somebody's hand".to_owned() } else { source_words(word) };
            let sources: Vec<String> = texts(value).into_iter().map(from).collect();
            format!("{subject} {came} {}", join(&sources, "or"))
        }
        _ => plainly(&subject(&Field::Key(key)), op, value),
    }
}

/// A comparison without anything special about it.
fn plainly(subject: &str, op: Op, value: &Operand) -> String {
    let age = matches!(value, Operand::Length(_));
    let how = match op {
        Op::Eq | Op::In => return among(&format!("{subject} is"), Op::In, value, quoted),
        Op::Ne | Op::NotIn => return among(&format!("{subject} is"), Op::NotIn, value, quoted),
        Op::Lt if age => "is under",
        Op::Lt => "is below",
        Op::Le => "is at most",
        Op::Gt if age => "is over",
        Op::Gt => "is above",
        Op::Ge => "is at least",
        Op::Contains => "contains",
        Op::StartsWith => "begins with",
        Op::EndsWith => "ends with",
        Op::Exists | Op::Missing => "is known",
    };
    format!("{subject} {how} {}", literal(value, &quoted))
}

/// "is a", "is a or b", "is not a", "is none of a, b and c".
fn among(is: &str, op: Op, value: &Operand, word: impl Fn(&str) -> String) -> String {
    let one = std::slice::from_ref(value);
    let values = if let Operand::List(values) = value { values.as_slice() } else { one };
    let told: Vec<String> = values.iter().map(|value| literal(value, &word)).collect();
    match (op, told.as_slice()) {
        (Op::Ne | Op::NotIn, [only]) => format!("{is} not {only}"),
        (Op::Ne | Op::NotIn, several) => format!("{is} none of {}", join(several, "and")),
        (_, several) => format!("{is} {}", join(several, "or")),
    }
}

fn literal(value: &Operand, word: &impl Fn(&str) -> String) -> String {
    match value {
        Operand::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Operand::Number(number) => number.to_string(),
        Operand::Money(money) => words::money(money),
        Operand::Length(length) => length.to_string(),
        Operand::Text(text) => word(text),
        Operand::List(values) => join(&values.iter().map(|value| literal(value, word)).collect::<Vec<_>>(), "or"),
    }
}

fn texts(value: &Operand) -> Vec<&str> {
    match value {
        Operand::Text(text) => vec![text],
        Operand::List(values) => values.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// How a moment ahead compares with a length of time: "the move is due within 4 hours", "the move is overdue". What is past is
/// within any time.
fn ahead(is: &str, late: &str, op: Op, length: Length) -> String {
    let subject = is.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let size = length.abs();
    match (length.millis(), op) {
        (0, Op::Lt | Op::Le) => format!("{subject} is {late}"),
        (0, _) => format!("{subject} is not {late}"),
        (..0, Op::Lt | Op::Le) => format!("{subject} is {late} by {size} or more"),
        (..0, _) => format!("{subject} is {late} by {size} at most or not at all"),
        (_, Op::Lt | Op::Le) => format!("{is} within {length}"),
        (_, Op::Gt) => format!("{is} in more than {length}"),
        _ => format!("{is} in {length} or later"),
    }
}

/// A field as the subject of a clause.
fn subject(field: &Field) -> String {
    let key = match field {
        Field::Key(key) => *key,
        Field::Attribute(name) => return format!("the contact's {}", quoted(name)),
    };
    match key {
        Key::MoveKind => "the kind of the move",
        Key::MoveState => "the state of the move",
        Key::MoveSource => "the source of the move",
        Key::MoveTitle => "the title of the move",
        Key::MoveWhy => "the reason for the move",
        Key::MoveAge => "the age of the move",
        Key::MoveByHand => "whether the move was added by hand",
        Key::MoveHasDraft => "whether the move has a draft",
        Key::MoveAction => "the action of the move",
        Key::MoveMinutes => "the effort in minutes",
        Key::MoveDueAt | Key::MoveDueIn => "the time that the move is due",
        Key::ContactEmail => "the contact's address",
        Key::ContactEmailDomain => "the domain of the contact's address",
        Key::ContactName => "the contact's name",
        Key::ContactTitle => "the contact's title",
        Key::ContactCompany => "the contact's company",
        Key::ContactSource => "the source of the contact",
        Key::ContactOwner => "the contact's owner",
        Key::ContactSuppressed => "whether the contact may be written to",
        Key::ContactLocation => "the contact's location",
        Key::ContactEverReplied => "whether the contact has replied before",
        Key::CompanyName => "the company's name",
        Key::CompanyDomain => "the company's domain",
        Key::DealStage => "the stage of the deal",
        Key::DealAmount => "the value of the deal",
        Key::DealProbability => "the probability of the deal in percent",
        Key::DealState => "the state of the deal",
        Key::DealClosesIn => "the time that the deal is to close",
        Key::SignalKind => "the kind of the signal",
        Key::SignalSource => "the source of the signal",
        Key::SignalCount => "the number of signals",
        Key::SignalAge => "the age of the newest signal",
        Key::TimeNow => "the time",
        Key::TimeWeekday => "the day of the week",
        Key::TimeHour => "the hour of the day",
        Key::TimeBusinessHours => "whether it is during business hours",
        Key::ScoreAps => "the score",
        Key::ScoreUrgency => "the score's part for urgency",
        Key::ScoreImpact => "the score's part for impact",
        Key::ScoreIntent => "the score's part for interest",
        Key::ScoreFit => "the score's part for fit",
        Key::ScoreRelationship => "the score's part for the relationship",
        Key::ScoreLearned => "the score's part for what was learned",
        Key::ScoreEffort => "the score's part for effort",
        Key::ScoreFatigue => "the score's part for fatigue",
        Key::ScoreDoubt => "the score's part for doubt",
    }
    .to_owned()
}

const fn flag_words(key: Key, flag: bool) -> &'static str {
    match (key, flag) {
        (Key::MoveByHand, true) => "the move was added by hand",
        (Key::MoveByHand, false) => "the move was not added by hand",
        (Key::MoveHasDraft, true) => "the move has a draft",
        (Key::MoveHasDraft, false) => "the move has no draft",
        (Key::ContactSuppressed, true) => "the contact must not be written to",
        (Key::ContactSuppressed, false) => "the contact may be written to",
        (Key::ContactEverReplied, true) => "the contact has replied before",
        (Key::ContactEverReplied, false) => "the contact has never replied",
        (Key::TimeBusinessHours, true) => "it is during business hours",
        (Key::TimeBusinessHours, false) => "it is outside business hours",
        (_, true) => "it is so",
        (_, false) => "it is not so",
    }
}

/// A word of a choice, as it stands in a clause.
fn choice(key: Key, word: &str) -> String {
    let known = match key {
        Key::MoveKind => word.parse().ok().map(|kind| match kind {
            MoveKind::Reply => "a reply",
            MoveKind::FollowUp => "a follow-up",
            MoveKind::DemoRequest => "a demo request",
            MoveKind::NewLead => "a new lead",
            MoveKind::Meeting => "a meeting",
            MoveKind::Call => "a call",
            MoveKind::Task => "a task",
            MoveKind::Social => "a social post",
            MoveKind::SourceHealth => "a source that needs care",
            MoveKind::DataFix => "a record to put right",
            MoveKind::Custom => "something else",
        }),
        Key::MoveState => word.parse().ok().map(|state| match state {
            MoveState::Pending => "waiting for a decision",
            MoveState::Accepted => "taken",
            MoveState::Executing => "under way",
            MoveState::Done => "done",
            MoveState::Failed => "failed",
            MoveState::Blocked => "blocked",
            MoveState::Snoozed => "snoozed",
            MoveState::Dismissed => "dismissed",
            MoveState::Expired => "expired",
            MoveState::RolledBack => "taken back",
        }),
        Key::MoveAction => word.parse().ok().map(|action| match action {
            ActionKind::SendEmail => "to send an e-mail",
            ActionKind::CreateTask => "to make a task",
            ActionKind::BookMeeting => "to book a meeting",
            ActionKind::UpdateContact => "to change the contact",
            ActionKind::PostSlack => "to post to Slack",
            ActionKind::PostSocial => "to post to a social network",
            ActionKind::CreateDoc => "to write a document",
            ActionKind::None => "nothing a machine could do",
        }),
        Key::DealState => word.parse().ok().map(|state| match state {
            DealState::Open => "open",
            DealState::Won => "won",
            DealState::Lost => "lost",
        }),
        Key::TimeWeekday => word.parse().ok().map(Weekday::name),
        _ => None,
    };
    known.map_or_else(|| quoted(word), str::to_owned)
}

fn effect(effect: &Effect, name: impl Fn(UserId) -> Option<String>) -> String {
    match effect {
        Effect::Approve {} => "approve it".to_owned(),
        Effect::Dismiss { reason } => format!("dismiss it with the reason {}", quoted(reason)),
        Effect::Snooze { until: SnoozeUntil::Hours(hours) } => {
            format!("snooze it for {}", words::count((*hours).into(), "hour", "hours"))
        }
        Effect::Snooze { until: SnoozeUntil::NextBusinessMorning } => {
            "snooze it until the next business morning".to_owned()
        }
        Effect::Assign { user } => {
            let name = name(*user).filter(|name| !name.trim().is_empty());
            format!("assign it to {}", name.unwrap_or_else(|| "somebody who is not here any more".to_owned()))
        }
        Effect::SetDue { hours } => format!("make it due in {}", words::count((*hours).into(), "hour", "hours")),
        Effect::Notify { text } => format!("send the notification {}", quoted(text)),
    }
}

fn limits(limits: Limits, sentence: &mut String) {
    let times = |n: u32| if n == 1 { "once".to_owned() } else { format!("{n} times") };
    let day =
        limits.per_day.map(|n| format!("{} a day", if n == 1 { "once".to_owned() } else { words::number(n.into()) }));
    let contact = limits.per_contact_per_week.map(|n| format!("{} a week per contact", times(n)));
    let told: Vec<String> = day.into_iter().chain(contact).collect();
    if !told.is_empty() {
        sentence.push_str(", at most ");
        sentence.push_str(&join(&told, "and"));
    }
}

/// A person's own words, as they are.
fn quoted(text: &str) -> String {
    format!("“{}”", text.trim())
}

fn moment(at: Ts) -> String {
    at.timestamp().strftime("%-d %b %Y, %H:%M UTC").to_string()
}
