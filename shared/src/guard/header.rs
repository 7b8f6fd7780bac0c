//! Header fields are one line each: nobody adds a field by what they write into another.

use super::excerpt::excerpt;
use super::finding::{Finding, Guardrail};

/// Longest line of a message in octets, without its line break (RFC 5322 §2.1.1).
const MAX_LINE: usize = 998;
/// Longest field that is folded over several lines; a long thread's References stay below.
const MAX_FIELD: usize = 32_768;
/// Octets of text that fit one encoded word in base64, and the octets of such a word with its fold (RFC 2047 §2).
const WORD: (usize, usize) = (45, 75);

/// Fields that the executor writes itself, or that would add a recipient.
const OURS: &[&str] =
    &["bcc", "cc", "date", "from", "message-id", "mime-version", "return-path", "sender", "subject", "to"];

/// A header field beyond sender, recipient and subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: `In-Reply-To`.
    pub name: String,
    /// Its value on one line; folding is the writer's.
    pub value: String,
}

/// What stands in the header of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The subject.
    pub subject: &'a str,
    /// Display names, of sender and recipients.
    pub names: &'a [&'a str],
    /// Addresses, of sender and recipients.
    pub addresses: &'a [&'a str],
    /// Other fields.
    pub fields: &'a [Field],
}

/// Passes when no field breaks its line, is too long to be sent, or is one that is not for others to write.
#[must_use]
pub fn check(header: &Header<'_>) -> Finding {
    let block = |reason: String| Finding::block(Guardrail::Header, reason);
    let texts = [("the subject", header.subject)]
        .into_iter()
        .chain(header.names.iter().map(|name| ("a name", *name)))
        .chain(header.addresses.iter().map(|address| ("an address", *address)));
    for (what, text) in texts {
        if let Some(c) = text.chars().find(|c| breaks_a_line(*c)) {
            let code = u32::from(c);
            return block(format!(
                "{what} has a line break or control character in it (U+{code:04X}): write it on one line"
            ));
        }
        if encoded_length(text) > MAX_LINE {
            return block(format!("{what} is too long for a mail ({} bytes): shorten it", text.len()));
        }
    }
    for field in header.fields {
        let shown = excerpt(&field.name);
        if field.name.is_empty() || !field.name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
            return block(format!("“{shown}” is no name for a header field"));
        }
        let name = field.name.to_ascii_lowercase();
        if OURS.contains(&name.as_str()) || name.starts_with("resent-") || name.starts_with("content-") {
            return block(format!("the header field {shown} can't be set by hand: change the mail itself"));
        }
        if !field.value.chars().all(|c| matches!(c, ' '..='~' | '\t')) {
            return block(format!("the header field {shown} may only have plain characters on one line"));
        }
        let longest = field.value.split([' ', '\t']).map(str::len).max().unwrap_or_default();
        if longest.saturating_add(field.name.len()).saturating_add(2) > MAX_LINE || field.value.len() > MAX_FIELD {
            return block(format!("the header field {shown} is too long for a mail"));
        }
    }
    Finding::pass(Guardrail::Header)
}

/// Whether a program that reads or writes header lines could end the line here: control characters and Unicode's own line breaks.
#[must_use]
pub const fn breaks_a_line(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}')
}

/// How many octets a text takes in a header: as it is, or as encoded words where it is not ASCII.
fn encoded_length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.len().div_ceil(WORD.0).saturating_mul(WORD.1) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::guard::Verdict;

    fn subject(subject: &str) -> Finding {
        check(&Header { subject, names: &[], addresses: &[], fields: &[] })
    }

    fn field(name: &str, value: &str) -> Finding {
        let fields = [Field { name: name.to_owned(), value: value.to_owned() }];
        check(&Header { subject: "Hi", names: &["Ann"], addresses: &["ann@acme.example"], fields: &fields })
    }

    #[test]
    fn one_line_of_any_script_passes() {
        for text in [
            "",
            "Re: your demo",
            "Angebot für Müller & Söhne: 20 % Rabatt",
            "見積もりの件",
            "Привет, Анна",
            "👋 Hello",
            "a: b; c, d <e> \"f\" =?UTF-8?Q?g?=",
            "Bcc: only words here",
            "שלום",
            "100 % — “quoted” …",
            &"a".repeat(998),
            &"ä".repeat(290),
        ] {
            assert_eq!(subject(text), Finding::pass(Guardrail::Header), "{text}");
            let names = [text];
            let header = Header { subject: "", names: &names, addresses: &["ann@müller.example"], fields: &[] };
            assert_eq!(check(&header), Finding::pass(Guardrail::Header), "{text}");
        }
        for (name, value) in [
            ("In-Reply-To", "<a.b@mail.acme.example>"),
            ("References", &"<0123456789@mail.acme.example> ".repeat(500)),
            ("List-Unsubscribe", "<https://crm.example/u/abc>, <mailto:u@crm.example>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("X-Mailer", "CaseyOS"),
            ("Auto-Submitted", "no"),
        ] {
            assert_eq!(field(name, value), Finding::pass(Guardrail::Header), "{name}");
        }
    }

    #[test]
    fn what_could_start_another_line_blocks_wherever_it_stands() {
        for text in [
            "Hi\r\nBcc: all@evil.example",
            "Hi\nBcc: all@evil.example",
            "Hi\rBcc: all@evil.example",
            "Hi\0",
            "Hi\u{85}Bcc: x",
            "Hi\u{2028}Bcc: x",
            "Hi\u{2029}Bcc: x",
            "Hi\u{b}x",
            "Hi\u{c}x",
            "\u{1b}[31mHi",
            "a\tb",
            "\u{7f}",
        ] {
            assert_eq!(subject(text).verdict, Verdict::Block, "{text:?}");
            let one = [text];
            let header = Header { subject: "", names: &one, addresses: &[], fields: &[] };
            assert_eq!(check(&header).verdict, Verdict::Block, "{text:?}");
            let header = Header { subject: "", names: &[], addresses: &one, fields: &[] };
            assert_eq!(check(&header).verdict, Verdict::Block, "{text:?}");
        }
    }

    #[test]
    fn what_is_too_long_or_not_for_others_to_write_blocks() {
        for (name, value) in [
            ("Bcc", "all@evil.example"),
            ("bcc", "all@evil.example"),
            ("Cc", "x@y.example"),
            ("To", "x@y.example"),
            ("From", "x@y.example"),
            ("Subject", "another"),
            ("Resent-To", "x@y.example"),
            ("Content-Type", "text/html"),
            ("X-A: b\r\nBcc", "x"),
            ("X A", "x"),
            ("", "x"),
            ("X-Ä", "x"),
            ("X-A", "x\r\nBcc: y@z.example"),
            ("X-A", "ä"),
            ("X-A", &"a".repeat(998)),
            ("X-A", &"a ".repeat(20_000)),
        ] {
            assert_eq!(field(name, value).verdict, Verdict::Block, "{name}");
        }
        assert_eq!(subject(&"a".repeat(999)).verdict, Verdict::Block);
        assert_eq!(subject(&"ä".repeat(300)).verdict, Verdict::Block);
    }

    proptest! {
        #[test]
        fn a_subject_that_passes_is_one_line(text in any::<String>()) {
            let passes = subject(&text).verdict == Verdict::Pass;
            prop_assert_eq!(passes, !text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) && encoded_length(&text) <= MAX_LINE);
        }

        #[test]
        fn a_line_break_anywhere_is_found(before in "[a-z ]{0,9}", c in prop_oneof![Just('\r'), Just('\n'), Just('\0'), Just('\u{85}'), Just('\u{2028}'), Just('\u{2029}'), Just('\u{b}'), Just('\u{c}')], after in "[a-zA-Z: @.]{0,9}") {
            prop_assert_eq!(subject(&format!("{before}{c}{after}")).verdict, Verdict::Block);
        }
    }
}
