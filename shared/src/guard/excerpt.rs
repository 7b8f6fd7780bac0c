//! A short piece of somebody else's text, safe to stand in a reason.

use super::invisible;

/// Most characters that a reason quotes.
const MAX: usize = 60;

/// The beginning of a text on one line, with nothing invisible in it.
pub(super) fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let mut left = MAX;
    // What is cut off is not read: the text may be long.
    let head: String = text.trim_start().chars().take(4 * MAX).collect();
    let whole = head.len() == text.trim_start().len();
    let mut cut = !whole;
    for word in head.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let word: String = word.chars().filter(|c| !invisible::is_suspect(*c)).collect();
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() && left > 0 {
            out.push(' ');
            left -= 1;
        }
        let length = word.chars().count();
        if length > left {
            out.extend(word.chars().take(left));
            cut = true;
            break;
        }
        out.push_str(&word);
        left -= length;
    }
    if cut {
        out.truncate(out.trim_end().len());
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line_that_shows_all_it_has() {
        for (text, short) in [
            ("{{first_name}}", "{{first_name}}"),
            ("  two\r\n lines\u{2028}here ", "two lines here"),
            ("in\u{200b}vis\u{202e}ible", "invisible"),
            ("", ""),
        ] {
            assert_eq!(excerpt(text), short);
        }
        assert_eq!(excerpt(&"a".repeat(500)).chars().count(), MAX + 1);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_short_line_without_control_characters(text in any::<String>()) {
            let short = excerpt(&text);
            prop_assert!(short.chars().count() <= MAX + 1);
            prop_assert!(!short.contains(char::is_control));
        }
    }
}
