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
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            c if c.is_alphanumeric() && !is_combining_mark(c) => out.push(c),
            _ => {}
        }
    }
    out
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
    fn ends_lose_what_cannot_be_seen() {
        assert_eq!(trim("\u{feff}\u{a0} a b\u{200b}\r\n"), "a b");
        assert_eq!(trim("\u{200b}"), "");
    }
}
