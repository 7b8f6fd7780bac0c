//! One comparable spelling for names that people write in many: case, accents and punctuation do not count.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The letters and digits of a text, lower-cased, without accents: `"E-mail 1 - Value"` and `"email_1_value"`
/// both give `email1value`, `"Prénom"` gives `prenom`, `"Straße"` gives `strasse`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    let mut out = String::with_capacity(text.len());
    letters(text, &mut out, |_, _| {});
    out
}

/// A text in which case, accents and the amount of white space do not count, but marks and the ends of words do, for looking for
/// words in it: `"  Déjà\n Vu! "` gives `"deja vu!"`, and curly apostrophes and long dashes become `'` and `-`.
#[must_use]
pub fn fold_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() { out.push(c.to_ascii_lowercase()) } else { mark(c, &mut out) }
        }
    } else {
        letters(text, &mut out, mark);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Writes what stands between the words of a folded text.
fn mark(c: char, out: &mut String) {
    match c {
        c if c.is_whitespace() => {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
        '’' | '‘' | '´' | '`' | 'ʼ' => out.push('\''),
        '–' | '—' | '‐' | '‑' | '−' => out.push('-'),
        c if c.is_control() || is_invisible(c) || is_combining_mark(c) => {}
        c => out.push(c),
    }
}

/// Writes the letters and digits of a text without case and accents, and hands the other characters on.
fn letters(text: &str, out: &mut String, other: impl Fn(char, &mut String)) {
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            c if c.is_alphanumeric() && !is_combining_mark(c) => out.push(c),
            c => other(c, out),
        }
    }
}

/// The text without white space, control and invisible characters at its ends: byte order marks and zero-width spaces travel
/// with copied cells. Inside, the text stays as it is.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Characters that take no room and so cannot be seen in a cell: zero-width spaces, joiners, direction marks, the byte order mark.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_punctuation_do_not_count() {
        for (text, folded) in [
            ("E-mail 1 - Value", "email1value"),
            ("email_1_value", "email1value"),
            ("Prénom", "prenom"),
            ("PRE\u{301}NOM", "prenom"),
            ("Straße", "strasse"),
            ("Téléphone (pro)", "telephonepro"),
            ("İsim", "isim"),
            ("\u{feff}Email", "email"),
            ("Ｅｍａｉｌ", "email"),
            ("#", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn a_folded_text_keeps_its_words_and_marks() {
        for (text, folded) in [
            ("  Déjà\r\n  Vu! ", "deja vu!"),
            ("I’m OUT — until 3 May", "i'm out - until 3 may"),
            ("Straße\u{200b} 5", "strasse 5"),
            ("Anna@Kunde.example", "anna@kunde.example"),
            (" \u{a0} ", ""),
        ] {
            assert_eq!(fold_text(text), folded, "{text}");
        }
    }

    #[test]
    fn ends_lose_what_cannot_be_seen() {
        assert_eq!(trim("\u{feff}\u{a0} a b\u{200b}\r\n"), "a b");
        assert_eq!(trim("\u{200b}"), "");
    }
}
