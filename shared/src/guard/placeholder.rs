//! Nothing goes out that was meant to be filled in, in whatever template language it was written.

use super::blanks::{MAX_NAME, Sure, is_blank};
use super::excerpt::excerpt;
use super::finding::{Finding, Guardrail};
use super::greeting;
use super::part::Part;

/// How far a placeholder's end may lie from its beginning, in bytes.
const REACH: usize = 120;
/// Marks that people leave where something is still to come. In two parts, so that nobody takes this file for unfinished.
const MARKS: [&str; 3] = ["TBD", concat!("TO", "DO"), concat!("FIX", "ME")];
/// Signs of money.
const MONEY: [char; 4] = ['$', '€', '£', '¥'];
/// Codes and signs that follow an amount.
const UNITS: [&str; 10] = ["$", "€", "£", "¥", "%", "EUR", "USD", "GBP", "CHF", "JPY"];
/// What programs write by mistake where a value should be.
const SLIPS: [&str; 3] = ["[object Object]", "Invalid Date", "#NAME?"];

/// Passes when no part has anything left to be filled in.
#[must_use]
pub fn check(parts: &[Part<'_>]) -> Finding {
    match parts.iter().find_map(|part| find(part.text).map(|found| (part.name, found))) {
        None => Finding::pass(Guardrail::Placeholder),
        Some((place, found)) => {
            let reason = format!("{place} still says “{}”: fill it in or take it out", excerpt(found));
            Finding::block(Guardrail::Placeholder, reason)
        }
    }
}

/// The first thing in the text that was meant to be filled in: a placeholder of a template language, a blank in brackets, a mark such
/// as "lorem ipsum", a greeting without a name, a program's "undefined" for a name or an amount.
#[must_use]
pub fn find(text: &str) -> Option<&str> {
    in_brackets(text)
        .or_else(|| mark(text))
        .or_else(|| greeting::of_nobody(text))
        .or_else(|| SLIPS.iter().find_map(|slip| text.find(slip).and_then(|at| text.get(at..at + slip.len()))))
}

fn in_brackets(text: &str) -> Option<&str> {
    let mut in_address = false;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        let rest = || text.get(at..).unwrap_or_default();
        let found = match byte {
            b'{' => brace(rest(), before),
            b'[' => square(rest()),
            b'<' => angle(rest()),
            b'%' => percent(rest(), in_address),
            b'*' => between(rest(), "*|", "|*").filter(|inner| !inner.is_empty()).map(|inner| inner.len() + 4),
            b':' => {
                in_address |= rest().starts_with("://");
                None
            }
            _ => None,
        };
        if let Some(length) = found {
            let end = text.floor_char_boundary((at + length).min(text.len()));
            return text.get(at..end);
        }
        in_address &= !byte.is_ascii_whitespace();
        before = byte;
    }
    None
}

/// What stands between `open`, with which the text begins, and the next `close`, if that is near.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inner = text.strip_prefix(open)?;
    let near = inner.get(..inner.floor_char_boundary(REACH))?;
    near.split_once(close).map(|(inner, _)| inner)
}

/// `{{name}}`, `{% if %}`, `${name}`, `#{name}`, `{name}`, `{Hi|Hello}`: how long it is.
fn brace(text: &str, before: u8) -> Option<usize> {
    if text.starts_with("{{") {
        return Some(between(text, "{{", "}}").map_or(REACH.min(40), |inner| inner.len() + 4));
    }
    if text.starts_with("{%") {
        return Some(between(text, "{%", "%}").map_or(REACH.min(40), |inner| inner.len() + 4));
    }
    let inner = between(text, "{", "}")?;
    let variable = matches!(before, b'$' | b'#') && inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    // `{name}` set in backquotes is about a program.
    let quoted = before == b'`' && text.get(inner.len() + 2..).is_some_and(|after| after.starts_with('`'));
    let choice = inner.len() <= MAX_NAME
        && inner.contains('|')
        && inner.split('|').all(|word| word.contains(char::is_alphabetic));
    let name = !quoted && is_blank(inner) == Sure::Yes;
    (variable || choice || name).then_some(inner.len() + 2)
}

/// `[[name]]`, `[First Name]`, `[insert link]`: how long it is. `[Name](https://…)` is a link, `[1]` a footnote.
fn square(text: &str) -> Option<usize> {
    if let Some(inner) = between(text, "[[", "]]")
        && inner.contains(char::is_alphabetic)
        && !inner.contains(['[', ']'])
    {
        return Some(inner.len() + 4);
    }
    let inner = between(text, "[", "]")?;
    let after = text.get(inner.len() + 2..).unwrap_or_default();
    let link = ["(http", "(mailto:", "(tel:", "(www.", "(/", "(#"].iter().any(|start| after.starts_with(start));
    (!link && is_blank(inner) != Sure::No).then_some(inner.len() + 2)
}

/// `<%= name %>`, `<First Name>`: how long it is. `<ann@acme.example>` is an address, `<title>` an element.
fn angle(text: &str) -> Option<usize> {
    if let Some(inner) = between(text, "<%", "%>") {
        return Some(inner.len() + 4);
    }
    let inner = between(text, "<", ">")?;
    let plain = inner.starts_with(char::is_alphabetic) && !inner.contains(['@', ':', '/', '=', '<']);
    (plain && is_blank(inner) == Sure::Yes).then_some(inner.len() + 2)
}

/// `%FIRSTNAME%`, `%first_name%`: how long it is. `%C3%A4` in an address is a letter, `10% to 20%` are two figures.
fn percent(text: &str, in_address: bool) -> Option<usize> {
    let inner = between(text, "%", "%")?;
    let first = inner.bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
    let escape = first == 2 && (inner.len() == 2 || in_address);
    let name = inner.len() >= 2
        && inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let meant = !inner.contains(|c: char| c.is_ascii_lowercase()) || is_blank(inner) == Sure::Yes;
    (name && meant && !escape).then_some(inner.len() + 2)
}

/// A mark such as "TBD" or "lorem ipsum", a row of X where a figure belongs, or a program's "undefined" where an amount does.
fn mark(text: &str) -> Option<&str> {
    let mut at = 0;
    let mut before = "";
    let mut pieces = text.split_inclusive(|c: char| !c.is_alphanumeric()).peekable();
    while let Some(piece) = pieces.next() {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let end = at + word.len();
        if !word.is_empty() {
            let after = text.get(end..).unwrap_or_default();
            let next = pieces.peek().map_or("", |next| next.trim_end_matches(|c: char| !c.is_alphanumeric()));
            if is_mark(word, before, next, after) || is_figure(text, at, word, after) {
                return text.get(at..end);
            }
            if word.eq_ignore_ascii_case("ipsum") && before.eq_ignore_ascii_case("lorem") {
                return text.get(at.saturating_sub(6)..end).or(Some(word));
            }
            before = word;
        }
        at += piece.len();
    }
    None
}

fn is_mark(word: &str, before: &str, next: &str, after: &str) -> bool {
    // The second mark followed by a word in capitals: in a line of capitals it is Spanish for "all".
    let shouted = |word: &str| word.len() > 1 && word.chars().all(char::is_uppercase);
    let spanish = word == MARKS[1] && !after.starts_with(':') && (shouted(before) || shouted(next));
    (MARKS.contains(&word) && !spanish) || (word.len() >= 3 && word.bytes().all(|byte| byte == b'X'))
}

/// Whether a word stands where a figure belongs, and is none.
fn is_figure(text: &str, at: usize, word: &str, after: &str) -> bool {
    let exes = word.len() >= 2 && word.bytes().all(|byte| byte == b'X');
    if !exes && !matches!(word, "undefined" | "null" | "NaN" | "None") {
        return false;
    }
    let before = text.get(text.floor_char_boundary(at.saturating_sub(8))..at).unwrap_or_default();
    let after = after.strip_prefix([' ', '\u{a0}']).unwrap_or(after);
    let unit = UNITS.iter().find_map(|unit| after.strip_prefix(unit));
    before.trim_end_matches([' ', '\u{a0}']).ends_with(MONEY)
        || unit.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
#[path = "placeholder_tests.rs"]
mod tests;
