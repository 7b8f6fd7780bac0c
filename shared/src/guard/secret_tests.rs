//! Secrets of every maker are found, and what only looks like one is not. Tokens are put together here, so that nobody takes this file for a leak.

use proptest::prelude::*;

use super::*;
use crate::guard::Verdict;

/// As many characters as wanted of what tokens are made of.
fn made(length: usize) -> String {
    "a1B2c3D4e5F6g7H8".chars().cycle().take(length).collect()
}

fn hex(length: usize) -> String {
    "0123456789abcdef".chars().cycle().take(length).collect()
}

#[test]
fn tokens_of_every_maker_are_found_and_never_repeated() {
    for (mark, body, whose) in [
        ("csy_", made(64), "CaseyOS key"),
        ("AKIA", "ABCDEFGH12345678".to_owned(), "AWS key"),
        ("sk-ant-", format!("api03-{}", made(40)), "Anthropic key"),
        ("ghp_", made(36), "GitHub token"),
        ("github_pat_", made(60), "GitHub token"),
        ("glpat-", made(20), "GitLab token"),
        ("AIza", made(35), "Google key"),
        ("GOCSPX-", made(28), "Google secret"),
        ("ya29.", made(60), "Google token"),
        ("pat-eu1-", "01234567-89ab-cdef-0123-456789abcdef".to_owned(), "HubSpot token"),
        ("sk-proj-", made(48), "OpenAI key"),
        ("sk-", made(48), "OpenAI key"),
        ("xoxb-", "123456789012-abcdefgh".to_owned(), "Slack token"),
        ("https://hooks.slack.com/services/T", "0123456A/B/c".to_owned(), "Slack webhook"),
        ("sk_live_", made(24), "Stripe key"),
        ("SG.", format!("{}.{}", made(22), made(43)), "SendGrid key"),
        ("SK", hex(32), "Twilio key"),
        ("eyJ", format!("hbGciOiJIUzI1NiJ9.eyJ{}.{}", made(20), made(20)), "sign-in token (JWT)"),
    ] {
        for text in [format!("{mark}{body}"), format!("use \"{mark}{body}\"."), format!("token={mark}{body}, ok?\n")] {
            assert_eq!(find(&text), Some(Secret::Token(whose)), "{text}");
            let finding = check(&[Part::new("the text", &text)], &[]);
            assert_eq!(finding.verdict, Verdict::Block);
            assert!(!finding.reason.unwrap().contains(&body));
        }
    }
}

#[test]
fn keys_passwords_and_cards_are_found() {
    for (text, secret) in [
        (format!("{}BEGIN RSA PRIVATE KEY-----\nMIIE", "-----"), Secret::PrivateKey),
        (format!("{}BEGIN OPENSSH PRIVATE KEY-----", "-----"), Secret::PrivateKey),
        (format!("{}BEGIN PRIVATE KEY-----", "-----"), Secret::PrivateKey),
        ("https://ann:hunter2@acme.example/".to_owned(), Secret::PasswordInAddress),
        ("postgres://casey:pw@db.acme.example:5432/x".to_owned(), Secret::PasswordInAddress),
        ("smtp://a%40b:s3cret@mail.example".to_owned(), Secret::PasswordInAddress),
        ("card 4111 1111 1111 1111".to_owned(), Secret::CardNumber),
        ("4111-1111-1111-1111, 12/27".to_owned(), Secret::CardNumber),
        ("4111111111111111".to_owned(), Secret::CardNumber),
        ("4111 1111 1111 1111 12/27 123".to_owned(), Secret::CardNumber),
        ("No. 5 5555555555554444.".to_owned(), Secret::CardNumber),
        ("Amex 3782 822463 10005".to_owned(), Secret::CardNumber),
        ("6011 1111 1111 1117".to_owned(), Secret::CardNumber),
        ("30569309025904".to_owned(), Secret::CardNumber),
        ("3530111333300000".to_owned(), Secret::CardNumber),
        ("DE89 3704 0044 0532 0130 00 and 4111111111111111".to_owned(), Secret::CardNumber),
    ] {
        assert_eq!(find(&text), Some(secret), "{text}");
        assert_eq!(check(&[Part::new("the text", &text)], &[]).verdict, Verdict::Block);
    }
}

#[test]
fn a_bank_account_needs_a_person() {
    for text in [
        "DE89370400440532013000",
        "IBAN: DE89 3704 0044 0532 0130 00.",
        "GB29 NWBK 6016 1331 9268 19",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "NL91ABNA0417164300 (Acme)",
    ] {
        assert_eq!(find(text), Some(Secret::BankAccount), "{text}");
        assert_eq!(check(&[Part::new("the text", text)], &[]).verdict, Verdict::NeedsPerson);
    }
}

#[test]
fn ordinary_text_is_no_secret() {
    for text in [
        "Hi Ann, the price is 4,800 € for 12 months.",
        "Call +49 151 23456789 or 0049 30 901820, fax (030) 4111-1111.",
        "Order 1234567890123456, invoice 2026-0001-0002-0003",
        "The card ends in 1111: **** **** **** 1111",
        "4111 1111 1111 1112",
        "sk-learn is a library; task-management-for-the-whole-company-and-more",
        "ghp_ is how GitHub tokens begin, AKIA how AWS keys do.",
        "https://acme.example/a:b@c and mailto:ann@acme.example and https://ann@acme.example",
        "key-account-manager, pat-on-the-back, SKU 123, SG. Berlin",
        "DE89 3704 0044 0532 0130 01",
        "550e8400-e29b-41d4-a716-446655440000",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "eyJ is how a token begins. eyJhbGciOiJIUzI1NiJ9",
        "-----BEGIN PGP MESSAGE-----",
        "ISBN 978-3-16-148410-0, EAN 4006381333931",
        "2026-03-01 09:00 2026-03-02 10:30",
        "0000 0000 0000 0000",
        "",
    ] {
        assert_eq!(find(text), None, "{text}");
        assert_eq!(check(&[Part::new("the text", text)], &[]), Finding::pass(Guardrail::Secret));
    }
}

#[test]
fn what_belongs_to_another_workspace_blocks_without_being_repeated() {
    let foreign = ["Globex Corporation", "zoe@globex.example", "x", ""];
    for (text, blocks) in [
        ("as we do for Globex Corporation", true),
        ("GLOBEX\n CORPORATION!", true),
        ("cc: zoe@globex.example", true),
        ("Globex and other corporations", false),
        ("Globex Corporations", false),
        ("xylophone x", false),
    ] {
        let finding = check(&[Part::new("the text", text)], &foreign);
        assert_eq!(finding.verdict == Verdict::Block, blocks, "{text}");
        assert!(!finding.reason.unwrap_or_default().to_lowercase().contains("globex"));
    }
}

/// A number that Luhn's sum holds for.
fn card() -> impl Strategy<Value = String> {
    proptest::collection::vec(0..10u8, 14).prop_map(|digits| {
        let mut number = String::from("4");
        number.extend(digits.iter().map(|digit| char::from(b'0' + digit)));
        for check in '0'..='9' {
            let whole = format!("{number}{check}");
            let digits: Vec<u32> = whole.chars().rev().filter_map(|c| c.to_digit(10)).collect();
            let sum: u32 =
                digits.iter().enumerate().map(|(i, d)| if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum();
            if sum.is_multiple_of(10) {
                return whole;
            }
        }
        number
    })
}

proptest! {
    #[test]
    fn a_card_number_among_words_is_found_however_it_is_grouped(card in card(), separator in "[ -]?", before in "[a-z .,]{0,9}", after in "[a-z .,]{0,9}") {
        let groups: Vec<&str> = (0..4).map(|group| &card[4 * group..4 * group + 4]).collect();
        let text = format!("{before} {}{separator}.{after}", groups.join(&separator));
        prop_assert_eq!(find(&text), Some(Secret::CardNumber), "{}", text);
    }

    #[test]
    fn words_are_no_secret(text in "([A-Z]?[a-z]{1,9}[,.;:!?]?[ \n]){0,20}") {
        prop_assert_eq!(find(&text), None);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "([0-9A-Z -]|csy_|sk-|eyJ|://|@|:|\\PC){0,60}") {
        let _any = find(&text);
    }
}
