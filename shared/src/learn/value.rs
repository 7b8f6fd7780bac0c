//! Attributes: what is known of a lead, a contact or a signal, as names and values, and their compact form.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What one attribute says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Nothing is known. That too can tell something, so it is a feature of its own.
    Missing,
    /// Yes or no.
    Flag(bool),
    /// A quantity; only its order matters, not its unit.
    Number(f64),
    /// Anything else; case, white space and Unicode form make no difference.
    Text(String),
}

/// The attributes of one thing: (name, value). The first of two with the same name counts.
pub type Attributes = Vec<(String, Value)>;

impl Value {
    /// What the text of a field says: missing (empty, `null`, `n/a`, `nan`), yes or no, a number, or text.
    ///
    /// Numbers may have a currency sign, a percent sign and commas between thousands. What starts with `+` or with
    /// a superfluous zero is a telephone number or a code, so it is text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "" | "null" | "n/a" | "#n/a" | "nan" => Self::Missing,
            "yes" | "true" => Self::Flag(true),
            "no" | "false" => Self::Flag(false),
            _ => number(text).map_or_else(|| Self::Text(text.to_owned()), Self::Number),
        }
    }

    /// The value as people read it; empty when missing.
    #[must_use]
    pub fn display(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Number(n) => n.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    pub(super) fn cell(&self) -> Cell {
        match self {
            Self::Number(n) if n.is_finite() => Cell::number(*n),
            Self::Missing | Self::Number(_) => Cell::MISSING,
            Self::Flag(flag) => Cell::text(if *flag { "yes" } else { "no" }),
            Self::Text(text) if text.trim().is_empty() => Cell::MISSING,
            Self::Text(text) => Cell::text(text),
        }
    }
}

fn number(text: &str) -> Option<f64> {
    let bare = text.trim_start_matches(['$', '€', '£']).trim_end_matches('%').trim();
    let digits = bare.strip_prefix('-').unwrap_or(bare);
    let whole = digits.split('.').next().unwrap_or(digits);
    let code = whole.len() > 1 && whole.starts_with('0');
    if code || !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let groups: Vec<&str> = whole.split(',').collect();
    if groups.len() > 1 && (groups[0].len() > 3 || groups[1..].iter().any(|group| group.len() != 3)) {
        return None;
    }
    bare.replace(',', "").parse().ok().filter(|n: &f64| n.is_finite())
}

/// A value in 32 bits: nothing, a number (to 22 bits), or 30 bits of a text's hash. The text itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell(pub(super) u32);

impl Cell {
    pub(super) const MISSING: Self = Self(0);

    fn number(n: f64) -> Self {
        let near = (n as f32).clamp(f32::MIN, f32::MAX) + 0.0; // -0 and 0 are one value
        Self(near.to_bits() & !3 | 1)
    }

    fn text(text: &str) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        let mut gap = false;
        let mut push = |c: char| {
            for byte in u32::from(c).to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for c in text.trim().nfkc().flat_map(char::to_lowercase) {
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            if std::mem::take(&mut gap) {
                push(' ');
            }
            push(c);
        }
        Self(((hash ^ hash >> 32) as u32) & !3 | 2)
    }

    /// The number, when it is one.
    pub(super) fn as_number(self) -> Option<f32> {
        (self.0 & 3 == 1).then(|| f32::from_bits(self.0 & !3))
    }

    pub(super) fn is_text(self) -> bool {
        self.0 & 3 == 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_by_its_value() {
        let number = |n| Value::Number(n);
        for (text, value) in [
            ("", Value::Missing),
            ("  N/A ", Value::Missing),
            ("Yes", Value::Flag(true)),
            ("false", Value::Flag(false)),
            ("12", number(12.0)),
            ("-0.5", number(-0.5)),
            ("$1,234.50", number(1234.5)),
            ("12 %", number(12.0)),
            ("1e3", number(1000.0)),
            ("+49 170 1234", Value::Text("+49 170 1234".into())),
            ("007", Value::Text("007".into())),
            ("1,2", Value::Text("1,2".into())),
            ("infinity", Value::Text("infinity".into())),
            ("2024-01-02", Value::Text("2024-01-02".into())),
        ] {
            assert_eq!(Value::parse(text), value, "{text}");
        }
    }

    #[test]
    fn case_white_space_and_unicode_form_make_no_difference() {
        let cell = |text: &str| Value::parse(text).cell();
        assert_eq!(cell("Word Of  Mouth"), cell(" word of mouth"));
        assert_eq!(cell("Caf\u{e9}"), cell("CAFE\u{301}"));
        assert_ne!(cell("wordofmouth"), cell("word of mouth"));
        assert_eq!(cell("yes"), Value::Flag(true).cell());
        assert_eq!(Value::Text("  ".into()).cell(), Cell::MISSING);
        assert_eq!(Value::Number(f64::NAN).cell(), Cell::MISSING);
    }

    #[test]
    fn numbers_keep_their_order() {
        let cell = |n: f64| Value::Number(n).cell().as_number().unwrap();
        assert!(cell(-3.0) < cell(0.0) && cell(0.0) < cell(0.25) && cell(660_736.0) < cell(660_737.0));
        assert_eq!(cell(0.0), cell(-0.0));
        assert!(cell(1e300).is_finite());
    }
}
