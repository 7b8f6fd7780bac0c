//! The bytes of one message become a mail as the domain knows it.

use std::sync::LazyLock;

use caseyos_shared::capture::mail::{Facts, NoMove, why_no_move};
use caseyos_shared::capture::reply::{self, Line, Mark, Reply};
use caseyos_shared::model::Ts;
use mail_parser::{HeaderForm, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use serde::Serialize;

use super::html;

/// More text than this of one mail is not kept, in bytes; more than four times as much is not read.
pub const MAX_TEXT: usize = 64 << 10;
/// A header is kept up to this length, in bytes: nobody writes longer subjects and names.
const MAX_HEADER: usize = 2 << 10;
/// Lists (recipients, references, attachments) are kept up to this many entries.
const MAX_LIST: usize = 500;
/// A mail in a mail in a mail …: deeper ones are refused, because they exist only to break readers.
const MAX_NESTED: usize = 100;

static PARSER: LazyLock<MessageParser> = LazyLock::new(MessageParser::default);

/// Headers that only programs write which send to many. Those of delivery services that carry single mails too
/// (Mailgun, SES, SendGrid, Postmark) are not among them: alone they say nothing.
const BULK_HEADERS: &[&str] = &[
    "X-Campaign",
    "X-CampaignID",
    "X-Campaign-Id",
    "X-MC-User",
    "X-Mailer-RecptId",
    "X-CSA-Complaints",
    "X-HubSpot-Campaign",
    "X-Marketo",
    "X-Newsletter",
    "X-Roving-ID",
    "X-Sailthru-Message-Id",
];

/// A name and an address as a mail writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The name; none when there is none.
    pub name: Option<String>,
    /// The address, in the case in which it was found.
    pub email: String,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Some(name) if self.email.is_empty() => f.write_str(name),
            Some(name) => write!(f, "{name} <{}>", self.email),
            None => f.write_str(&self.email),
        }
    }
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// `Message-ID` without angle brackets; none when absent.
    pub message_id: Option<String>,
    /// The first id of `In-Reply-To`.
    pub in_reply_to: Option<String>,
    /// `References`, oldest first.
    pub references: Vec<String>,
    /// What mails of one conversation share: Gmail's thread id, else the oldest reference, else what it answers, else its own id.
    pub thread_key: Option<String>,
    /// Gmail's labels (Takeout writes them).
    pub labels: Vec<String>,
    /// The first `From`.
    pub from: Option<Address>,
    /// `Sender`, where it differs from whom the mail is.
    pub sender: Option<Address>,
    /// `Reply-To`.
    pub reply_to: Vec<Address>,
    /// `To`.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// `Bcc`, which only the sender's own copies have.
    pub bcc: Vec<Address>,
    /// `Delivered-To` and `X-Original-To`: addresses of the mailbox's owner.
    pub delivered_to: Vec<String>,
    /// When it was sent; the time of receipt when the sender's clock says nothing readable.
    pub date: Option<Ts>,
    /// The subject.
    pub subject: Option<String>,
    /// What the sender wrote.
    pub reply: String,
    /// What they quoted.
    pub quoted: Option<String>,
    /// Their signature block.
    pub signature: Option<String>,
    /// Whether the text was longer than what is kept.
    pub cut_short: bool,
    /// Names of the attachments; their contents are not kept.
    pub attachments: Vec<String>,
    /// Whether a `List-Id` header is there.
    pub list_id: bool,
    /// Whether a `List-Unsubscribe` header is there.
    pub list_unsubscribe: bool,
    /// `Precedence`.
    pub precedence: Option<String>,
    /// `Auto-Submitted`.
    pub auto_submitted: Option<String>,
    /// A header that only bulk mail programs write.
    pub bulk_header: Option<&'static str>,
    /// Whether a program answered by itself.
    pub auto_reply: bool,
    /// Whether it is a delivery report.
    pub bounce: bool,
    /// Whether it carries an invitation or an answer to one.
    pub calendar: bool,
}

/// Why bytes are no mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// Nothing in them looks like a header.
    #[error("no mail headers were found")]
    NoHeaders,
    /// There is nothing in them.
    #[error("the message is empty")]
    Empty,
    /// It holds more mails within mails than anybody forwards.
    #[error("the message holds more than 100 mails within mails")]
    TooDeep,
}

impl Mail {
    /// Why this mail makes no move for the owner of the addresses `me`; none when it may make one.
    #[must_use]
    pub fn why_no_move(&self, me: &[&str]) -> Option<NoMove> {
        let to: Vec<&str> = self.to.iter().map(|address| address.email.as_str()).collect();
        let cc: Vec<&str> = self.cc.iter().map(|address| address.email.as_str()).collect();
        let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
        let facts = Facts {
            from: self.from.as_ref().map_or("", |from| &from.email),
            to: &to,
            cc: &cc,
            subject: self.subject.as_deref().unwrap_or(""),
            list_id: self.list_id,
            list_unsubscribe: self.list_unsubscribe,
            precedence: self.precedence.as_deref(),
            auto_submitted: self.auto_submitted.as_deref(),
            auto_reply: self.auto_reply,
            bulk_header: self.bulk_header,
            bounce: self.bounce,
            calendar: self.calendar,
            labels: &labels,
        };
        why_no_move(&facts, me)
    }
}

/// Reads one message (RFC 5322 with MIME). Broken MIME gives what can be read of it; it never panics.
///
/// # Errors
/// When the bytes are no mail at all, or one made to break readers.
pub fn parse(bytes: &[u8]) -> Result<Mail, MailFault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(MailFault::Empty);
    }
    if nested(bytes) > MAX_NESTED {
        return Err(MailFault::TooDeep);
    }
    let message = PARSER.parse(bytes).ok_or(MailFault::NoHeaders)?;
    if message.headers().is_empty() {
        return Err(MailFault::NoHeaders);
    }
    let (cut, cut_short) = body(&message);

    let message_id = message.message_id().map(clip);
    let in_reply_to = ids(message.in_reply_to()).into_iter().next();
    let references = ids(message.references());
    let thread_key = other(&message, "X-GM-THRID")
        .or_else(|| references.first().cloned())
        .or_else(|| in_reply_to.clone())
        .or_else(|| message_id.clone());
    let content_type =
        |kind: &str, sub: &str| message.parts.iter().take(MAX_LIST).any(|part| part.is_content_type(kind, sub));
    let from = addresses(message.from()).into_iter().next();
    let return_path_empty = other(&message, "Return-Path").is_some_and(|path| path.trim() == "<>");
    let report = content_type("multipart", "report") && content_type("message", "delivery-status");
    let auto_reply = ["X-Autoreply", "X-Autorespond"].iter().any(|name| other(&message, name).is_some());

    Ok(Mail {
        in_reply_to,
        references,
        thread_key,
        labels: labels(&message),
        sender: addresses(message.sender())
            .into_iter()
            .next()
            .filter(|sender| from.as_ref().is_none_or(|from| !from.email.eq_ignore_ascii_case(&sender.email))),
        reply_to: addresses(message.reply_to()),
        to: addresses(message.to()),
        cc: addresses(message.cc()),
        bcc: addresses(message.bcc()),
        delivered_to: ["Delivered-To", "X-Original-To"]
            .iter()
            .filter_map(|name| other(&message, name))
            .map(|address| address.trim_matches(['<', '>', ' ']).to_owned())
            .collect(),
        date: message
            .date()
            .and_then(moment)
            .or_else(|| message.received().and_then(|received| received.date()).and_then(|date| moment(&date))),
        subject: message.subject().map(clip).filter(|subject| !subject.is_empty()),
        reply: cut.reply,
        quoted: cut.quoted,
        signature: cut.signature,
        cut_short,
        attachments: message.attachments().take(MAX_LIST).filter_map(|part| part.attachment_name()).map(clip).collect(),
        list_id: message.header(HeaderName::ListId).is_some(),
        list_unsubscribe: message.header(HeaderName::ListUnsubscribe).is_some(),
        precedence: other(&message, "Precedence"),
        auto_submitted: other(&message, "Auto-Submitted"),
        bulk_header: BULK_HEADERS.iter().find(|name| other(&message, name).is_some()).copied(),
        auto_reply,
        bounce: report || (return_path_empty && content_type("message", "delivery-status")),
        calendar: content_type("text", "calendar"),
        message_id,
        from,
    })
}

/// How often the bytes name a kind of part that holds a whole mail: each may be one level deeper.
fn nested(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'/') {
        let after = rest.get(at + 1..).unwrap_or(&[]);
        let is = |word: &[u8]| after.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        count += usize::from(is(b"rfc822") || is(b"global") || is(b"digest"));
        rest = after;
    }
    count
}

/// The text a person reads: the plain one if it says anything, else the HTML one.
fn body(message: &Message<'_>) -> (Reply, bool) {
    let mut text = String::new();
    let mut rich: Option<&str> = None;
    for id in &message.text_body {
        match message.part(*id).map(|part| &part.body) {
            Some(PartType::Text(part)) if text.len() < 4 * MAX_TEXT => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text.push_str(part.get(..part.floor_char_boundary(4 * MAX_TEXT)).unwrap_or(""));
            }
            Some(PartType::Html(part)) => rich = rich.or(Some(part)),
            _ => {}
        }
    }
    if rich.is_none() {
        rich = message.html_body.iter().find_map(|id| match &message.part(*id)?.body {
            PartType::Html(part) => Some(&**part),
            _ => None,
        });
    }
    let cut = match rich {
        Some(rich) if says_nothing(&text) => cut_html(rich),
        _ => cut_text(&text),
    };
    shorten(cut)
}

/// Empty, or only the excuse of a program that writes HTML.
fn says_nothing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || (text.len() < 300
            && !text.contains('\n')
            && (text.contains("HTML") || text.contains("html"))
            && (text.contains("support") || text.contains("view") || text.contains("display")))
}

/// Cuts a plain text, without the characters that show nothing.
pub(super) fn cut_text(text: &str) -> Reply {
    use caseyos_shared::capture::containers::is_invisible;
    if text.is_ascii() || !text.contains(is_invisible) {
        return reply::cut(text);
    }
    reply::cut(&text.replace(is_invisible, ""))
}

/// Cuts an HTML text.
pub(super) fn cut_html(rich: &str) -> Reply {
    let lines = html::lines(rich);
    let lines: Vec<Line<'_>> = lines.iter().map(|(text, mark)| Line { text, mark: *mark }).collect();
    let cut = reply::cut_lines(&lines);
    if cut.reply.is_empty()
        && cut.quoted.is_none()
        && lines.iter().any(|line| line.mark != Mark::Rule && !line.text.is_empty())
    {
        return Reply { reply: lines.iter().map(|line| line.text).collect::<Vec<_>>().join("\n"), ..cut };
    }
    cut
}

fn shorten(mut cut: Reply) -> (Reply, bool) {
    let mut short = false;
    for part in [Some(&mut cut.reply), cut.quoted.as_mut(), cut.signature.as_mut()].into_iter().flatten() {
        if part.len() > MAX_TEXT {
            part.truncate(part.floor_char_boundary(MAX_TEXT));
            short = true;
        }
    }
    (cut, short)
}

fn clip(text: &str) -> String {
    let text = text.trim();
    text.get(..text.floor_char_boundary(MAX_HEADER)).unwrap_or("").to_owned()
}

fn addresses(list: Option<&mail_parser::Address<'_>>) -> Vec<Address> {
    let Some(list) = list else { return Vec::new() };
    list.iter()
        .take(MAX_LIST)
        .map(|found| Address {
            name: found.name.as_deref().map(clip).filter(|name| !name.is_empty()),
            email: found.address.as_deref().map(clip).unwrap_or_default(),
        })
        .filter(|address| address.name.is_some() || !address.email.is_empty())
        .collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![clip(id)],
        HeaderValue::TextList(list) => list.iter().take(MAX_LIST).map(|id| clip(id)).collect(),
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|id| !id.is_empty())
    .collect()
}

fn other(message: &Message<'_>, name: &'static str) -> Option<String> {
    message.header_raw(name).map(clip).filter(|value| !value.is_empty())
}

fn labels(message: &Message<'_>) -> Vec<String> {
    let values = message.header_as("X-Gmail-Labels", HeaderForm::Text);
    values
        .iter()
        .filter_map(HeaderValue::as_text)
        .flat_map(|value| value.split(','))
        .take(MAX_LIST)
        .map(clip)
        .filter(|label| !label.is_empty())
        .collect()
}

fn moment(date: &mail_parser::DateTime) -> Option<Ts> {
    let sane = (1970..=2200).contains(&date.year)
        && (1..=12).contains(&date.month)
        && (1..=31).contains(&date.day)
        && date.hour < 24
        && date.minute < 60
        && date.second <= 60;
    sane.then(|| Ts::from_millis(date.to_timestamp().saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(headers: &str, body: &str) -> Mail {
        parse(format!("{headers}\r\n\r\n{body}").as_bytes()).unwrap()
    }

    #[test]
    fn headers_become_fields() {
        let mail = mail(
            "From: =?utf-8?q?Anna_L=C3=B6f?= <Anna@Kunde.example>\r\nTo: Me <me@acme.example>, two@acme.example\r\nCc: c@x.example\r\nMessage-ID: <3@kunde>\r\nIn-Reply-To: <2@acme>\r\nReferences: <1@kunde>\r\n <2@acme>\r\nSubject: Re: =?utf-8?b?QW5nZWJvdA==?=\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\nX-Gmail-Labels: =?UTF-8?Q?Posteingang,Ge=C3=B6ffnet?=\r\nDelivered-To: me@acme.example",
            "Gern.\r\n\r\nAm 1. M=C3=A4rz 2026 um 09:00 schrieb Me <me@acme.example>:\r\n> Hallo\r\n",
        );
        assert_eq!(mail.from.as_ref().unwrap().to_string(), "Anna Löf <Anna@Kunde.example>");
        assert_eq!((mail.to.len(), mail.cc.len()), (2, 1));
        assert_eq!(mail.thread_key.as_deref(), Some("1@kunde"));
        assert_eq!(mail.in_reply_to.as_deref(), Some("2@acme"));
        assert_eq!(mail.subject.as_deref(), Some("Re: Angebot"));
        assert_eq!(mail.labels, ["Posteingang", "Geöffnet"]);
        assert_eq!(mail.date.unwrap().to_string(), "2026-03-02T09:00:00.000Z");
        assert_eq!(mail.reply, "Gern.");
    }

    #[test]
    fn gmails_thread_comes_before_references() {
        assert_eq!(
            mail("From: a@b.example\r\nX-GM-THRID: 17\r\nReferences: <1@x>", "x").thread_key.as_deref(),
            Some("17")
        );
        assert_eq!(mail("From: a@b.example\r\nMessage-ID: <9@x>", "x").thread_key.as_deref(), Some("9@x"));
    }

    #[test]
    fn charsets_are_decoded() {
        for (charset, bytes, text) in [
            ("iso-8859-1", &b"Gr\xfc\xdfe"[..], "Grüße"),
            ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
            ("gb2312", b"\xc4\xe3\xba\xc3", "你好"),
            ("shift_jis", b"\x82\xb1\x82\xf1", "こん"),
            ("utf-8", "tänään".as_bytes(), "tänään"),
        ] {
            let mut raw =
                format!("From: a@b.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n").into_bytes();
            raw.extend_from_slice(bytes);
            assert_eq!(parse(&raw).unwrap().reply, text, "{charset}");
        }
    }

    #[test]
    fn plain_text_comes_before_html_unless_it_says_nothing() {
        let both = |plain: &str| {
            mail(
                "From: a@b.example\r\nContent-Type: multipart/alternative; boundary=q",
                &format!("--q\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n--q\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--q--\r\n"),
            )
            .reply
        };
        assert_eq!(both("plain"), "plain");
        assert_eq!(both(" "), "rich");
        assert_eq!(both("Your program does not support HTML mails."), "rich");
    }

    #[test]
    fn attachments_are_names_only() {
        let mail = mail(
            "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=q",
            "--q\r\n\r\nsee file\r\n--q\r\nContent-Type: application/pdf; name=\"offer.pdf\"\r\nContent-Disposition: attachment; filename=\"offer.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--q--\r\n",
        );
        assert_eq!((mail.reply.as_str(), mail.attachments), ("see file", vec!["offer.pdf".to_owned()]));
    }

    #[test]
    fn broken_mime_gives_what_can_be_read() {
        let mail = mail(
            "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=q",
            "--q\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64",
        );
        assert!(mail.from.is_some());
        assert_eq!(parse(b" \r\n\n"), Err(MailFault::Empty));
    }

    #[test]
    fn mails_in_mails_without_end_are_refused() {
        let bomb = "Content-Type: message/rfc822\r\n\r\n".repeat(200_000);
        assert_eq!(parse(bomb.as_bytes()), Err(MailFault::TooDeep));
    }

    #[test]
    fn long_texts_are_kept_in_part() {
        let mail = mail("From: a@b.example", &"word word\r\n".repeat(100_000));
        assert!(mail.cut_short && mail.reply.len() <= MAX_TEXT);
    }

    #[test]
    fn reports_and_invitations_are_known() {
        let report = mail(
            "From: MAILER-DAEMON@x.example\r\nContent-Type: multipart/report; boundary=q",
            "--q\r\n\r\nfailed\r\n--q\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n--q--\r\n",
        );
        assert_eq!(report.why_no_move(&[]), Some(NoMove::Bounce));
        let invitation = mail("From: a@b.example\r\nContent-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR");
        assert_eq!(invitation.why_no_move(&[]), Some(NoMove::Calendar));
        assert_eq!(
            mail("From: a@b.example\r\nList-Unsubscribe: <mailto:u@b.example>", "x").why_no_move(&[]),
            Some(NoMove::Bulk)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_mangled_mail_panics(mail in "(From: a@b\r?\n|Content-Type: (text/html|multipart/mixed; boundary=q|message/rfc822)\r?\n|--q(--)?\r?\n|\r?\n|=[0-9A-F]{0,2}|Content-Transfer-Encoding: (base64|quoted-printable)\r?\n|Date: [0-9A-Za-z:, +-]{0,30}\n|[ -~]{0,20}){0,40}") {
            let _ = parse(mail.as_bytes());
        }
    }
}
