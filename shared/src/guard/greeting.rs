//! Greetings from which the name is missing, or in which a program's word for "nothing" stands.

use super::blanks::{Sure, is_blank};
use crate::capture::fold::fold;

/// Longest line that is read as a greeting, in bytes.
const MAX_LINE: usize = 80;

/// Words that greet, folded.
const GREETINGS: &str = "hi hello hey hallo hola ola ciao bonjour salut moin servus goodmorning goodafternoon gutentag gutenmorgen buongiorno \
    buenosdias bomdia goedemorgen goedendag";
/// Words that greet and must be followed by somebody, folded.
const WITH_NAME: &str =
    "dear liebe lieber cher chere estimado estimada prezado prezada caro cara geachte gentile sehrgeehrte sehrgeehrter";
/// Words between a greeting and a name, folded.
const TITLES: &str = "herr frau mr mrs ms dr prof";
/// How programs write that there is nothing. Written otherwise, some are people's names.
const NOTHING: &[&str] = &["undefined", "null", "NaN", "None", "nil", "N/A", "n/a", "(null)"];

/// Whether this is how a program writes that there is nothing.
pub(super) fn is_nothing(word: &str) -> bool {
    NOTHING.contains(&word)
}

/// The first greeting that greets nobody.
pub(super) fn of_nobody(text: &str) -> Option<&str> {
    text.lines().map(str::trim_start).find(|line| greets_nobody(line)).map(str::trim_end)
}

fn greets_nobody(line: &str) -> bool {
    let head = line.get(..line.floor_char_boundary(MAX_LINE)).unwrap_or_default();
    if !head.starts_with(char::is_alphabetic) {
        return false;
    }
    let end = head.find([',', '!', ':', ';', '.', '?']).unwrap_or(head.len());
    // A title's dot does not end the greeting.
    let end = match head.get(end..) {
        Some(after) if after.starts_with('.') => {
            let title =
                head.get(..end).and_then(|before| before.rsplit(' ').next()).is_some_and(|word| is_in(TITLES, word));
            let more = after.get(1..).and_then(|after| after.find([',', '!', ':', ';', '?'])).map(|at| end + 1 + at);
            if title { more.unwrap_or(head.len()) } else { end }
        }
        _ => end,
    };
    if end == head.len() && head.len() < line.len() {
        return false;
    }
    let (body, after) = head.split_at(end);
    let mut words = body.split_whitespace();
    let (Some(first), second) = (words.next(), words.clone().next()) else { return false };
    let two = second.map(|second| format!("{first}{second}")).unwrap_or_default();
    let needs_name = if is_in(WITH_NAME, first) {
        true
    } else if is_in(WITH_NAME, &two) {
        words.next();
        true
    } else if is_in(GREETINGS, first) {
        false
    } else if is_in(GREETINGS, &two) {
        words.next();
        false
    } else {
        return false;
    };
    let all: Vec<&str> = words.collect();
    let rest: Vec<&str> = all.iter().copied().filter(|word| !is_in(TITLES, word)).collect();
    let titled = rest.len() < all.len();
    match rest.as_slice() {
        [] => after.starts_with(',') && (body.ends_with(char::is_whitespace) || needs_name || titled),
        [one] => is_nothing(one) || is_blank(one) == Sure::Yes,
        // Two words are a name or a blank; "company" among others is a word.
        [_, _] => is_blank(&rest.join(" ")) == Sure::Yes,
        _ => false,
    }
}

fn is_in(list: &str, word: &str) -> bool {
    let word = fold(word);
    !word.is_empty() && list.split_ascii_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_of_somebody_pass() {
        for text in [
            "Hi all,",
            "Hi Ann,",
            "Hi,",
            "Hello!",
            "Hi there,",
            "Hey team,",
            "Dear Ann,",
            "Dear Sir or Madam,",
            "Dear customer,",
            "Sehr geehrte Damen und Herren,",
            "Sehr geehrter Herr Dr. Müller,",
            "Hallo zusammen,",
            "Bonjour !",
            "Bonjour Madame,",
            "Bonjour,",
            "Chère Madame Dupont,",
            "Estimado señor García:",
            "Buongiorno,",
            "Dear Mr. Null,",
            "Hi Nil,",
            "Guten Tag Frau Özil,",
            "Hi Ann , sorry for the space",
            "Hi",
            "Dear colleagues, friends and partners,",
            "Hit , run",
            "Dear Dr. Lee,",
            "Hello name of the game",
        ] {
            assert_eq!(of_nobody(text), None, "{text}");
        }
    }

    #[test]
    fn greetings_of_nobody_are_found() {
        for text in [
            "Hi ,",
            "Hello ,",
            "Dear ,",
            "Dear,",
            "Hey  ,",
            "Hi undefined,",
            "Hello null!",
            "Dear NaN,",
            "Hi None,",
            "Hi name,",
            "Hi First Name,",
            "Hi FNAME,",
            "Sehr geehrter Herr,",
            "Sehr geehrte Frau ,",
            "Lieber ,",
            "Guten Tag ,",
            "Bonjour ,",
            "Dear Mr. ,",
            "Dear Dr.,",
            "Cher ,",
            "Prezado ,",
            "Hola undefined,",
            "Hi Mr null,",
            "Hallo Vorname,",
            "Good morning ,",
        ] {
            assert_eq!(of_nobody(text), Some(text), "{text}");
            assert_eq!(of_nobody(&format!("Re: x\n  {text}\nmore")), Some(text), "{text}");
        }
    }
}
