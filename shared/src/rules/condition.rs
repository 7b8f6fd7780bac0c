//! A condition: tests of fields, joined by all, any and not; and what is wrong with one.

use serde::{Deserialize, Serialize};

use super::field::{Field, Type};
use super::is_refused;
use super::operand::Operand;
use crate::model::words::words;
use crate::model::{Money, Ts};
use crate::problem::FieldError;

/// How deep groups may be nested, the outermost counted.
pub const MOST_DEPTH: usize = 8;
/// How many tests a condition may have.
pub const MOST_TESTS: usize = 100;
/// How many values a list may have.
pub const MOST_VALUES: usize = 100;
/// How many characters a text to compare with may have.
pub const LONGEST_TEXT: usize = 200;
/// The longest time to compare with, either way: ten years.
const LONGEST_TIME: i64 = 3653 * Ts::DAY;

/// When a rule applies. On the wire `{"all": […]}`, `{"any": […]}`, `{"not": …}` or
/// `{"is": {"field": "score.aps", "op": "ge", "value": 60}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Every one of these holds.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    All(Vec<Condition>),
    /// At least one of these holds.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    Any(Vec<Condition>),
    /// This does not hold. It is the plain opposite: the `not` of a comparison holds where the field is missing.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    Not(Box<Condition>),
    /// This test holds.
    Is(Test),
}

/// A test of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RuleTest))]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// The field.
    pub field: Field,
    /// How it is tested.
    pub op: Op,
    /// What it is compared with; none for `exists` and `missing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Operand>,
}

words! {
    /// How a field is tested. Whatever is missing passes no test but `missing`: `ne` and `not_in` are false there too. A text without
    /// a visible character is missing.
    pub enum Op {
        /// Equal. Of texts: but for case, accents and white space.
        Eq = "eq",
        /// Known, and not equal.
        Ne = "ne",
        /// Less, or earlier.
        Lt = "lt",
        /// At most, or no later.
        Le = "le",
        /// More, or later.
        Gt = "gt",
        /// At least, or no earlier.
        Ge = "ge",
        /// Has this text in it.
        Contains = "contains",
        /// Begins with this text.
        StartsWith = "starts_with",
        /// Ends with this text.
        EndsWith = "ends_with",
        /// Equal to one of these.
        In = "in",
        /// Known, and equal to none of these.
        NotIn = "not_in",
        /// Known.
        Exists = "exists",
        /// Not known.
        Missing = "missing",
    }
}

impl Op {
    /// How a field of this type may be tested.
    #[must_use]
    pub fn of(kind: Type) -> Vec<Self> {
        use Op::{Contains, EndsWith, Eq, Exists, Ge, Gt, In, Le, Lt, Missing, Ne, NotIn, StartsWith};
        match kind {
            Type::Text => vec![Eq, Ne, Contains, StartsWith, EndsWith, In, NotIn, Exists, Missing],
            Type::Number => vec![Eq, Ne, Lt, Le, Gt, Ge, In, NotIn, Exists, Missing],
            Type::Money => vec![Eq, Ne, Lt, Le, Gt, Ge, Exists, Missing],
            Type::Duration | Type::Time => vec![Lt, Le, Gt, Ge, Exists, Missing],
            Type::Bool => vec![Eq],
            Type::Choice => vec![Eq, Ne, In, NotIn, Exists, Missing],
            Type::Attribute => Self::ALL.to_vec(),
        }
    }
}

impl Condition {
    /// The tests, from left to right.
    #[must_use]
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Not(part) => part.tests(),
            Self::Is(test) => vec![test],
        }
    }

    /// Whether it can be a rule's condition.
    ///
    /// # Errors
    /// Everything that is wrong, each at its place below the condition, as JSON pointers.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut complaints = Vec::new();
        self.check("", 1, &mut complaints);
        let tests = self.tests().len();
        if tests > MOST_TESTS {
            complaints.push(FieldError::new("", format!("{tests} tests are too many: {MOST_TESTS} at most")));
        }
        if complaints.is_empty() { Ok(()) } else { Err(complaints) }
    }

    fn check(&self, at: &str, depth: usize, complaints: &mut Vec<FieldError>) {
        if depth > MOST_DEPTH {
            complaints.push(FieldError::new(at, format!("nested too deeply: {MOST_DEPTH} levels at most")));
            return;
        }
        let (name, parts) = match self {
            Self::All(parts) => ("all", parts),
            Self::Any(parts) => ("any", parts),
            Self::Not(part) => return part.check(&format!("{at}/not"), depth + 1, complaints),
            Self::Is(test) => {
                complaints.extend(test.complaint(&format!("{at}/is")));
                return;
            }
        };
        if parts.is_empty() {
            complaints.push(FieldError::new(format!("{at}/{name}"), "an empty group: give it at least one test"));
        }
        for (index, part) in parts.iter().enumerate() {
            part.check(&format!("{at}/{name}/{index}"), depth + 1, complaints);
        }
    }
}

impl Test {
    fn complaint(&self, at: &str) -> Option<FieldError> {
        let kind = self.field.kind();
        let possible = Op::of(kind);
        if !possible.contains(&self.op) {
            let possible: Vec<_> = possible.iter().map(|op| op.as_str()).collect();
            let detail = format!("{} can be tested with {}, not with {}", self.field, possible.join(", "), self.op);
            return Some(FieldError::new(format!("{at}/op"), detail));
        }
        let at = format!("{at}/value");
        match (self.op, &self.value) {
            (Op::Exists | Op::Missing, None) => None,
            (Op::Exists | Op::Missing, Some(_)) => Some(FieldError::new(at, format!("{} takes no value", self.op))),
            (_, None) => Some(FieldError::new(at, format!("{} needs a value", self.op))),
            (Op::In | Op::NotIn, Some(Operand::List(values))) => self.list(&at, values),
            (Op::In | Op::NotIn, Some(_)) => Some(FieldError::new(at, "expected a list of values")),
            (_, Some(value)) => self.misfit(value).map(|detail| FieldError::new(at, detail)),
        }
    }

    fn list(&self, at: &str, values: &[Operand]) -> Option<FieldError> {
        if values.is_empty() || values.len() > MOST_VALUES {
            return Some(FieldError::new(at, format!("expected 1 to {MOST_VALUES} values, not {}", values.len())));
        }
        let misfits = values.iter().enumerate().filter_map(|(index, value)| Some((index, self.misfit(value)?)));
        misfits.map(|(index, detail)| FieldError::new(format!("{at}/{index}"), detail)).next()
    }

    /// What is wrong with one value for this field.
    fn misfit(&self, value: &Operand) -> Option<String> {
        let textual = matches!(self.op, Op::Contains | Op::StartsWith | Op::EndsWith);
        match (self.field.kind(), value) {
            (Type::Text | Type::Attribute, Operand::Text(text)) => {
                let ordered = matches!(self.op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
                if ordered { Some(format!("expected a number for {}", self.op)) } else { bad_text(text) }
            }
            (Type::Attribute, Operand::Number(_)) if !textual => None,
            (Type::Choice, Operand::Text(word)) => {
                let choices = self.field.choices();
                let known = choices.iter().any(|choice| choice.word == word);
                let words = || choices.iter().map(|choice| choice.word).collect::<Vec<_>>().join(", ");
                (!known).then(|| format!("expected one of: {}", words()))
            }
            (Type::Time, Operand::Text(text)) => text.parse::<Ts>().err().map(|why| why.to_string()),
            (Type::Duration, Operand::Length(length)) => {
                (length.millis().abs() > LONGEST_TIME).then(|| "expected ten years at most".to_owned())
            }
            (Type::Money, Operand::Money(money)) => bad_currency(money),
            (Type::Number, Operand::Number(_)) | (Type::Bool, Operand::Flag(_)) => None,
            _ if textual => Some("expected a text".to_owned()),
            (kind, _) => Some(format!("expected {}", example(kind))),
        }
    }
}

/// What a value of this type looks like.
const fn example(kind: Type) -> &'static str {
    match kind {
        Type::Text => "a text",
        Type::Number => "a number",
        Type::Money => "an amount such as {\"minor\": 500000, \"currency\": \"EUR\"}",
        Type::Duration => "a length of time such as {\"hours\": 4}",
        Type::Time => "a time such as \"2026-03-01T09:00:00Z\"",
        Type::Bool => "true or false",
        Type::Choice => "one of the field's words",
        Type::Attribute => "a text or a number",
    }
}

/// What is wrong with a text that a person wrote into a rule: rules are shown as sentences, so it must be visible and short, and
/// braces are left to templates.
pub(super) fn bad_text(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        Some("a text is needed".to_owned())
    } else if text.chars().count() > LONGEST_TEXT {
        Some(format!("{LONGEST_TEXT} characters at most"))
    } else if text.contains(is_refused) {
        Some("line breaks, control characters and braces are not possible here".to_owned())
    } else {
        None
    }
}

fn bad_currency(money: &Money) -> Option<String> {
    let code = money.currency.len() == 3 && money.currency.bytes().all(|byte| byte.is_ascii_uppercase());
    (!code).then(|| "expected an ISO 4217 code such as EUR".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Condition {
        serde_json::from_str(json).unwrap()
    }

    fn complaints(json: &str) -> Vec<(String, String)> {
        let complaints = read(json).validate().err().unwrap_or_default();
        complaints.into_iter().map(|complaint| (complaint.pointer, complaint.detail)).collect()
    }

    #[test]
    fn a_condition_goes_round_on_the_wire() {
        let json = concat!(
            r#"{"all":[{"is":{"field":"move.kind","op":"eq","value":"demo_request"}},{"any":[{"is":{"field":"score.aps","op":"ge","#,
            r#""value":60}},{"not":{"is":{"field":"contact.attributes.Size","op":"missing"}}}]}]}"#
        );
        assert_eq!(serde_json::to_string(&read(json)).unwrap(), json);
        assert_eq!(read(json).validate(), Ok(()));
    }

    #[test]
    fn what_is_unknown_is_refused() {
        for bad in [
            r#"{"every":[]}"#,
            r#"{"all":[],"any":[]}"#,
            r#"{"is":{"field":"move.luck","op":"exists"}}"#,
            r#"{"is":{"field":"move.kind","op":"like","value":"x"}}"#,
            r#"{"is":{"field":"move.kind","op":"exists","extra":1}}"#,
        ] {
            assert!(serde_json::from_str::<Condition>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_complaint_says_where_and_what() {
        for (json, pointer, detail) in [
            (r#"{"all":[]}"#, "/all", "an empty group: give it at least one test"),
            (r#"{"not":{"any":[]}}"#, "/not/any", "an empty group: give it at least one test"),
            (
                r#"{"all":[{"is":{"field":"move.age","op":"eq","value":{"hours":4}}}]}"#,
                "/all/0/is/op",
                "move.age can be tested with lt, le, gt, ge, exists, missing, not with eq",
            ),
            (r#"{"is":{"field":"score.aps","op":"ge"}}"#, "/is/value", "ge needs a value"),
            (r#"{"is":{"field":"score.aps","op":"exists","value":1}}"#, "/is/value", "exists takes no value"),
            (r#"{"is":{"field":"score.aps","op":"ge","value":"60"}}"#, "/is/value", "expected a number"),
            (
                r#"{"is":{"field":"deal.state","op":"eq","value":"lose"}}"#,
                "/is/value",
                "expected one of: open, won, lost",
            ),
            (r#"{"is":{"field":"move.kind","op":"in","value":"reply"}}"#, "/is/value", "expected a list of values"),
            (r#"{"is":{"field":"move.kind","op":"in","value":[]}}"#, "/is/value", "expected 1 to 100 values, not 0"),
            (r#"{"is":{"field":"contact.title","op":"in","value":["CEO",["CTO"]]}}"#, "/is/value/1", "expected a text"),
            (r#"{"is":{"field":"contact.title","op":"contains","value":"  "}}"#, "/is/value", "a text is needed"),
            (
                r#"{"is":{"field":"contact.title","op":"contains","value":"{name}"}}"#,
                "/is/value",
                "line breaks, control characters and braces are not possible here",
            ),
            (
                r#"{"is":{"field":"deal.amount","op":"gt","value":{"minor":1,"currency":"euro"}}}"#,
                "/is/value",
                "expected an ISO 4217 code such as EUR",
            ),
            (
                r#"{"is":{"field":"contact.attributes.Size","op":"gt","value":"many"}}"#,
                "/is/value",
                "expected a number for gt",
            ),
            (
                r#"{"is":{"field":"move.age","op":"gt","value":{"days":4000}}}"#,
                "/is/value",
                "expected ten years at most",
            ),
        ] {
            assert_eq!(complaints(json), [(pointer.to_owned(), detail.to_owned())], "{json}");
        }
        assert_eq!(complaints(r#"{"is":{"field":"move.due_at","op":"lt","value":"tomorrow"}}"#)[0].0, "/is/value");
    }

    #[test]
    fn eight_levels_and_a_hundred_tests_are_the_most() {
        let test = r#"{"is":{"field":"contact.email","op":"exists"}}"#;
        let nested = |depth: usize| format!("{}{test}{}", r#"{"not":"#.repeat(depth), "}".repeat(depth));
        assert!(complaints(&nested(MOST_DEPTH - 1)).is_empty());
        assert_eq!(complaints(&nested(MOST_DEPTH))[0].1, "nested too deeply: 8 levels at most");
        let wide = |tests: usize| format!(r#"{{"all":[{}]}}"#, vec![test; tests].join(","));
        assert!(complaints(&wide(MOST_TESTS)).is_empty());
        assert_eq!(
            complaints(&wide(MOST_TESTS + 1)),
            [(String::new(), "101 tests are too many: 100 at most".to_owned())]
        );
    }
}
