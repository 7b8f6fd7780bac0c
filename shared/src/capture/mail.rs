//! Why a mail makes no move: precision before coverage.

/// What the decision looks at. Addresses are compared without regard to case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// The address in `From`.
    pub from: &'a str,
    /// The addresses in `To`.
    pub to: &'a [&'a str],
    /// The addresses in `Cc`.
    pub cc: &'a [&'a str],
    /// The subject; empty when absent.
    pub subject: &'a str,
    /// Whether a `List-Id` header is there.
    pub list_id: bool,
    /// Whether a `List-Unsubscribe` header is there.
    pub list_unsubscribe: bool,
    /// The `Precedence` header.
    pub precedence: Option<&'a str>,
    /// The `Auto-Submitted` header.
    pub auto_submitted: Option<&'a str>,
    /// Whether the sender's program says that it answers by itself (`X-Autoreply`, `X-Autorespond`, …).
    pub auto_reply: bool,
    /// The name of a header that only bulk mail programs write (`X-Campaign`, `Feedback-ID`, …).
    pub bulk_header: Option<&'a str>,
    /// Whether the mail is a delivery report or has the empty return path of one.
    pub bounce: bool,
    /// Whether the mail carries an invitation or an answer to one (`text/calendar`).
    pub calendar: bool,
    /// The labels of the mailbox ("Spam", "Trash", "Drafts", …).
    pub labels: &'a [&'a str],
}

/// Why a mail makes no move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoMove {
    /// It has no sender whom one could answer.
    NoSender,
    /// The mailbox files it under spam, trash or drafts.
    Filed,
    /// It is the owner's own.
    Own,
    /// It reports that a mail was not delivered.
    Bounce,
    /// A program answered while its owner is away.
    AutoReply,
    /// It is an invitation or an answer to one.
    Calendar,
    /// Its sender reads no answers.
    NoReply,
    /// It came through a mailing list.
    MailingList,
    /// It is a newsletter or another mail to many.
    Bulk,
    /// It was sent to others, with a copy to the owner.
    CopyOnly,
}

impl NoMove {
    /// A short name for ledgers and counts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSender => "no_sender",
            Self::Filed => "filed_away",
            Self::Own => "own_mail",
            Self::Bounce => "bounce",
            Self::AutoReply => "auto_reply",
            Self::Calendar => "calendar",
            Self::NoReply => "no_reply",
            Self::MailingList => "mailing_list",
            Self::Bulk => "bulk",
            Self::CopyOnly => "copy_only",
        }
    }

    /// The reason as a sentence for the ledger "what became of this, and why not a move?".
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoSender => "Nobody can be answered: the mail names no sender.",
            Self::Filed => "Your mailbox keeps it under spam, trash or drafts.",
            Self::Own => "You sent it yourself.",
            Self::Bounce => "It reports that a mail could not be delivered.",
            Self::AutoReply => "A program sent it while its owner is away.",
            Self::Calendar => "It is an invitation or an answer to one; your calendar has it.",
            Self::NoReply => "Its sender reads no answers.",
            Self::MailingList => "It came through a mailing list.",
            Self::Bulk => "It is a newsletter or another mail to many.",
            Self::CopyOnly => "It was sent to others; you only got a copy.",
        }
    }
}

/// Why this mail makes no move for the owner of the addresses `me`; none when it may make one.
///
/// With no address in `me` nothing is said about own mails and copies.
#[must_use]
pub fn why_no_move(mail: &Facts<'_>, me: &[&str]) -> Option<NoMove> {
    let mine = |address: &str| me.iter().any(|own| own.eq_ignore_ascii_case(address));
    if mail.from.is_empty() {
        return Some(if mail.bounce { NoMove::Bounce } else { NoMove::NoSender });
    }
    if mail.labels.iter().any(|label| is_filed_away(label)) {
        return Some(NoMove::Filed);
    }
    if mine(mail.from) || mail.labels.iter().any(|label| label.eq_ignore_ascii_case("sent")) {
        return Some(NoMove::Own);
    }
    if mail.bounce || is_bounce_sender(mail.from) {
        return Some(NoMove::Bounce);
    }
    let auto =
        mail.auto_submitted.map(str::trim).is_some_and(|value| !value.is_empty() && !value.eq_ignore_ascii_case("no"));
    if mail.auto_reply
        || (auto
            && mail.auto_submitted.is_some_and(|value| value.trim().to_ascii_lowercase().starts_with("auto-replied")))
        || is_auto_reply_subject(mail.subject)
    {
        return Some(NoMove::AutoReply);
    }
    if mail.calendar {
        return Some(NoMove::Calendar);
    }
    if is_no_reply(mail.from) || auto {
        return Some(NoMove::NoReply);
    }
    if mail.list_id || precedence_is(mail.precedence, &["list"]) {
        return Some(NoMove::MailingList);
    }
    if mail.list_unsubscribe
        || mail.bulk_header.is_some()
        || precedence_is(mail.precedence, &["bulk", "junk", "auto_reply"])
    {
        return Some(NoMove::Bulk);
    }
    if mail.cc.iter().any(|address| mine(address)) && !mail.to.iter().any(|address| mine(address)) {
        return Some(NoMove::CopyOnly);
    }
    None
}

pub(super) fn precedence_is(precedence: Option<&str>, values: &[&str]) -> bool {
    precedence.map(str::trim).is_some_and(|found| values.iter().any(|value| found.eq_ignore_ascii_case(value)))
}

/// Whether nobody reads what is sent to this address ("no-reply@…", "notifications@…").
#[must_use]
pub fn is_no_reply(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or(address).to_ascii_lowercase();
    let plain: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    // "noreply", "no-reply+abc", "acme.donotreply".
    [
        "noreply",
        "donotreply",
        "dontreply",
        "noresponse",
        "neverreply",
        "nepasrepondre",
        "noresponder",
        "keineantwort",
        "nichtantworten",
        "naoresponda",
        "nonrispondere",
    ]
    .iter()
    .any(|word| plain.contains(word))
        || local.split(['+', '.', '-', '_']).any(|word| {
            matches!(
                word,
                "notification"
                    | "notifications"
                    | "notify"
                    | "alert"
                    | "alerts"
                    | "newsletter"
                    | "newsletters"
                    | "mailer"
                    | "automated"
                    | "autoconfirm"
                    | "unsubscribe"
                    | "bounce"
                    | "bounces"
                    | "daemon"
                    | "updates"
            )
        })
}

pub(super) fn is_bounce_sender(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or(address).to_ascii_lowercase();
    matches!(local.as_str(), "mailer-daemon" | "mailerdaemon" | "postmaster" | "mail-daemon")
}

/// "Automatic reply: …", "Out of Office: …" in the languages of the usual clients.
pub(super) fn is_auto_reply_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    [
        "automatic reply:",
        "auto reply:",
        "auto-reply:",
        "autoreply:",
        "out of office:",
        "out-of-office:",
        "automatische antwort:",
        "abwesenheitsnotiz:",
        "réponse automatique",
        "respuesta automática:",
        "risposta automatica:",
        "resposta automática:",
        "automatisch antwoord:",
        "autosvar:",
        "automatisk svar:",
        "automatiskt svar:",
        "automaattinen vastaus:",
        "odpowiedź automatyczna:",
        "automatická odpověď:",
        "автоматический ответ:",
        "автоматична відповідь:",
        "otomatik yanıt:",
        "自动答复:",
        "自动回复",
        "自動回覆",
        "自動応答:",
        "자동 회신:",
    ]
    .iter()
    .any(|opening| subject.starts_with(opening))
}

fn is_filed_away(label: &str) -> bool {
    ["spam", "junk", "trash", "bin", "draft", "drafts", "chat", "chats"]
        .iter()
        .any(|filed| label.trim().eq_ignore_ascii_case(filed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &[&str] = &["me@acme.example"];

    fn person<'a>() -> Facts<'a> {
        Facts { from: "anna@kunde.example", to: ME, subject: "Re: offer", ..Facts::default() }
    }

    #[test]
    fn a_mail_from_a_person_to_me_may_make_a_move() {
        assert_eq!(why_no_move(&person(), ME), None);
        assert_eq!(why_no_move(&person(), &[]), None);
    }

    #[test]
    fn each_reason_is_found() {
        let cases = [
            (Facts { from: "", ..person() }, NoMove::NoSender),
            (Facts { labels: &["Inbox", "Spam"], ..person() }, NoMove::Filed),
            (Facts { from: "Me@Acme.example", ..person() }, NoMove::Own),
            (Facts { labels: &["Sent"], ..person() }, NoMove::Own),
            (Facts { from: "MAILER-DAEMON@mx.example", ..person() }, NoMove::Bounce),
            (Facts { auto_submitted: Some("auto-replied (vacation)"), ..person() }, NoMove::AutoReply),
            (Facts { subject: "Abwesenheitsnotiz: Angebot", ..person() }, NoMove::AutoReply),
            (Facts { calendar: true, ..person() }, NoMove::Calendar),
            (Facts { from: "no-reply@shop.example", ..person() }, NoMove::NoReply),
            (Facts { auto_submitted: Some("auto-generated"), ..person() }, NoMove::NoReply),
            (Facts { list_id: true, ..person() }, NoMove::MailingList),
            (Facts { list_unsubscribe: true, ..person() }, NoMove::Bulk),
            (Facts { precedence: Some(" Bulk"), ..person() }, NoMove::Bulk),
            (Facts { bulk_header: Some("X-Campaign"), ..person() }, NoMove::Bulk),
            (Facts { to: &["other@acme.example"], cc: ME, ..person() }, NoMove::CopyOnly),
        ];
        for (facts, reason) in cases {
            assert_eq!(why_no_move(&facts, ME), Some(reason), "{facts:?}");
            assert!(reason.sentence().ends_with('.'));
        }
    }

    #[test]
    fn auto_submitted_no_is_a_person() {
        assert_eq!(why_no_move(&Facts { auto_submitted: Some("no"), ..person() }, ME), None);
    }

    #[test]
    fn to_and_cc_is_not_a_mere_copy() {
        assert_eq!(why_no_move(&Facts { cc: ME, ..person() }, ME), None);
    }

    #[test]
    fn people_with_odd_names_are_no_machines() {
        for address in
            ["noah.reply@kunde.example", "alertson@kunde.example", "info@kunde.example", "sales@kunde.example"]
        {
            assert_eq!(is_no_reply(address), address.starts_with("noreply"), "{address}");
        }
        for address in
            ["noreply@x.example", "do-not-reply@x.example", "No.Reply+17@x.example", "notifications@x.example"]
        {
            assert!(is_no_reply(address), "{address}");
        }
    }
}
