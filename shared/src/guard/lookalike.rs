//! Letters of other scripts, digits and pairs of letters that look like Latin letters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The small Latin letter that a small letter or digit-like sign of another script looks like.
pub(super) const fn latin_twin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' | 'ɑ' | 'ᴀ' => 'a',
        'β' | 'ʙ' | 'в' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'đ' | 'ᴅ' => 'd',
        'е' | 'ε' | 'є' | 'ᴇ' => 'e',
        'ꜰ' | 'ƒ' => 'f',
        'ɡ' | 'ɢ' | 'ց' => 'g',
        'һ' | 'ħ' | 'հ' | 'ʜ' | 'н' => 'h',
        'і' | 'ι' | 'ı' | 'ɪ' | 'ɩ' => 'i',
        'ј' | 'ϳ' | 'ᴊ' => 'j',
        'к' | 'κ' | 'ᴋ' => 'k',
        'ӏ' | 'ł' | 'ʟ' | 'ǀ' => 'l',
        'м' | 'ᴍ' => 'm',
        'η' | 'ո' | 'ɴ' | 'п' => 'n',
        'о' | 'ο' | 'օ' | 'ø' | 'ᴏ' | 'σ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'ʀ' | 'г' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ս' | 'ᴜ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ԝ' | 'ω' | 'ᴡ' | 'ѡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ʏ' | 'ү' => 'y',
        'ᴢ' | 'ʐ' => 'z',
        _ => return None,
    })
}

/// The letters of a text as they look: small Latin ones for everything that resembles them, without accents; what has no letter or
/// digit that looks like one is given as it is.
pub(super) fn plain(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| latin_twin(c).unwrap_or(c))
}

/// How a domain name looks at a glance: two names with the same looks can be taken for each other.
pub(super) fn looks(name: &str) -> String {
    let letters: String = name
        .chars()
        .flat_map(plain)
        .filter(|c| *c != '-')
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            '5' => 's',
            c => c,
        })
        .collect();
    letters.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_the_same_looks() {
        for (one, other) in [
            ("paypal.com", "раураӏ.com"),
            ("paypal.com", "paypaI.com"),
            ("acme.example", "àcme.example"),
            ("acme.example", "аcme.example"),
            ("modern.example", "rnodern.example"),
            ("google.com", "g00gle.com"),
            ("apple.com", "аррӏе.com"),
            ("my-bank.example", "mybank.example"),
            ("acme.example", "ａｃｍｅ.example"),
        ] {
            assert_eq!(looks(one), looks(other), "{one} {other}");
        }
        assert_ne!(looks("acme.example"), looks("acne.example"));
    }
}
