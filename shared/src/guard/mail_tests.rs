//! All guardrails together: a good mail passes them all, each fault is found by its own, and no input is too much for them.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::hidden::hidden_character;
use super::super::instruction::{Chooser, looks_like_instruction};
use super::super::{Guardrail, Verdict, strip_hidden, worst};
use super::*;
use crate::model::Suppression;

const NOW: Ts = Ts::from_millis(1_772_442_000_000); // a Monday, 09:00 UTC

fn mail() -> OutgoingMail {
    OutgoingMail {
        from_name: "Sam Seller".to_owned(),
        from: "sam@sender.example".to_owned(),
        to_name: "Ann Lee".to_owned(),
        to: vec!["ann@acme.example".to_owned()],
        subject: "Re: your demo".to_owned(),
        text: "Hi Ann,\n\nbook a time: https://sender.example/demo\n\nBest, Sam\n".to_owned(),
        html: Some("<p>Hi Ann,</p><p><a href=\"https://sender.example/demo\">Book a time</a></p>".to_owned()),
        fields: vec![Field { name: "In-Reply-To".to_owned(), value: "<1@acme.example>".to_owned() }],
        digest: "ab12".to_owned(),
    }
}

fn facts() -> Facts {
    Facts {
        contact: Some("Ann@acme.example".to_owned()),
        standing: Standing::default(),
        received: Received::default(),
        sent: Sent::default(),
        caps: Caps::default(),
        quiet_hours: Some(QuietHours { from: "20:00".parse().unwrap(), to: "08:00".parse().unwrap() }),
        zone: None,
        workspace_zone: TimeZone::UTC,
        foreign: vec!["Globex Corporation".to_owned()],
        link_domains: Vec::new(),
        quoted: String::new(),
        approval: Some(Approval { digest: "ab12".to_owned(), by: Grounds::Person, still_may: true }),
        connection: None,
        provenance: Provenance {
            recipient: Chooser::Rule,
            action: Chooser::Rule,
            text: Chooser::Template,
            inbound_read: true,
            confirmed: true,
        },
        inbound: Vec::new(),
        reversibility: Some(Reversibility::None),
        switches: KillSwitches::default(),
    }
}

fn names(findings: &[Finding]) -> Vec<Guardrail> {
    findings.iter().map(|finding| finding.guardrail).collect()
}

#[test]
fn a_good_mail_passes_every_guardrail_in_their_order() {
    let findings = check_mail(&mail(), &facts(), NOW);
    assert_eq!(names(&findings), Guardrail::ALL);
    assert_eq!(worst(&findings), Verdict::Pass, "{findings:?}");
}

#[test]
fn each_fault_is_found_by_its_own_guardrail_alone() {
    type Fault = fn(&mut OutgoingMail, &mut Facts);
    let faults: [(Guardrail, Fault); 15] = [
        (Guardrail::Recipient, |_, facts| facts.contact = Some("bob@acme.example".to_owned())),
        (Guardrail::Suppression, |_, facts| facts.standing.contact = Some(Suppression::Bounced)),
        (Guardrail::Frequency, |_, facts| facts.received.contact_week.count = 3),
        (Guardrail::DailyCaps, |_, facts| facts.sent.user_day.count = 200),
        (Guardrail::QuietHours, |_, facts| facts.zone = Some(TimeZone::posix("<-10>10").unwrap())),
        (Guardrail::Placeholder, |mail, _| mail.html = Some("<p>Hi {<b>{name}}</b></p>".to_owned())),
        (Guardrail::Secret, |mail, _| mail.text.push_str("as for Globex Corporation")),
        (Guardrail::Link, |mail, _| mail.text.push_str("https://evil.example")),
        (Guardrail::HiddenText, |mail, _| mail.subject = "Hel\u{200b}lo".to_owned()),
        (Guardrail::Header, |mail, _| {
            mail.fields.push(Field { name: "Bcc".to_owned(), value: "x@y.example".to_owned() })
        }),
        (Guardrail::Approval, |mail, _| mail.digest = "cd34".to_owned()),
        (Guardrail::Connection, |_, facts| {
            facts.connection = Some(Connection {
                provider: "Gmail".to_owned(),
                health: connection::Health::Expired,
                said: None,
                has_scope: true,
            });
        }),
        (Guardrail::Instruction, |_, facts| facts.provenance.recipient = Chooser::Model),
        (Guardrail::Reversibility, |_, facts| facts.reversibility = None),
        (Guardrail::KillSwitch, |_, facts| facts.switches.kind = true),
    ];
    for (guardrail, fault) in faults {
        let (mut mail, mut facts) = (mail(), facts());
        fault(&mut mail, &mut facts);
        let findings = check_mail(&mail, &facts, NOW);
        assert_eq!(names(&findings), Guardrail::ALL);
        let stopped: Vec<_> = findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Pass)
            .map(|finding| finding.guardrail)
            .collect();
        assert_eq!(stopped, [guardrail], "{findings:?}");
        assert!(findings.iter().all(|finding| finding.reason.is_some() == (finding.verdict != Verdict::Pass)));
    }
}

#[test]
fn addresses_and_alternatives_in_html_are_read_like_text() {
    for (html, guardrail) in [
        ("<a href='https://sender.example/{{id}}'>x</a>", Guardrail::Placeholder),
        ("<img alt='Hi [First Name]' src='cid:x'>", Guardrail::Placeholder),
        ("<a href='https://ann:pw@sender.example/'>x</a>", Guardrail::Secret),
        ("<p title='a&#8203;b'>x</p>", Guardrail::HiddenText),
        ("<p>www.evil.example</p>", Guardrail::Link),
        ("<p>a&ZeroWidthSpace;b</p>", Guardrail::HiddenText),
    ] {
        let mail = OutgoingMail { html: Some(html.to_owned()), ..mail() };
        let findings = check_mail(&mail, &facts(), NOW);
        let found = findings.iter().any(|finding| finding.guardrail == guardrail && finding.verdict == Verdict::Block);
        assert!(found, "{html} {findings:?}");
    }
}

/// Texts with what guardrails look for in them, more often than chance has it.
fn hostile() -> impl Strategy<Value = String> {
    "([a-z]{1,6}| |\n|\r\n|\\{\\{|\\}\\}|\\[|\\]|<|>|%|\\$\\{|\\*\\||Hi ,|TBD|@|://|https://|www\\.|javascript:|xn--|&#|;|<!--|<a href=|style=|\"|'|csy_|sk-|eyJ|4111 |DE89|ignore |previous |instructions|[\u{200b}-\u{200f}]|[\u{e0020}-\u{e007e}]|\u{202e}|\u{2028}|🏴|\\PC){0,24}"
}

fn everything_is_checked(text: &str, other: &str) -> Result<(), TestCaseError> {
    let mail = OutgoingMail {
        to: vec![other.to_owned()],
        subject: other.to_owned(),
        text: text.to_owned(),
        html: Some(text.to_owned()),
        to_name: text.to_owned(),
        fields: vec![Field { name: other.to_owned(), value: text.to_owned() }],
        ..mail()
    };
    let facts = Facts { inbound: vec![text.to_owned()], quoted: other.to_owned(), ..facts() };
    let findings = check_mail(&mail, &facts, NOW);
    prop_assert_eq!(names(&findings), Guardrail::ALL);
    for finding in &findings {
        let reason = finding.reason.as_deref();
        prop_assert_eq!(reason.is_some(), finding.verdict != Verdict::Pass);
        prop_assert!(
            !reason.is_some_and(|reason| reason.contains(char::is_control) || hidden_character(reason).is_some()),
            "{:?}",
            reason
        );
    }
    prop_assert_eq!(hidden_character(&strip_hidden(text)), None);
    let _any = looks_like_instruction(text);
    Ok(())
}

proptest! {
    #[test]
    fn any_mail_gets_one_finding_of_each_guardrail_and_reasons_that_can_be_shown(text in hostile(), other in hostile()) {
        everything_is_checked(&text, &other)?;
    }

    #[test]
    fn letters_spaces_and_punctuation_pass(words in "([A-Z]?[a-z\u{e0}-\u{f6}]{1,9}[,.;!?]?[ \n]){0,20}") {
        let text = format!("So {words}");
        prop_assume!(looks_like_instruction(&text).is_none());
        let mail = OutgoingMail { text: text.replace('\n', " "), subject: text.replace('\n', " "), html: None, ..mail() };
        prop_assert_eq!(worst(&check_mail(&mail, &facts(), NOW)), Verdict::Pass);
    }
}

/// A million cases, for `cargo test -p caseyos-shared --release -- --ignored soak`.
#[test]
#[ignore = "a million cases take minutes: part of the soak"]
fn soak_a_million_mails_get_one_finding_of_each_guardrail() {
    let mut runner = TestRunner::new(Config { cases: 1_000_000, failure_persistence: None, ..Config::default() });
    runner.run(&(hostile(), hostile()), |(text, other)| everything_is_checked(&text, &other)).unwrap();
}

/// Inputs that a reader which looks back or starts over would take for ever for.
const HOSTILE: &[&str] = &[
    "a",
    " ",
    "{",
    "[",
    "<",
    "%",
    "*|",
    "<a ",
    "</a>",
    "<b>",
    "<!--",
    "&",
    "&#",
    "a=",
    "(http://sender.example",
    "://",
    ":",
    "/",
    "a.",
    "@",
    "4111-",
    "1",
    "1 ",
    "DE89",
    "A",
    "eyJ.",
    "csy_",
    "sk-",
    "xn--",
    "\u{200b}",
    "\u{e0061}",
    "🏴",
    "م\u{200c}",
    "ignore all ",
    "i ",
    "send this ",
    "x@y.example ",
    "Hi ,a",
    "lorem ",
    "url(",
    "<p style='a:b;'>",
    "-----BEGIN ",
    "\n",
    "(\"",
    "ä",
    "system:\n",
];

fn megabyte(piece: &str) -> String {
    piece.repeat((1 << 20) / piece.len())
}

#[test]
fn a_megabyte_is_read_to_its_end_by_the_check_that_it_is_made_for() {
    let domains = ["sender.example".parse().unwrap()];
    let text_check = |text: &str, check: fn(&[Part<'_>]) -> Finding| check(&[Part::new("the text", text)]).verdict;
    for piece in ["{", "[a", "%a", "<a", "*|a"] {
        assert_eq!(
            text_check(&megabyte(piece), placeholder::check),
            if piece == "{" { Verdict::Block } else { Verdict::Pass }
        );
    }
    for piece in ["4111-", "eyJ.", "sk-", "://a:"] {
        assert_eq!(text_check(&megabyte(piece), |parts| secret::check(parts, &["globex"])), Verdict::Pass, "{piece}");
    }
    for piece in ["(http://sender.example", "a:", "a.b/"] {
        let text = megabyte(piece);
        let places = Places { domains: &domains, addresses: &[], quoted: &text };
        assert_eq!(link::check(&[Part::new("the text", &text)], None, &places).verdict, Verdict::Pass, "{piece}");
    }
    for piece in ["<a ", "<b></i>", "<p style='a:b;'>", "&#"] {
        let text = megabyte(piece);
        assert_eq!(hidden::check(&[], Some(&Html::read(&text))).verdict, Verdict::Pass, "{piece}");
    }
    for piece in ["a\u{200b}", "🏴\u{e0061}", "م\u{200c}"] {
        let text = megabyte(piece);
        assert_eq!(strip_hidden(&text) == text, piece.starts_with('م'), "{piece}");
    }
    for piece in ["ignore all the ", "send this ", "system:\n"] {
        assert_eq!(looks_like_instruction(&megabyte(piece)), None, "{piece}");
    }
}

/// Every input to every check, for `cargo test -p caseyos-shared --release -- --ignored soak`.
#[test]
#[ignore = "it takes minutes: part of the soak"]
fn soak_a_megabyte_of_anything_is_read_to_its_end_by_every_check() {
    for piece in HOSTILE {
        assert!(everything_is_checked(&megabyte(piece), "x").is_ok(), "{piece}");
    }
}
