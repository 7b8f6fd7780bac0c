//! Lines such as "On Monday, Anna wrote:" in the languages and shapes in which mail clients write them.

use super::words::{ENGLISH_DATE_WORDS, LEADS, SENT, WRITTEN_BY, WROTE};

/// An attribution never takes more lines than this: clients fold it at 70 to 80 columns.
const MAX_LINES: usize = 6;
/// Nor more bytes than this, names and addresses included.
const MAX_BYTES: usize = 600;

/// How many lines from `lines[0]` on form one attribution; 0 when none begins there.
///
/// `is_quote` says of an index whether that line is already known to be quoted: an attribution never runs into one.
pub(super) fn length(lines: &[&str], is_quote: impl Fn(usize) -> bool) -> usize {
    let Some(first) = lines.first() else { return 0 };
    if first.len() > MAX_BYTES || !may_open(first) {
        return 0;
    }
    let opens = opens_with_date(first);
    // Without a date at its head only the address vouches for it, so it must be near: this line or the next.
    let reach = if opens {
        MAX_LINES
    } else if first.contains('@') || first.contains("--") || first.chars().count() < 60 {
        2
    } else {
        1
    };
    let mut joined = String::new();
    let mut taken = 0;
    for (index, line) in lines.iter().enumerate().take(MAX_LINES + 2) {
        let line = line.trim();
        if taken == reach || (index > 0 && is_quote(index) && !is_torn_end(line)) {
            break;
        }
        if line.is_empty() {
            // Polymail and some Android clients put the address between empty lines.
            if !lines.get(index + 1).is_some_and(|next| next.trim_start().starts_with('<')) {
                break;
            }
            continue;
        }
        // Another one opens here: the line above was prose with a date in it.
        if index > 0 && opens && line.starts_with(char::is_uppercase) && is_lead(line) && opens_with_date(line) {
            break;
        }
        taken += 1;
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line);
        if joined.len() > MAX_BYTES {
            break;
        }
        if (index == 0 || opens || first.contains('@') || line.starts_with('<'))
            && ends_like_one(line)
            && is_one(&joined)
        {
            return index + 1;
        }
    }
    0
}

/// Where inside `line` an English attribution begins behind text ("sounds good On Wed, Apr 4, … wrote:").
pub(super) fn begins_inside(line: &str, next: &[&str]) -> Option<usize> {
    if line.len() > 4 * MAX_BYTES {
        return None;
    }
    for (at, _) in line.match_indices("On ") {
        let before = line.get(..at)?;
        if before.trim_matches(['-', ' ', '\t', '>', '*']).is_empty() || !before.ends_with([' ', '-', '.', '\u{a0}']) {
            continue;
        }
        let rest = line.get(at..)?;
        let after = rest.get(3..)?;
        if !(after.starts_with(|c: char| c.is_ascii_digit())
            || ENGLISH_DATE_WORDS.iter().any(|word| after.starts_with(word)))
        {
            continue;
        }
        let mut window = vec![rest];
        window.extend(next.iter().take(2));
        if length(&window, |_| false) > 0 {
            return Some(before.trim_end_matches(['-', ' ', '\u{a0}']).len());
        }
    }
    None
}

/// ">:" or "> wrote:": the end of an address that was folded before its bracket, not a quoted line.
fn is_torn_end(line: &str) -> bool {
    let rest = line.trim_start_matches(['>', ' ']);
    rest.len() < 40 && line.starts_with('>') && !line.starts_with(">>") && rest.ends_with([':', '：']) && {
        let rest = rest.trim_end_matches([':', '：', ' ', '\u{a0}']).to_lowercase();
        rest.is_empty() || WROTE.contains(&rest.as_str())
    }
}

/// Cheap first look: prose that can't be an attribution leaves here.
fn may_open(line: &str) -> bool {
    let mut has_sign = false;
    for byte in line.bytes() {
        match byte {
            b'0'..=b'9' | b'@' | b'<' | b'-' => {
                has_sign = true;
                break;
            }
            0x80.. => has_sign = true,
            _ => {}
        }
    }
    has_sign || is_lead(line)
}

fn is_lead(line: &str) -> bool {
    let line = bare(line).to_lowercase();
    LEADS.iter().any(|lead| line.strip_prefix(lead).is_some_and(|rest| rest.starts_with(' ')))
}

/// Without the marks and invisible direction signs that surround an attribution.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '-' | '*' | '>' | '_' | '"' | '|' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    })
    .trim_start_matches(['<', ' '])
}

/// "On Tue, 5 …", "Le 5 …", "05.03.2026 …", "ср, 30 апр. …": a date stands at the head.
fn opens_with_date(line: &str) -> bool {
    let line = bare(line);
    let head: String = line.chars().take(60).collect::<String>().to_lowercase();
    let Some(first) = head.chars().next() else {
        return false;
    };
    if first.is_numeric() {
        return digit_groups(&head) >= 3;
    }
    for lead in LEADS {
        if let Some(rest) = head.strip_prefix(lead)
            && rest.starts_with(|c: char| c == ' ' || c == '\u{a0}' || c.is_numeric())
            && rest.chars().take(40).any(char::is_numeric)
        {
            return true;
        }
    }
    // A weekday in whatever language: one short word, then the day.
    let Some((word, rest)) = head.split_once([' ', ',', '\u{a0}', '，']) else {
        return false;
    };
    word.chars().count() <= 14
        && word.chars().all(|c| c.is_alphabetic() || c == '.' || c == '-')
        && rest.chars().take(8).any(char::is_numeric)
        && digit_groups(rest) >= 2
}

/// For every line the number of lines to the next one (itself included) that could close an attribution, at most 255.
/// Text without such lines, which is most text, is never looked at closer.
pub(super) fn distances(lines: &[&str]) -> Vec<u8> {
    let mut distances = vec![u8::MAX; lines.len()];
    let mut distance = u8::MAX;
    for (slot, line) in distances.iter_mut().zip(lines).rev() {
        distance = if may_close(line) { 0 } else { distance.saturating_add(1) };
        *slot = distance;
    }
    distances
}

/// Whether a line at this distance from a closing one may open an attribution.
pub(super) fn is_near(distance: u8) -> bool {
    usize::from(distance) < MAX_LINES + 2
}

/// Cheap second look, by the last byte alone ("：" ends in 0x9a, direction signs in 0x8e to 0xae).
fn may_close(line: &str) -> bool {
    let line = line.trim_ascii_end();
    match line.as_bytes().last() {
        Some(b':' | b'-' | b'>' | b')' | 0x80..) => true,
        Some(b'e') if line.ends_with("wrote") => true,
        Some(_) => {
            line.len() < 120
                && line.len() > 20
                && line.as_bytes().first().is_some_and(u8::is_ascii_digit)
                && line.contains("GMT")
        }
        None => false,
    }
}

/// Whether the last line of an attribution could end like this one does.
fn ends_like_one(line: &str) -> bool {
    let line = line.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
    });
    let Some(last) = line.chars().next_back() else {
        return false;
    };
    matches!(last, ':' | '：' | '-' | '>' | ')')
        || opens_with_date(line)
        || ends_with_verb(&bare(line).to_lowercase(), WROTE)
}

/// Whether these words, on one line, are an attribution.
fn is_one(joined: &str) -> bool {
    let dashed = joined.trim_start().starts_with("--") && joined.trim_end().ends_with("--");
    let text = bare(joined).to_lowercase();
    let colon = text.ends_with([':', '：']);
    let closed = joined
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '*') || is_direction(c))
        .ends_with(['>', ')']);
    let body = text.trim_end_matches(|c: char| matches!(c, ':' | '：' | '.' | ' ' | '\u{a0}') || is_direction(c));
    let opens = opens_with_date(joined);
    let address = body.contains('@');
    let moment = has_year(body) || has_time(body);
    let said = ends_with_verb(body, WROTE);

    if dashed && said {
        return true;
    }
    if opens && said && (colon || (has_year(body) && (address || has_time(body)))) {
        return address || digit_groups(body) >= 2 || has_month(body);
    }
    if opens && colon && ends_with_verb(body, SENT) {
        return moment;
    }
    if opens && colon && moment && has_verb(body) {
        return true;
    }
    if opens && moment && address && closed && (colon || opens_with_iso_date(body)) {
        return true;
    }
    if opens
        && colon
        && moment
        && address
        && body.len() < 250
        && body.split(' ').next_back().is_some_and(|last| last.contains('@'))
    {
        return true;
    }
    if opens_with_iso_date(body) && body.contains(" gmt") && !colon && body.len() < 120 {
        return true;
    }
    if address && said && colon {
        return true;
    }
    if address && colon && moment && has_verb(body) {
        return true;
    }
    if colon && moment && WRITTEN_BY.iter().any(|opening| body.starts_with(opening)) {
        return true;
    }
    colon && has_year(body) && has_time(body) && body.len() < 120 && says_then_dates(body)
}

/// "Anna wrote on 08/02/2026 03:20:00 PM": Lotus Notes puts the name first.
fn says_then_dates(text: &str) -> bool {
    [
        "wrote on ",
        "schrieb am ",
        "a écrit le ",
        "escribió el ",
        "escreveu em ",
        "ha scritto il ",
        "schreef op ",
        "skrev den ",
    ]
    .iter()
    .any(|phrase| {
        text.find(phrase).is_some_and(|at| {
            text.get(at + phrase.len()..).is_some_and(|rest| rest.chars().take(12).any(char::is_numeric))
        })
    })
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn ends_with_verb(text: &str, verbs: &[&str]) -> bool {
    let text = text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '：' | '.' | '-' | '>' | '_' | '*') || is_direction(c)
    });
    verbs.iter().any(|verb| {
        text.strip_suffix(verb).is_some_and(|before| {
            // Scripts that write without spaces have no word boundary to ask for.
            !verb.is_ascii() && verb.chars().any(|c| c as u32 >= 0x0e00)
                || before.chars().next_back().is_none_or(|c| !c.is_alphanumeric())
        })
    })
}

fn has_verb(text: &str) -> bool {
    WROTE.iter().any(|verb| {
        text.match_indices(verb).any(|(at, _)| {
            let spaceless = verb.chars().any(|c| c as u32 >= 0x0e00);
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + verb.len()..).and_then(|after| after.chars().next());
            spaceless || (before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric()))
        })
    })
}

fn digit_groups(text: &str) -> usize {
    let mut groups = 0;
    let mut inside = false;
    for c in text.chars() {
        let digit = c.is_numeric();
        groups += usize::from(digit && !inside);
        inside = digit;
    }
    groups
}

/// Four digits that are a year of our time (also of the Buddhist and Persian calendars).
fn has_year(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(|c| c.is_numeric());
    (0..chars.len()).any(|at| {
        (at == 0 || !digit(at - 1))
            && (at..at + 4).all(digit)
            && !digit(at + 4)
            && matches!(chars.get(at), Some('1' | '2' | '١' | '٢' | '۱' | '۲'))
    })
}

/// "14:20", "14.20", "14h20".
fn has_time(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(|c| c.is_numeric());
    (1..chars.len()).any(|at| {
        matches!(chars.get(at), Some(':' | '.' | 'h' | '：'))
            && digit(at - 1)
            && digit(at + 1)
            && digit(at + 2)
            && !digit(at + 3)
    })
}

fn has_month(text: &str) -> bool {
    ENGLISH_DATE_WORDS
        .iter()
        .any(|word| text.split(|c: char| !c.is_alphanumeric()).any(|token| token.eq_ignore_ascii_case(word)))
}

/// "2026-03-01 …" or "2026/3/1 …": the shape in which Gmail once opened its attributions.
fn opens_with_iso_date(text: &str) -> bool {
    let mut chars = text.chars();
    let year = chars.by_ref().take(4).filter(char::is_ascii_digit).count() == 4;
    let separator = chars.next();
    year && matches!(separator, Some('-' | '/' | '.')) && chars.next().is_some_and(|c| c.is_ascii_digit())
}
