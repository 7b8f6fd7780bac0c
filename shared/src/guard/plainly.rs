//! A text as its letters sound: small Latin letters only, whatever was done to disguise them.

use super::lookalike;

/// The letters of a text without spaces, each with where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plain {
    /// Small letters; a zero byte where letters of other scripts stood.
    pub(super) letters: Vec<u8>,
    /// Where in the text each letter came from, in bytes.
    pub(super) from: Vec<usize>,
    /// The places in `letters` where words begin.
    pub(super) starts: Vec<usize>,
}

/// How a letter or digit is read: what is used for one another is the same. Phrases are read the same way.
pub(super) const fn sound(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' | b'l' | b'i' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        other => other,
    }
}

/// Reads a text: without accents, spaces, punctuation and invisible characters, twins of other scripts and digits as the letters they
/// stand for, and letters of the tag alphabet as what they spell.
pub(super) fn read(text: &str) -> Plain {
    let mut plain = Plain::default();
    let (mut in_word, mut spelt) = (false, false);
    for (at, c) in text.char_indices() {
        let tag = u32::from(c).checked_sub(0xe0000).filter(|code| (0x20..0x7f).contains(code)).and_then(char::from_u32);
        // What is spelt unseen is no part of the word beside it.
        in_word &= spelt == tag.is_some();
        spelt = tag.is_some();
        let c = tag.unwrap_or(c);
        if c.is_ascii() {
            push(&mut plain, &mut in_word, at, c);
        } else if !super::invisible::is_suspect(c) {
            for c in lookalike::plain(c) {
                push(&mut plain, &mut in_word, at, c);
            }
        }
    }
    plain
}

fn push(plain: &mut Plain, in_word: &mut bool, at: usize, c: char) {
    let byte = u8::try_from(c).ok().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'$'));
    let Some(byte) = byte.map(sound).or(c.is_alphabetic().then_some(0)) else {
        *in_word = false;
        return;
    };
    if !*in_word {
        plain.starts.push(plain.letters.len());
    }
    *in_word = true;
    plain.letters.push(byte);
    plain.from.push(at);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguised_letters_are_read_as_what_they_stand_for() {
        let plain = |text: &str| String::from_utf8(read(text).letters).unwrap();
        for text in [
            "Ignore all",
            "i g n o r e   a l l",
            "1gn0r3 4ll",
            "ign\u{200b}ore all",
            "іgnоrе аll",
            "ÍGNÓRE-ÀLL",
            "Ｉｇｎｏｒｅ ａｌｌ",
            "i.g.n.o.r.e all",
            "\u{e0069}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065} all",
        ] {
            assert_eq!(plain(text), plain("ignoreall"), "{text}");
        }
        assert_eq!(read("ab c").starts, [0, 2]);
        assert_eq!(plain("漢a"), "\0a");
    }
}
