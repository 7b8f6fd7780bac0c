//! Blocks of From/Sent/To/Subject lines, as Outlook and its kin put them above the mail they answer.

use super::header_words::{HEADER_KEYS, kind};
use super::words::{BEGIN_FORWARD, DIVIDERS};

/// A block with more lines than this is something else.
const MAX_LINES: usize = 24;
/// The longest name of a header line, in bytes ("Gönderilme Tarihi" and stars around it).
const MAX_KEY: usize = 40;

/// How many lines from `lines[0]` on form a header block; 0 when none begins there.
///
/// It must hold who wrote (or when and to whom), and prove that it is about a mail: an address, a subject, or all
/// three of who, to whom and the minute when.
/// "From: Paris / To: London / Date: 3 May" is somebody's journey and stays.
pub(super) fn length(lines: &[&str]) -> usize {
    let Some((first, value)) = lines.first().and_then(|line| key(line)) else {
        return 0;
    };
    if first == kind::OTHER {
        return 0;
    }
    let mut kinds = first | kinds_inside(value);
    let mut address = value.contains('@');
    let mut dated = first == kind::DATE && is_moment(value);
    let mut end = 1;
    let mut strays = 0;
    for (index, line) in lines.iter().enumerate().take(MAX_LINES).skip(1) {
        if let Some((found, value)) = key(line) {
            if found != kind::OTHER && kinds & found != 0 {
                break;
            }
            kinds |= found | kinds_inside(value);
            address |= value.contains('@');
            dated |= found == kind::DATE && is_moment(value);
            end = index + 1;
            strays = 0;
        } else if line.trim().is_empty() {
            // Some clients double every line break: the block goes on if its next line does.
            if lines.get(index + 1).is_none_or(|next| key(next).is_none()) {
                break;
            }
        } else {
            strays += 1;
            let folded = line.contains('@') || line.starts_with([' ', '\t']) || strays == 1;
            if !folded || strays > 12 {
                break;
            }
            address |= line.contains('@');
        }
    }
    let who = kinds & kind::FROM != 0 || kinds & (kind::DATE | kind::TO) == kind::DATE | kind::TO;
    let two = (kinds & !kind::OTHER).count_ones() >= 2;
    let all = kind::FROM | kind::DATE | kind::TO;
    let proven = address || kinds & kind::SUBJECT != 0 || (dated && kinds & all == all);
    if who && two && proven { end } else { 0 }
}

/// Whether the line is "-----Original Message-----", "Begin forwarded message:" or one of their translations.
pub(super) fn is_divider(line: &str) -> bool {
    let line = line.trim();
    if line.len() < 10 || line.len() > 200 {
        return false;
    }
    let Some(first) = line.bytes().next() else {
        return false;
    };
    if matches!(first, b'-' | b'_' | b'*' | b'=' | b'>' | b'<') || line.starts_with(['—', '–', '―']) {
        let core = line.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '-' | '_' | '*' | '=' | '>' | '<' | '—' | '–' | '―' | ':')
        });
        let lead = line.len()
            - line
                .trim_start_matches(|c: char| {
                    c.is_whitespace() || matches!(c, '-' | '_' | '*' | '=' | '>' | '<' | '—' | '–' | '―')
                })
                .len();
        if lead >= 2 && core.len() < 120 {
            let core = core.to_lowercase();
            return DIVIDERS.iter().any(|phrase| {
                core.strip_prefix(phrase)
                    .is_some_and(|rest| rest.len() < 60 && !rest.starts_with(char::is_alphanumeric))
            });
        }
    }
    if line.ends_with([':', '：']) && line.len() < 100 {
        let core = line.trim_end_matches([':', '：', ' ', '\u{a0}']).to_lowercase();
        return BEGIN_FORWARD.contains(&core.as_str());
    }
    false
}

/// The kind and the value of a header line; none when the line is no header line.
fn key(line: &str) -> Option<(u8, &str)> {
    let line = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '|' | '_' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
    });
    let (at, colon) =
        line.char_indices().take_while(|(at, _)| *at <= MAX_KEY).find(|(_, c)| matches!(c, ':' | '：'))?;
    let value = line.get(at + colon.len_utf8()..)?;
    if value.starts_with("//") {
        return None;
    }
    named(line.get(..at)?).map(|found| (found, value))
}

fn named(name: &str) -> Option<u8> {
    let name = name.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
    });
    if name.is_empty() {
        return None;
    }
    let name = name.to_lowercase();
    HEADER_KEYS.iter().find(|(_, names)| names.binary_search(&name.as_str()).is_ok()).map(|(found, _)| *found)
}

/// A date with a year and a time of day, as clients write it and people rarely do.
fn is_moment(value: &str) -> bool {
    let groups: Vec<&str> = value.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    groups.len() >= 4 && groups.iter().any(|group| group.len() == 4) && value.split([':', '.']).count() >= 2
}

/// Header names in the middle of a value: HTML flattened to one line has them all behind each other.
fn kinds_inside(value: &str) -> u8 {
    if value.len() > 1_000 || !value.contains(':') {
        return 0;
    }
    let mut kinds = 0;
    for (at, _) in value.match_indices(':') {
        let word = value
            .get(..at)
            .and_then(|before| before.trim_end().rsplit([' ', '\u{a0}', '*']).find(|word| !word.is_empty()));
        if let Some(found) = word.and_then(named) {
            kinds |= found & !kind::FROM;
        }
    }
    kinds
}
