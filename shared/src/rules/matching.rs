//! Whether a condition holds of a move, and why: what each of its tests says.

use std::cmp::Ordering;

use super::condition::{Condition, Op, Test};
use super::facts::{Facts, Found};
use super::operand::{Decimal, Operand};
use super::sentence;
use crate::capture::fold::fold_text;
use crate::capture::values::parse_amount;
use crate::model::Ts;

impl Condition {
    /// Whether it holds of these facts.
    ///
    /// A missing field passes no comparison, `ne` and `not_in` included; neither does one that cannot be compared with the value,
    /// such as an amount of another currency. A group of nothing never holds: no rule applies by accident.
    #[must_use]
    pub fn matches(&self, facts: &Facts) -> bool {
        match self {
            Self::All(parts) => !parts.is_empty() && parts.iter().all(|part| part.matches(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(facts)),
            Self::Not(part) => !part.matches(facts),
            Self::Is(test) => test.holds(facts),
        }
    }

    /// What each test says of these facts, from left to right: the test as a sentence with what was found, and whether it holds.
    #[must_use]
    pub fn explain(&self, facts: &Facts) -> Vec<(String, bool)> {
        let explain = |test: &&Test| (sentence::of_test(test, facts.find(&test.field)), test.holds(facts));
        self.tests().iter().map(explain).collect()
    }
}

impl Test {
    /// Whether it holds of these facts; see [`Condition::matches`].
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        let found = facts.find(&self.field);
        match self.op {
            Op::Exists => found.is_some(),
            Op::Missing => found.is_none(),
            op => found.zip(self.value.as_ref()).is_some_and(|(found, value)| compare(op, found, value)),
        }
    }
}

fn compare(op: Op, found: Found<'_>, value: &Operand) -> bool {
    let equal = |value: &Operand| order(found, value).map(Ordering::is_eq);
    let ordered = |wanted: fn(Ordering) -> bool| {
        let textual = matches!((found, value), (Found::Text(_) | Found::Word(_), Operand::Text(_)));
        !textual && order(found, value).is_some_and(wanted)
    };
    match op {
        Op::Eq => equal(value) == Some(true),
        Op::Ne => equal(value) == Some(false),
        Op::Lt => ordered(Ordering::is_lt),
        Op::Le => ordered(Ordering::is_le),
        Op::Gt => ordered(Ordering::is_gt),
        Op::Ge => ordered(Ordering::is_ge),
        Op::Contains => folded(found, value).is_some_and(|(text, part)| text.contains(&part)),
        Op::StartsWith => folded(found, value).is_some_and(|(text, part)| text.starts_with(&part)),
        Op::EndsWith => folded(found, value).is_some_and(|(text, part)| text.ends_with(&part)),
        Op::In => list(value).iter().any(|value| equal(value) == Some(true)),
        Op::NotIn => !list(value).is_empty() && list(value).iter().all(|value| equal(value) == Some(false)),
        Op::Exists | Op::Missing => false,
    }
}

fn list(value: &Operand) -> &[Operand] {
    match value {
        Operand::List(values) => values,
        _ => &[],
    }
}

/// How what was found compares with a value; none when the two cannot be compared. Of texts only equality means anything.
fn order(found: Found<'_>, value: &Operand) -> Option<Ordering> {
    match (found, value) {
        (Found::Text(text), Operand::Text(wanted)) => Some(fold_text(text).cmp(&fold_text(wanted))),
        (Found::Word(word), Operand::Text(wanted)) => Some(word.cmp(wanted)),
        (Found::Text(text), Operand::Number(wanted)) => Some(number(text)?.cmp(wanted)),
        (Found::Number(number), Operand::Number(wanted)) => Some(number.cmp(wanted)),
        (Found::Money(money), Operand::Money(wanted)) => {
            (money.currency == wanted.currency).then(|| money.minor.cmp(&wanted.minor))
        }
        (Found::Length(millis), Operand::Length(wanted)) => Some(millis.cmp(&wanted.millis())),
        (Found::Time(at), Operand::Text(wanted)) => Some(at.cmp(&wanted.parse::<Ts>().ok()?)),
        (Found::Flag(flag), Operand::Flag(wanted)) => Some(flag.cmp(wanted)),
        _ => None,
    }
}

/// The number that an attribute's text is, rounded to hundredths: `1,200`, `12.5`, `€ 300`.
fn number(text: &str) -> Option<Decimal> {
    // The euro has hundredths, which is all that is asked of it here.
    parse_amount(text)?.minor_units("EUR").map(Decimal::from_hundredths)
}

/// A text and the part to look for in it, both folded; none when there is nothing to look for.
fn folded(found: Found<'_>, value: &Operand) -> Option<(String, String)> {
    match (found, value) {
        (Found::Text(text), Operand::Text(part)) => {
            Some((fold_text(text), fold_text(part))).filter(|(_, part)| !part.is_empty())
        }
        _ => None,
    }
}
