//! Where somebody's own words end and their visiting card begins.

use super::card_words::{CARD_WORDS, CLOSINGS, DISCLAIMERS};
use super::{is_blank, is_prose, tagline};

/// Index of the line at which the signature of `lines` begins; `lines.len()` when they have none.
///
/// `spoken` says that there are words of the sender above these lines; without any, the first lines are never a
/// signature: a mail that is nothing but a name says that name.
pub(super) fn start(lines: &[&str], spoken: bool) -> usize {
    let mut end = delimiter(lines, spoken).unwrap_or(lines.len());
    end = end.min(disclaimer(lines.get(..end).unwrap_or(lines), spoken));
    let mut own = lines.get(..end).unwrap_or(lines);
    end = after_closing(own, spoken).unwrap_or(end);
    own = own.get(..end).unwrap_or(own);
    end = card(own, spoken).unwrap_or(end);
    own = own.get(..end).unwrap_or(own);
    trailing_rules(own, spoken).unwrap_or(end)
}

fn delimiter(lines: &[&str], spoken: bool) -> Option<usize> {
    // Signatures are short: only a true delimiter ("-- ") may stand far above the end.
    let floor =
        (0..lines.len()).rev().filter(|&at| lines.get(at).is_some_and(|line| !is_blank(line))).nth(30).unwrap_or(0);
    let mut seen = spoken;
    let mut fenced = false;
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim_end_matches(['\r', '\n']);
        if is_prose(line) {
            seen = true;
            continue;
        }
        let bare = line.trim();
        if bare.starts_with("```") {
            fenced = !fenced;
        }
        if !seen || fenced || (at < floor && line != "-- ") || !is_rule(bare) {
            seen |= !bare.is_empty();
            continue;
        }
        let rest = lines.get(at + 1..).unwrap_or(&[]);
        if line == "-- " {
            return Some(at);
        }
        let filled: Vec<&str> = rest.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).take(30).collect();
        if filled.is_empty() {
            continue;
        }
        let cards = filled.iter().filter(|line| is_card_line(line)).count();
        let fits = if bare == "--" {
            filled.len() <= 25
        } else {
            filled.len() <= 14 && !filled.iter().any(|line| is_sentence(line)) && (cards > 0 || filled.len() <= 4)
        };
        if fits {
            return Some(at);
        }
    }
    None
}

/// A line of nothing but dashes, underscores or the like.
pub(super) fn is_rule(line: &str) -> bool {
    let mut count = 0;
    for c in line.chars() {
        match c {
            '—' | '–' | '―' | 'ᐧ' => count += 2,
            '-' | '_' | '=' | '~' | '*' | '#' | '+' => count += 1,
            ' ' | '\u{a0}' | '\t' => {}
            _ => return false,
        }
    }
    count >= 2
}

fn disclaimer(lines: &[&str], spoken: bool) -> usize {
    let mut seen = spoken;
    let mut fresh = true;
    for (at, line) in lines.iter().enumerate() {
        if is_blank(line) {
            fresh = true;
            continue;
        }
        let bare = line.trim();
        if seen
            && fresh
            && bare.len() > 14
            && is_small_print(bare)
            && (bare.len() > 60 || at + 3 > lines.len() || bare.ends_with(':'))
        {
            return at;
        }
        seen = true;
        fresh = is_rule(bare);
    }
    lines.len()
}

/// Whether the line begins as legal small print does.
pub(super) fn is_small_print(line: &str) -> bool {
    let head = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let head: String = head.chars().take(48).collect::<String>().to_lowercase();
    DISCLAIMERS.iter().any(|opening| head.starts_with(opening))
}

/// The block behind "Best regards, Alex": the formula and the name are the sender's words, the rest is the card.
fn after_closing(lines: &[&str], spoken: bool) -> Option<usize> {
    let mut filled = 0;
    for at in (0..lines.len()).rev() {
        let line = lines.get(at)?.trim();
        if line.is_empty() {
            continue;
        }
        filled += 1;
        if filled > 25 {
            return None;
        }
        let Some(named) = closing(line) else { continue };
        if at == 0 && !spoken && lines.len() > 12 {
            return None;
        }
        let mut next = at + 1;
        if !named {
            let name = (next..lines.len()).find(|&at| lines.get(at).is_some_and(|line| !is_blank(line)))?;
            if is_name(lines.get(name)?.trim()) {
                next = name + 1;
            }
        }
        let block: Vec<&str> =
            lines.get(next..)?.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        let first = block.first()?;
        let postscript = first.len() > 2
            && first.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("ps") || head.eq_ignore_ascii_case("p."));
        let cards = block.iter().filter(|line| is_card_line(line)).count();
        let taglines = block.iter().filter(|line| tagline::is(line)).count();
        if !postscript
            && !tagline::is(first)
            && cards > 0
            && block.len() <= 16
            && 3 * (cards + taglines) >= block.len()
            && !block.iter().any(|line| is_sentence(line))
        {
            return Some(next);
        }
        return None;
    }
    None
}

/// A visiting card without a formula above it: the last paragraph, beginning with a name.
fn card(lines: &[&str], spoken: bool) -> Option<usize> {
    let last = lines.iter().rposition(|line| !is_blank(line) && !tagline::is(line))?;
    let first =
        (0..=last).rev().take(10).find(|&at| at == 0 || lines.get(at - 1).is_some_and(|line| is_blank(line)))?;
    let block = lines.get(first..=last)?;
    if block.len() < 2 || block.len() > 9 || !(spoken || lines.get(..first)?.iter().any(|line| !is_blank(line))) {
        return None;
    }
    let name = block.first()?.trim().trim_matches('*');
    if !is_full_name(name) || block.iter().any(|line| is_sentence(line.trim())) {
        return None;
    }
    let rest = block.get(1..)?;
    let contacts = rest.iter().filter(|line| is_contact(line.trim())).count();
    let cards = rest.iter().filter(|line| is_card_line(line.trim())).count();
    (contacts >= 1 && 2 * cards >= rest.len()).then_some(first)
}

fn trailing_rules(lines: &[&str], spoken: bool) -> Option<usize> {
    let last = lines.iter().rposition(|line| !is_blank(line) && !is_rule(line.trim()))?;
    let rule = (last + 1..lines.len()).find(|&at| lines.get(at).is_some_and(|line| !is_blank(line)))?;
    (spoken || last < rule).then_some(rule)
}

/// Whether the line is a closing formula; if so, whether it holds the name too.
pub(super) fn closing(line: &str) -> Option<bool> {
    if line.len() > 80 {
        return None;
    }
    let lower = line.to_lowercase();
    let lower = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let formula = CLOSINGS.iter().filter(|formula| lower.starts_with(**formula)).max_by_key(|formula| formula.len())?;
    let rest = lower.get(formula.len()..)?;
    if rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii()) {
        return None;
    }
    let words: Vec<&str> = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let known = [
        "and",
        "regards",
        "wishes",
        "in",
        "advance",
        "again",
        "for",
        "your",
        "help",
        "very",
        "much",
        "so",
        "a",
        "lot",
        "truly",
        "sincerely",
        "best",
        "all",
        "the",
        "und",
        "d",
        "avance",
    ];
    let named = words.iter().any(|word| !known.contains(word));
    // "Thanks for the quick call on Tuesday, I will …" opens a mail, it does not close one.
    (words.len() <= 5 && !(named && words.len() > 3 && !rest.trim_start().starts_with([',', '!', '.'])))
        .then_some(named)
}

fn is_name(line: &str) -> bool {
    let line = line.trim_matches(|c: char| matches!(c, '*' | '_' | '-' | '—' | '–' | '~' | '/' | ' '));
    !line.is_empty()
        && line.chars().count() <= 40
        && line.split_whitespace().count() <= 5
        && !line.contains(|c: char| c.is_numeric() || matches!(c, '@' | ':' | '|' | '/' | '?' | '<'))
}

fn is_full_name(line: &str) -> bool {
    let words: Vec<&str> = line.split([',', '(']).next().unwrap_or(line).split_whitespace().collect();
    (2..=5).contains(&words.len())
        && line.chars().count() <= 48
        && !line.ends_with(['.', '!', '?', ':', ','])
        && !line.contains(|c: char| c.is_numeric() || matches!(c, '@' | ':' | '|' | '/' | '<'))
        && words.iter().all(|word| {
            word.starts_with(|c: char| c.is_uppercase() || !c.is_ascii() || c == '"')
                || matches!(*word, "de" | "van" | "von" | "der" | "da" | "di" | "la" | "le" | "bin" | "al")
        })
        && words.iter().all(|word| word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’' | '"')))
}

fn is_card_word(word: &str) -> bool {
    let word =
        word.trim_matches(|c: char| matches!(c, ',' | ';' | ':' | '(' | ')' | '*' | '&' | '|' | '/')).to_lowercase();
    CARD_WORDS.contains(&word.as_str())
}

fn is_card_line(line: &str) -> bool {
    line.chars().count() <= 160
        && (is_contact(line)
            || line.contains(" | ")
            || line.contains(" • ")
            || line.contains(" · ")
            || line.split_whitespace().count() <= 9
                && line.split(|c: char| c.is_whitespace() || c == '/').any(is_card_word))
}

/// An address, a number or a link and not much else.
fn is_contact(line: &str) -> bool {
    let words = line.split_whitespace().count();
    if words <= 10
        && (line.contains("://")
            || line.contains("www.")
            || line.split_whitespace().any(|word| word.contains('@') && word.len() > 2))
    {
        return true;
    }
    let digits = line.chars().filter(|c| c.is_numeric()).count();
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    if digits >= 7 && letters <= digits + 12 {
        return true;
    }
    words == 1
        && line.split('.').count() >= 2
        && line
            .rsplit('.')
            .next()
            .is_some_and(|end| (2..=6).contains(&end.len()) && end.chars().all(|c| c.is_ascii_lowercase()))
        && !line.contains("..")
}

fn is_sentence(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let contact = is_contact(line);
    (line.ends_with(['.', '!', '?']) && words >= 6 && !contact)
        || (words > 14 && !line.contains('|') && !contact)
        || line.chars().count() > 200
}
