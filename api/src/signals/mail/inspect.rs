//! What the core makes of one mail, for a look: `caseyos inspect mail`.

use caseyos_shared::capture::reply::Reply;
use serde::Serialize;

use super::message::{cut_html, cut_text, parse};

/// A mail as the core reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspected {
    /// `Name <address>`; none when the input has no headers.
    pub from: Option<String>,
    /// The subject; none when absent.
    pub subject: Option<String>,
    /// What the sender wrote.
    pub reply: String,
    /// What they quoted.
    pub quoted: Option<String>,
    /// Their signature block.
    pub signature: Option<String>,
}

/// Reads a message (`.eml`), an HTML body (`.html`, `.htm`) or a plain one (`.txt`); `file_name` says which, else
/// the content does. Never fails: what is no message is text.
#[must_use]
pub fn inspect(bytes: &[u8], file_name: Option<&str>) -> Inspected {
    let extension = file_name.and_then(|name| name.rsplit_once('.')).map(|(_, end)| end.to_ascii_lowercase());
    let form = match extension.as_deref() {
        Some("eml") => Form::Message,
        Some("html" | "htm") => Form::Html,
        Some("txt") => Form::Text,
        _ => guess(bytes),
    };
    if matches!(form, Form::Message) {
        let begin = if bytes.starts_with(b"From ") {
            bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1)
        } else {
            0
        };
        if let Ok(mail) = parse(bytes.get(begin..).unwrap_or(bytes)) {
            return Inspected {
                from: mail.from.map(|from| from.to_string()),
                subject: mail.subject,
                reply: mail.reply,
                quoted: mail.quoted,
                signature: mail.signature,
            };
        }
    }
    let text = decode(bytes);
    let Reply { reply, quoted, signature } = if matches!(form, Form::Html) { cut_html(&text) } else { cut_text(&text) };
    Inspected { from: None, subject: None, reply, quoted, signature }
}

enum Form {
    Message,
    Html,
    Text,
}

/// A message begins with header lines of a mail, HTML with a tag; everything else is text.
fn guess(bytes: &[u8]) -> Form {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(4_096)).unwrap_or(bytes)).into_owned();
    let head = head.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let name = |line: &str| line.split_once(':').map(|(name, _)| name.to_ascii_lowercase());
    let known = [
        "received",
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "return-path",
        "delivered-to",
        "x-mailer",
        "dkim-signature",
        "x-gm-thrid",
        "x-received",
        "reply-to",
        "arc-seal",
    ];
    let mut headers = 0;
    for line in head.lines() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) && headers > 0 || (headers == 0 && line.starts_with("From ")) {
            continue;
        }
        match name(line) {
            Some(name) if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()) => {
                headers += usize::from(known.contains(&name.as_str()))
            }
            _ => {
                headers = 0;
                break;
            }
        }
    }
    if headers >= 2 {
        return Form::Message;
    }
    let lower = head.get(..head.floor_char_boundary(2_048)).unwrap_or(head).to_ascii_lowercase();
    let mut tags = lower.split('<').skip(1).filter(|rest| TAGS.contains(&tag_name(rest)));
    let begins_with_one = lower.strip_prefix('<').is_some_and(|rest| TAGS.contains(&tag_name(rest)));
    if begins_with_one || tags.nth(1).is_some() { Form::Html } else { Form::Text }
}

/// The elements with which mails in HTML begin; other text has one between angle brackets at most.
const TAGS: &[&str] = &["!doctype", "blockquote", "body", "br", "div", "head", "html", "meta", "p", "span", "table"];

fn tag_name(rest: &str) -> &str {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '!').unwrap_or(rest.len());
    &rest[..end]
}

/// UTF-8 if it is, else what Windows writes in the West, which every byte is.
fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let (encoding, skip) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let bytes = bytes.get(skip..).unwrap_or(bytes);
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => text,
        None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_taken_from_the_name_or_the_content() {
        let mail = b"From: Anna <a@b.example>\nSubject: s\n\nYes.\n\nOn Mon, 2 Mar 2026 at 10:00, Bo <b@c.example> wrote:\n> No?\n";
        for name in [Some("x.eml"), None, Some("stdin")] {
            let seen = inspect(mail, name);
            assert_eq!(
                (seen.from.as_deref(), seen.subject.as_deref(), seen.reply.as_str()),
                (Some("Anna <a@b.example>"), Some("s"), "Yes."),
                "{name:?}"
            );
            assert!(seen.quoted.is_some_and(|quoted| quoted.ends_with("> No?")));
        }
        for name in [Some("x.html"), None] {
            assert_eq!(inspect(b"<div>Yes.</div><blockquote type=cite>No?</blockquote>", name).reply, "Yes.");
        }
        let text = inspect("Yes.\n\n> No?".as_bytes(), Some("x.txt"));
        assert_eq!((text.from, text.reply.as_str(), text.quoted.as_deref()), (None, "Yes.", Some("> No?")));
        assert_eq!(inspect(b"Note: this\nis text", None).reply, "Note: this\nis text");
        assert_eq!(inspect(b"Gr\xfc\xdfe", Some("x.txt")).reply, "Grüße");
    }

    /// Every mail of the fixtures answers "Hello", unless a file beside it says what.
    #[test]
    fn the_fixture_mails_are_cut_as_their_reply_files_say() {
        let Ok(dir) = std::env::var("CASEYOS_FIXTURES_DIR") else {
            assert!(std::env::var("CASEYOS_REQUIRE_FIXTURES").is_err(), "CASEYOS_FIXTURES_DIR is not set");
            println!("skipped: CASEYOS_FIXTURES_DIR is not set");
            return;
        };
        let mut seen = 0;
        for entry in std::fs::read_dir(std::path::Path::new(&dir).join("mail")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|end| end != "eml") {
                continue;
            }
            let expected =
                std::fs::read_to_string(path.with_extension("reply.txt")).unwrap_or_else(|_| "Hello".to_owned());
            let inspected = inspect(&std::fs::read(&path).unwrap(), path.to_str());
            assert_eq!(inspected.reply.trim(), expected.trim(), "{}", path.display());
            seen += 1;
        }
        assert!(seen > 0);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), name in "[a-z.]{0,6}") {
            let _ = inspect(&bytes, Some(&name));
            let _ = inspect(&bytes, None);
        }
    }
}
