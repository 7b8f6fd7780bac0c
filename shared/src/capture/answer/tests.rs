//! What real-looking replies say, and what they only seem to say.

use proptest::prelude::*;

use super::*;
use crate::capture::delivery::delivery_status;

fn from_person<'a>() -> mail::Facts<'a> {
    mail::Facts { from: "anna@kunde.example", to: &["me@acme.example"], subject: "Re: offer", ..mail::Facts::default() }
}

fn said(text: &str) -> Answer {
    classify(&Inbound { mail: &from_person(), text, statuses: &[] })
}

fn every(texts: &[&str], answer: &Answer) {
    for text in texts {
        assert_eq!(&said(text), answer, "{text}");
    }
}

fn none(texts: &[&str], is: impl Fn(&Answer) -> bool) {
    for text in texts {
        assert!(!is(&said(text)), "{text} is taken for {:?}", said(text));
    }
}

#[test]
fn who_wants_to_go_on_is_positive() {
    every(
        &[
            "Yes, I'm interested. Can you do Tuesday?",
            "Sounds good, let's talk next week!",
            "Thanks for reaching out — I’d love to learn more.",
            "That time works for me.",
            "Yes please, and send me more information on pricing.",
            "No problem, let's schedule a call.",
            "Why not? We'd be interested in a demo.",
            "Hi Alex,\n\nWe are interested. How much is it?\n\nBest,\nAnna",
            "Wir haben Interesse an einer Demo.",
            "Das klingt gut, gerne einen Termin nächste Woche.",
            "Ja, gerne. Senden Sie uns ein Angebot.",
            "Cela nous intéresse, prenons rendez-vous.",
            "Oui, je suis intéressée. Pourquoi pas mardi ?",
            "Me interesa, agendemos una llamada.",
            "Sí, estamos interesados.",
            "Sono interessato, fissiamo una call.",
            "Molto interessante, vorrei saperne di più.",
            "Tenho interesse, podemos marcar?",
            "Klinkt goed, laten we afspreken.",
            "Ja graag, we zijn geïnteresseerd.",
            "Låter bra, vi är intresserade.",
            "Lyder godt, jeg er interesseret.",
            "Ja gjerne, vi er interessert.",
        ],
        &Answer::Positive,
    );
}

#[test]
fn what_only_sounds_like_a_yes_is_none() {
    none(
        &[
            "I'm not interested.",
            "We are no longer interested.",
            "I'm interested but not now.",
            "If I were interested I would have written.",
            "I can't say I'm interested.",
            "It doesn't sound good: nothing sounds good about this.",
            "Are you interested in buying our list?",
            "I don't think that works for me.",
            "Sounds good, maybe later this year.",
            "Das interessiert uns nicht.",
            "Wir haben leider kein Interesse.",
            "Falls wir interessiert sind, melden wir uns.",
            "Ça ne m'intéresse pas.",
            "No me interesa.",
            "Non mi interessa.",
            "Não tenho interesse.",
            "Dat klinkt niet goed.",
            "Det låter inte bra.",
            "Det lyder ikke godt.",
            "Yes.",
            "Thanks!",
            "What does it cost?",
        ],
        |answer| *answer == Answer::Positive,
    );
}

#[test]
fn who_does_not_want_it_is_negative() {
    every(
        &[
            "Not interested.",
            "No thanks.",
            "Thank you, but we're not interested at the moment.",
            "We are no longer interested in this.",
            "This is not a good fit for us.",
            "We went with another vendor.",
            "We have decided against it, sorry.",
            "I'll pass, but good luck!",
            "We don't need this.",
            "Kein Interesse, danke.",
            "Das interessiert uns nicht.",
            "Wir haben uns für einen anderen Anbieter entschieden.",
            "Nein danke.",
            "Nous ne sommes pas intéressés.",
            "Non merci.",
            "No, gracias. No nos interesa.",
            "Non siamo interessati, grazie.",
            "Não, obrigado.",
            "No, thank you.",
            "Nein, danke!",
            "Nej, tack.",
            "Não temos interesse.",
            "Wij hebben geen interesse.",
            "Nej tack, vi är inte intresserade.",
            "Nej tak, vi er ikke interesserede.",
            "This is a long sentence that a mail program has wrapped and it says no\nlonger interested",
        ],
        &Answer::Negative,
    );
}

#[test]
fn what_only_sounds_like_a_no_is_none() {
    none(
        &[
            "It's not that we're not interested, we need the budget first.",
            "I didn't say we're not interested.",
            "No problem!",
            "No worries, thanks for the update.",
            "Not now.",
            "I am not sure yet.",
            "No budget until next quarter.",
            "We do not have an answer yet.",
            "Kein Problem, ich melde mich wieder.",
            "Derzeit nicht, vielleicht nächstes Jahr.",
            "Pas de souci, à bientôt.",
            "Todavía no.",
            "Per ora no, sentiamoci più avanti.",
            "Agora não.",
            "Nog niet.",
            "Inte just nu.",
            "Ikke lige nu.",
            "Why is it not available in Norway?",
            "Not only that, it sounds great.",
        ],
        |answer| *answer == Answer::Negative,
    );
}

#[test]
fn who_wants_no_more_mail_unsubscribes() {
    every(
        &[
            "Unsubscribe",
            "unsubscribe!",
            "STOP",
            "Please remove me from your list.",
            "Take me off this list. Not interested.",
            "Stop emailing me.",
            "Don’t contact me again.",
            "Please delete my data.",
            "I want to opt out",
            "Bitte keine weiteren E-Mails.",
            "Nehmen Sie mich aus dem Verteiler.",
            "Kontaktieren Sie mich nicht mehr!",
            "Merci de me désabonner.",
            "Ne me contactez plus.",
            "Quiero darme de baja.",
            "No me escriban más.",
            "Cancellatemi dalla lista.",
            "Non desidero ricevere altre email.",
            "Não quero mais receber esses e-mails.",
            "Schrijf mij uit.",
            "Graag geen mails meer.",
            "Ta bort mig från listan.",
            "Afmeld mig, tak.",
            "Fjern meg fra listen.",
        ],
        &Answer::Unsubscribe,
    );
}

#[test]
fn what_only_mentions_unsubscribing_is_none() {
    none(
        &[
            "How do your customers unsubscribe?",
            "Does the product have an unsubscribe link?",
            "Can people opt out of the newsletter you send for us?",
            "We stopped using our old tool.",
            "Don't stop!",
            "Please remove the second line from the offer.",
            "Take the discount off the list price.",
            "Wie funktioniert das Abmelden im Produkt?",
            "Unsere Liste hat 300 Kontakte.",
            "Comment fonctionne le désabonnement ?",
            "¿Cómo se da de baja un usuario?",
            "Hoe kunnen gebruikers zich uitschrijven in jullie tool?",
            "Hur fungerar avregistrering?",
            "I will remove the old contract.",
        ],
        |answer| *answer == Answer::Unsubscribe,
    );
}

fn away(until: Option<&str>) -> Answer {
    Answer::OutOfOffice { until: until.map(str::to_owned) }
}

#[test]
fn who_is_away_is_out_of_office() {
    for (text, until) in [
        ("I am out of the office until Monday 9 March.", Some("Monday 9 March")),
        ("I'm on annual leave, back on 5 May. For urgent matters call Ben.", Some("5 May")),
        ("Thank you for your mail. I am on vacation with limited access to email.", None),
        ("I am currently on parental leave.", None),
        ("Ich bin bis zum 5. Mai im Urlaub.", Some("5. Mai")),
        ("Vielen Dank für Ihre Nachricht. Ich bin derzeit nicht im Büro.", None),
        ("Je suis absent du bureau jusqu'au 12 août.", Some("12 août")),
        ("Estoy fuera de la oficina hasta el 3 de enero.", Some("3 de enero")),
        ("Sono in ferie fino al 20 agosto.", Some("20 agosto")),
        ("Estou de férias até 15 de março.", Some("15 de março")),
        ("Ik ben op vakantie tot 4 mei.", Some("4 mei")),
        ("Jag är på semester till den 9 augusti.", Some("9 augusti")),
        ("Jeg holder ferie til den 1. maj.", Some("1. maj")),
    ] {
        assert_eq!(said(text), away(until), "{text}");
    }
}

#[test]
fn what_a_program_sent_is_out_of_office_whatever_it_says() {
    let text = "Thank you! This sounds great. We answer within two days.";
    for mail in [
        mail::Facts { auto_submitted: Some("auto-replied"), ..from_person() },
        mail::Facts { auto_submitted: Some("auto-generated"), ..from_person() },
        mail::Facts { auto_reply: true, ..from_person() },
        mail::Facts { precedence: Some("auto_reply"), ..from_person() },
        mail::Facts { subject: "Automatic reply: offer", ..from_person() },
        mail::Facts { subject: "Abwesenheitsnotiz: Angebot", ..from_person() },
        mail::Facts { subject: "Réponse automatique : offre", ..from_person() },
    ] {
        assert_eq!(classify(&Inbound { mail: &mail, text, statuses: &[] }), away(None), "{mail:?}");
    }
    let vacation = mail::Facts { bounce: true, ..from_person() };
    let text = "I am out of office until 5 May";
    assert_eq!(
        classify(&Inbound { mail: &vacation, text, statuses: &[] }),
        away(Some("5 May")),
        "an empty return path"
    );
}

#[test]
fn who_mentions_an_absence_and_answers_is_not_out_of_office() {
    none(
        &[
            "I'm on vacation next week, but yes, sounds good.",
            "Not interested, and I am on leave.",
            "Remove me from your list, I am on vacation!",
            "My colleague will answer.",
            "The office is closed on Sundays.",
            "We leave on Monday.",
            "I was away, sorry for the delay. What is the price?",
            "Bin im Urlaub, aber das klingt gut.",
            "Unser Büro ist in Berlin.",
            "Le bureau est à Lyon.",
            "La oficina está en Madrid.",
            "L'ufficio è a Roma.",
            "Ons kantoor is in Gent.",
        ],
        |answer| matches!(answer, Answer::OutOfOffice { .. }),
    );
    let person = mail::Facts { auto_submitted: Some("no"), ..from_person() };
    assert_eq!(classify(&Inbound { mail: &person, text: "Sounds good!", statuses: &[] }), Answer::Positive);
}

#[test]
fn what_a_mail_server_returned_is_a_bounce() {
    let report = |fields: &str| delivery_status(&format!("Final-Recipient: rfc822;a@b.example\n{fields}"));
    let server = mail::Facts { from: "mailer-daemon@mx.example", bounce: true, subject: "Hello", ..from_person() };
    for (fields, permanent) in [
        ("Action: failed\nStatus: 5.1.1", true),
        ("Action: failed", true),
        ("Action: failed\nStatus: 4.2.2", false),
        ("Action: delayed\nStatus: 4.4.1", false),
    ] {
        let answer = classify(&Inbound { mail: &server, text: "Sounds good", statuses: &report(fields) });
        assert_eq!(answer, Answer::Bounce { permanent }, "{fields}");
    }
    for (subject, permanent) in [
        ("Undelivered Mail Returned to Sender", true),
        ("Undeliverable: offer", true),
        ("Delivery Status Notification (Failure)", true),
        ("Mail delivery failed: returning message to sender", true),
        ("Returned mail: see transcript for details", true),
        ("failure notice", true),
        ("Unzustellbar: Angebot", true),
        ("Échec de la remise du message", true),
        ("No se puede entregar: oferta", true),
        ("Onbestelbaar: offerte", true),
        ("Delivery Status Notification (Delay)", false),
        ("Warning: message 1abc delayed 24 hours", false),
    ] {
        let mail = mail::Facts { subject, ..from_person() };
        let answer = classify(&Inbound { mail: &mail, text: "", statuses: &[] });
        assert_eq!(answer, Answer::Bounce { permanent }, "{subject}");
    }
    let answer = classify(&Inbound { mail: &server, text: "550 no such user", statuses: &[] });
    assert_eq!(answer, Answer::Bounce { permanent: true });
}

#[test]
fn what_only_speaks_of_bounces_is_none() {
    let delivered = delivery_status("Final-Recipient: rfc822;a@b.example\nAction: delivered");
    let server = mail::Facts { from: "mailer-daemon@mx.example", ..from_person() };
    assert_eq!(classify(&Inbound { mail: &server, text: "", statuses: &delivered }), away(None));
    for (subject, text) in [
        ("Re: Undeliverable: offer", "It works now"),
        ("Delivery dates", "When do you deliver?"),
        ("Re: failure notice period", "See below"),
        ("Our mail delivery", "We sell letter boxes."),
        ("Returned goods", "Where do I send them?"),
        ("Re: offer", "Your last mail bounced, I think."),
        ("Re: offer", "My old address is undeliverable, use this one."),
        ("Re: delay", "We are delayed by a week."),
        ("Zustellung", "Wann liefern Sie?"),
        ("Livraison", "Quand livrez-vous ?"),
        ("Entrega", "¿Cuándo entregan?"),
        ("Consegna", "Quando consegnate?"),
    ] {
        let mail = mail::Facts { subject, ..from_person() };
        let answer = classify(&Inbound { mail: &mail, text, statuses: &[] });
        assert!(!matches!(answer, Answer::Bounce { .. }), "{subject}: {text}");
    }
}

#[test]
fn without_clear_words_an_answer_is_neutral() {
    every(
        &[
            "",
            "Thanks, Anna",
            "Who gave you my address?",
            "What does it cost for 40 people?",
            "I forwarded it to Ben, he decides.",
            "We are interested, but we are not interested in the add-on.",
            "I'm interested but not now.",
            "Let's talk next year.",
            "Wer sind Sie?",
            "Ich leite das weiter.",
            "Qui êtes-vous ?",
            "¿Cuánto cuesta?",
            "Quanto costa?",
            "Hva koster det?",
        ],
        &Answer::Neutral,
    );
}

#[test]
fn what_is_quoted_or_stands_in_a_signature_does_not_count() {
    for (text, answer) in [
        (
            "Who are you?\n\nOn Mon, 2 Mar 2026 at 09:00, Alex <alex@acme.example> wrote:\n> Not interested? Then unsubscribe me.\n> Sounds good",
            Answer::Neutral,
        ),
        ("Not interested.\n\nAm 02.03.2026 um 09:00 schrieb Alex:\n> Das klingt gut, ja gerne", Answer::Negative),
        (
            "Sounds good!\n\n-----Original Message-----\nFrom: Alex\nSubject: offer\n\nReply STOP or take me off",
            Answer::Positive,
        ),
        ("Hello\n\n-- \nAnna Berg\nKunde GmbH\nI'm interested in sailing", Answer::Neutral),
    ] {
        assert_eq!(said(text), answer, "{text}");
    }
}

#[test]
fn the_lists_are_folded_and_no_word_is_on_two_that_exclude_each_other() {
    for list in [NEGATIONS, IDIOMS, SUPPOSING, POSITIVE, NEGATIVE, NO_NO, LATER, STOP, STOP_ALONE, AWAY] {
        for phrase in list {
            assert_eq!(plain(phrase), format!(" {phrase} "), "{phrase}");
        }
    }
    for phrase in POSITIVE {
        assert!(!NEGATIVE.contains(phrase) && !STOP.contains(phrase), "{phrase}");
        assert_eq!(said(phrase), Answer::Positive, "{phrase}");
    }
    for phrase in NEGATIVE {
        assert_eq!(said(phrase), Answer::Negative, "{phrase}");
    }
    for phrase in STOP.iter().chain(STOP_ALONE) {
        assert_eq!(said(phrase), Answer::Unsubscribe, "{phrase}");
    }
    for phrase in AWAY {
        assert!(matches!(said(phrase), Answer::OutOfOffice { .. }), "{phrase}");
    }
}

#[test]
fn each_answer_is_the_outcome_that_it_teaches() {
    for (answer, outcome) in [
        (Answer::Positive, Some(OutcomeKind::PositiveReply)),
        (Answer::Negative, Some(OutcomeKind::Reply)),
        (Answer::Neutral, Some(OutcomeKind::Reply)),
        (Answer::Unsubscribe, Some(OutcomeKind::Unsubscribed)),
        (Answer::Bounce { permanent: true }, Some(OutcomeKind::Bounced)),
        (Answer::Bounce { permanent: false }, None),
        (away(None), None),
    ] {
        assert_eq!(answer.outcome(), outcome);
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,200}", subject in any::<String>()) {
        let mail = mail::Facts { subject: &subject, ..from_person() };
        let answer = classify(&Inbound { mail: &mail, text: &text, statuses: &[] });
        prop_assert!(answer.outcome() != Some(OutcomeKind::NoResponse));
    }

    #[test]
    fn what_is_quoted_never_changes_the_answer(at in 0..POSITIVE.len(), own in "[a-z ]{0,20}") {
        let quoted = format!("{own}\n\nOn Mon, 2 Mar 2026 at 09:00, Alex <alex@acme.example> wrote:\n> {}\n", POSITIVE[at]);
        prop_assert_ne!(said(&quoted), Answer::Positive);
    }
}
