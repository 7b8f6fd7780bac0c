//! Canonical JSON (RFC 8785) for everything but fractions: one text for one value.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

/// The largest whole number on which every JSON parser agrees, and its negative the smallest (RFC 7493 §2.2).
const MOST: u64 = (1 << 53) - 1;
/// Deeper values are refused; nothing of ours is near it.
const DEPTH: usize = 64;

/// A value that has no canonical text here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {why}")]
pub struct NotCanonical {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What is not possible, in words.
    pub why: &'static str,
}

/// The canonical text of a value, as RFC 8785 defines it.
///
/// # Errors
/// [`NotCanonical`] for a number with a fraction or an exponent, for one beyond 2^53 − 1 either side of zero, and for a value
/// nested deeper than 64.
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut out = String::new();
    write(value, &mut Vec::new(), &mut out)?;
    Ok(out)
}

fn write<'a>(value: &'a Value, path: &mut Vec<Step<'a>>, out: &mut String) -> Result<(), NotCanonical> {
    if path.len() > DEPTH {
        return Err(refused(path, "nested too deeply"));
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => whole(number, out).map_err(|why| refused(path, why))?,
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                path.push(Step::Item(at));
                write(item, path, out)?;
                path.pop();
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (name, member)) in sorted(members).into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                string(name, out);
                out.push(':');
                path.push(Step::Member(name));
                write(member, path, out)?;
                path.pop();
            }
            out.push('}');
        }
    }
    Ok(())
}

/// The members by the UTF-16 code units of their names (RFC 8785 §3.2.3), which is not the order of their UTF-8 bytes:
/// U+10000 and above come before U+E000.
fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    sorted
}

fn whole(number: &Number, out: &mut String) -> Result<(), &'static str> {
    let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs)).ok_or("only whole numbers")?;
    if size > MOST {
        return Err("no whole number beyond 2^53 − 1");
    }
    if number.as_u64().is_none() {
        out.push('-');
    }
    out.push_str(&size.to_string());
    Ok(())
}

/// A string with the escapes of RFC 8785 §3.2.2.2 and no others.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            // Writing to a string cannot fail.
            '\0'..='\u{1f}' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Item(usize),
    Member(&'a str),
}

fn refused(path: &[Step<'_>], why: &'static str) -> NotCanonical {
    let token = |step: &Step<'_>| match step {
        Step::Item(at) => format!("/{at}"),
        Step::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
    };
    NotCanonical { pointer: path.iter().map(token).collect(), why }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn members_stand_in_the_order_of_rfc_8785_section_3_2_3() {
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = canonical(&value).unwrap();
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
        let places: Vec<_> = order.iter().map(|name| text.find(name).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn strings_are_escaped_as_rfc_8785_section_3_2_2_2_says() {
        let value = read(r#"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#);
        assert_eq!(canonical(&value).unwrap(), "{\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
        assert_eq!(canonical(&json!("\u{7f}\u{2028}\u{8}\u{c}\t")).unwrap(), "\"\u{7f}\u{2028}\\b\\f\\t\"");
    }

    #[test]
    fn numbers_are_whole_and_within_what_every_parser_reads() {
        for (json, text) in [
            ("0", "0"),
            ("-1", "-1"),
            ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"),
        ] {
            assert_eq!(canonical(&read(json)).unwrap(), text);
        }
        for bad in ["1.5", "1.0", "1e3", "-0.0", "9007199254740992", "-9007199254740992", "18446744073709551615"] {
            assert_eq!(canonical(&read(&format!("{{\"a/b\":[{bad}]}}"))).unwrap_err().pointer, "/a~1b/0", "{bad}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused() {
        let nested = |depth: usize| read(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        assert!(canonical(&nested(DEPTH)).is_ok());
        assert_eq!(canonical(&nested(DEPTH + 2)).unwrap_err().why, "nested too deeply");
    }

    /// Any value that has a canonical text.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(MOST as i64)..=MOST as i64).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(Value::from),
                btree_map(any::<String>(), inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_canonical_text_read_and_written_again_is_itself(value in value()) {
            let text = canonical(&value).unwrap();
            prop_assert_eq!(&read(&text), &value);
            prop_assert_eq!(canonical(&read(&text)).unwrap(), text);
        }

        #[test]
        fn the_order_in_which_members_were_written_does_not_matter(
            members in btree_map(any::<String>(), any::<bool>(), 0..8), turn in 0..8usize,
        ) {
            let member = |(name, flag): &(String, bool)| format!("{}:{flag}", serde_json::to_string(name).unwrap());
            let mut members: Vec<_> = members.into_iter().collect();
            let straight = read(&format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(",")));
            let by = turn.min(members.len());
            members.rotate_left(by);
            members.reverse();
            let turned = read(&format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(" , ")));
            prop_assert_eq!(canonical(&straight).unwrap(), canonical(&turned).unwrap());
        }

        #[test]
        fn different_values_have_different_texts(a in value(), b in value()) {
            prop_assert_eq!(a == b, canonical(&a).unwrap() == canonical(&b).unwrap());
        }
    }
}
