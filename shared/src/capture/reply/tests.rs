//! The rules of the cutter, each with mails of our own words.

use super::*;

fn reply(text: &str) -> String {
    cut(text).reply
}

#[test]
fn attribution_lines_of_many_languages_are_cut() {
    for line in [
        "On Mon, Mar 2, 2026 at 10:00 AM Anna Berg <anna@kunde.example> wrote:",
        "On 2 Mar 2026, at 10:00, Anna Berg <anna@kunde.example> wrote:",
        "On 02/03/2026 10:00, Anna Berg wrote:",
        "On Mon, 2 Mar 2026 10:00:00 +0100 Anna Berg <anna@kunde.example> wrote",
        "---- On Mon, 02 Mar 2026 10:00:00 +0100 Anna Berg wrote ----",
        "---- Anna Berg wrote ----",
        "At 10:00 AM 3/2/2026, you wrote:",
        "Anna Berg <anna@kunde.example> wrote on 02/03/2026 10:00:00:",
        "Anna Berg (anna@kunde.example) wrote:",
        "2026-03-02 10:00 GMT+01:00 Anna Berg <anna@kunde.example>:",
        "2026-03-02 10:00 GMT+01:00 Anna Berg",
        "Am 02.03.2026 um 10:00 schrieb Anna Berg:",
        "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Anna Berg <anna@kunde.example>:",
        "Anna Berg <anna@kunde.example> schrieb am Mo., 2. März 2026, 10:00:",
        "Le lun. 2 mars 2026 à 10:00, Anna Berg <anna@kunde.example> a écrit :",
        "El lun, 2 mar 2026 a las 10:00, Anna Berg (<anna@kunde.example>) escribió:",
        "Il giorno lun 2 mar 2026 alle ore 10:00 Anna Berg <anna@kunde.example> ha scritto:",
        "Op ma 2 mrt 2026 om 10:00 schreef Anna Berg <anna@kunde.example>:",
        "Op 2 mrt. 2026, om 10:00 heeft Anna Berg <anna@kunde.example> het volgende geschreven:",
        "Em seg., 2 de mar. de 2026 às 10:00, Anna Berg <anna@kunde.example> escreveu:",
        "W dniu 2.03.2026 o 10:00, Anna Berg pisze: napisał(a):",
        "pon., 2 mar 2026 o 10:00 Anna Berg <anna@kunde.example> napisał(a):",
        "Den mån 2 mars 2026 kl 10:00 skrev Anna Berg <anna@kunde.example>:",
        "Den man. 2. mar. 2026 kl. 10.00 skrev Anna Berg <anna@kunde.example>:",
        "man. 2. mar. 2026 kl. 10:00 skrev Anna Berg <anna@kunde.example>:",
        "ma 2. maalisk. 2026 klo 10.00 Anna Berg (anna@kunde.example) kirjoitti:",
        "po 2. 3. 2026 v 10:00 odesílatel Anna Berg <anna@kunde.example> napsal:",
        "po 2. 3. 2026 o 10:00 Anna Berg <anna@kunde.example> napísal(a):",
        "Anna Berg <anna@kunde.example>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:",
        "Anna Berg <anna@kunde.example> ezt írta (időpont: 2026. márc. 2., H, 10:00):",
        "În lun., 2 mar. 2026 la 10:00, Anna Berg <anna@kunde.example> a scris:",
        "пн, 2 мар. 2026 г. в 10:00, Anna Berg <anna@kunde.example>:",
        "2 марта 2026 г., в 10:00, Anna Berg <anna@kunde.example> написал(а):",
        "02.03.2026 10:00 пользователь Anna Berg <anna@kunde.example> написал:",
        "пн, 2 бер. 2026 р. о 10:00 Anna Berg <anna@kunde.example> пише:",
        "Στις Δευ, 2 Μαρ 2026 στις 10:00 π.μ., ο χρήστης Anna Berg <anna@kunde.example> έγραψε:",
        "\u{202b}בתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת \u{202a}Anna Berg\u{202c}\u{200f} <\u{202a}anna@kunde.example\u{202c}\u{200f}>:\u{202c}",
        "في الاثنين، ٢ مارس ٢٠٢٦ في ١٠:٠٠ ص تمت كتابة ما يلي بواسطة Anna Berg <anna@kunde.example>:",
        "在 2026年3月2日，上午10:00，Anna Berg <anna@kunde.example> 写道：",
        "Anna Berg <anna@kunde.example> 于2026年3月2日周一 10:00写道：",
        "Anna Berg <anna@kunde.example> 於 2026年3月2日 週一 上午10:00寫道：",
        "2026年3月2日(月) 10:00 Anna Berg <anna@kunde.example>:",
        "2026/03/02 10:00、Anna Berg <anna@kunde.example>のメール:",
        "2026년 3월 2일 (월) 오전 10:00, Anna Berg <anna@kunde.example>님이 작성:",
        "2026. 3. 2. 오전 10:00, Anna Berg <anna@kunde.example> 작성:",
        "Vào Th 2, 2 thg 3, 2026 vào lúc 10:00 Anna Berg <anna@kunde.example> đã viết:",
        "Pada tanggal Sen, 2 Mar 2026 pukul 10.00 Anna Berg <anna@kunde.example> menulis:",
    ] {
        let found = cut(&format!("Sounds good.\n\n{line}\n\n> old words"));
        assert_eq!(found.reply, "Sounds good.", "{line}");
        assert!(found.quoted.is_some_and(|quoted| quoted.contains("old words")), "{line}");
        assert_eq!(reply(&format!("Sounds good.\n\n{line}\n\nold words, not marked")), "Sounds good.", "{line}");
    }
}

#[test]
fn attributions_may_take_several_lines() {
    for lines in [
        "On Mon, Mar 2, 2026 at 10:00 AM, Anna Berg from a very long company name\n<anna@kunde.example> wrote:",
        "On Mar 2, 2026, at 10:00 AM, Anna <\n416ffd3258d4d2fa4c85@mail.kunde.example>\nwrote:",
        "On Mon, Mar 2, 2026 at 10:00 AM Anna Berg\n\n<\nmailto:anna@kunde.example\n> wrote:",
        "man. 2. mar. 2026 kl. 10:00 skrev Anna Berg <anna@kunde.example\n>:",
        "Anna Berg <anna@kunde.example> schrieb am Mo., 2.\nMärz 2026, 10:00:",
        "Le lun. 2 mars 2026 à 10:00, Anna Berg <anna@kunde.example>\na écrit :",
    ] {
        assert_eq!(reply(&format!("Fine.\n\n{lines}\n\n> old")), "Fine.", "{lines}");
    }
}

#[test]
fn an_attribution_behind_the_words_of_a_line_is_cut() {
    assert_eq!(reply("Fine by me On Wed, Mar 4, 2026 at 3:59 PM, bo@x.example wrote:\n> Hi"), "Fine by me");
    assert_eq!(reply("fine--- On Wed, Mar 4, 2026 at 3:59 PM, bo@x.example wrote:\n> Hi"), "fine");
}

#[test]
fn prose_that_looks_like_an_attribution_stays() {
    for text in [
        "On the one hand it is late.\nOn the other hand we can wait: until Monday.",
        "On Thursday:\n\nwe meet at ten.",
        "10/19/2026 @ 9:30 am for the demo\nSee you",
        "I asked what she wrote:\nnothing, so far.",
        "Here is the list\n2026-01-15 14:30:25\n15.01.2026 14:30\nJan 15, 2026 at 14:30",
        "In 2019 Darwin wrote:\nnothing new.",
    ] {
        assert_eq!(cut(text).quoted, None, "{text}");
        assert_eq!(reply(text), text);
    }
}

#[test]
fn header_blocks_of_many_languages_are_cut() {
    for [from, sent, to, subject] in [
        ["From", "Sent", "To", "Subject"],
        ["Von", "Gesendet", "An", "Betreff"],
        ["De", "Envoyé", "À", "Objet"],
        ["De", "Enviado el", "Para", "Asunto"],
        ["De", "Enviada em", "Para", "Assunto"],
        ["Da", "Inviato", "A", "Oggetto"],
        ["Van", "Verzonden", "Aan", "Onderwerp"],
        ["Fra", "Sendt", "Til", "Emne"],
        ["Från", "Skickat", "Till", "Ämne"],
        ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"],
        ["Od", "Wysłano", "Do", "Temat"],
        ["Od", "Odesláno", "Komu", "Předmět"],
        ["Feladó", "Elküldve", "Címzett", "Tárgy"],
        ["De la", "Trimis", "Către", "Subiect"],
        ["Kimden", "Gönderildi", "Kime", "Konu"],
        ["От", "Отправлено", "Кому", "Тема"],
        ["Від", "Надіслано", "Кому", "Тема"],
        ["Από", "Στάλθηκε", "Προς", "Θέμα"],
        ["מאת", "נשלח", "אל", "נושא"],
        ["من", "تم الإرسال", "إلى", "الموضوع"],
        ["发件人", "发送时间", "收件人", "主题"],
        ["差出人", "送信日時", "宛先", "件名"],
        ["보낸 사람", "보낸 날짜", "받는 사람", "제목"],
    ] {
        for (open, close) in [("", ":"), ("*", ":*"), ("**", "**:"), ("", " :"), ("", "：")] {
            let block = format!(
                "{open}{from}{close} Anna <anna@kunde.example>\n{open}{sent}{close} 2. 3. 2026 10:00\n{open}{to}{close} Bo\n{open}{subject}{close} Offer\n\nold"
            );
            assert_eq!(reply(&format!("Fine.\n\n{block}")), "Fine.", "{block}");
            assert_eq!(reply(&format!("Fine.\n________________________________\n{block}")), "Fine.", "{block}");
        }
    }
}

#[test]
fn a_header_block_with_nothing_above_is_the_mails_own() {
    let text = "From: Anna <anna@kunde.example>\nSent: Monday\nTo: Bo\nSubject: Offer\n\nPlease sign.";
    assert_eq!(cut(text), Reply { reply: text.to_owned(), quoted: None, signature: None });
    let forwarded = format!("---------- Forwarded message ---------\n{text}");
    assert_eq!(reply(&forwarded), forwarded);
    assert_eq!(reply(&format!("FYI\n\n{forwarded}")), "FYI");
}

#[test]
fn a_journey_is_no_header_block() {
    let text = "My trip:\nFrom: Paris\nTo: London\nDate: 3 May\n\nDate: Wednesday\nTime: 7 am\nAddress: Fox St";
    assert_eq!(reply(text), text);
}

#[test]
fn dividers_open_the_quoted_mail() {
    for divider in [
        "-----Original Message-----",
        "----- Original Message -----",
        "-------- Original message --------",
        "*-------- Original Message --------*",
        "-----Ursprüngliche Nachricht-----",
        "-------- Message d'origine --------",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----Oprindelig meddelelse-----",
        "-----Oorspronkelijk bericht-----",
        "------------------ 原始邮件 ------------------",
        "-----元のメッセージ-----",
        "-----Исходное сообщение-----",
        "-----Oryginalna wiadomość-----",
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
    ] {
        assert_eq!(reply(&format!("Fine.\n\n{divider}\n\nold")), "Fine.", "{divider}");
    }
    assert_eq!(
        reply("Look:\n\n---- Enter Feedback Below ----\n\nIt was great to work on this with you."),
        "Look:\n\n---- Enter Feedback Below ----\n\nIt was great to work on this with you."
    );
}

#[test]
fn answers_below_and_between_quotes_are_kept() {
    assert_eq!(reply("On 02/03/2026 10:00, Anna wrote:\n> Hi\nHello"), "Hello");
    let text = "On Mar 2, 2026, at 10:00, Anna <a@x.example> wrote:\n> A?\n\nYes to A.\n\n> B?\n\nNo to B.\n";
    assert_eq!(reply(text), "Yes to A.\n\nNo to B.");
    assert_eq!(
        reply("Hi,\nOn Mon, 2 Mar 2026, Anna <a@x.example> wrote:\n> A?\n\nYes.\n\nRegards, Bo"),
        "Hi,\nYes.\n\nRegards, Bo"
    );
}

#[test]
fn a_quoted_line_that_was_folded_stays_quoted() {
    let text = "> a long line that a mail program folded at seventy columns or\nso\n> and on\n\nMine.";
    assert_eq!(reply(text), "Mine.");
}

#[test]
fn arrows_are_no_quotes() {
    assert_eq!(
        reply("Look:\n>>> >>>  http://acme.example <<<\nClick it"),
        "Look:\n>>> >>>  http://acme.example <<<\nClick it"
    );
}

#[test]
fn a_closing_formula_is_part_of_the_reply_and_the_card_is_not() {
    for (text, words, card) in [
        (
            "Yes.\n\nThanks, Alex\n\nAlex Smith\nVP Sales, Acme Inc\n+1 555 123 4567\nacme.example",
            "Yes.\n\nThanks, Alex",
            "Alex Smith\nVP Sales, Acme Inc\n+1 555 123 4567\nacme.example",
        ),
        (
            "Yes.\n\nBest regards,\nAlex\n\nAcme Inc | acme.example",
            "Yes.\n\nBest regards,\nAlex",
            "Acme Inc | acme.example",
        ),
        (
            "Ja.\n\nMit freundlichen Grüßen\nAnna Berg\nGeschäftsführerin\nTel. +49 30 1234567",
            "Ja.\n\nMit freundlichen Grüßen\nAnna Berg",
            "Geschäftsführerin\nTel. +49 30 1234567",
        ),
        ("Yes.\n\n-- \nAlex\nAcme", "Yes.", "-- \nAlex\nAcme"),
        ("Yes.\n--\nAlex", "Yes.", "--\nAlex"),
        ("Yes.\n\nAlex\n\nAlex Smith\nAcme Inc\n555-531-7967", "Yes.\n\nAlex", "Alex Smith\nAcme Inc\n555-531-7967"),
        (
            "Yes.\n\nThis e-mail and any attachments are confidential and meant for the addressee alone.\nDelete it.",
            "Yes.",
            "This e-mail and any attachments are confidential and meant for the addressee alone.\nDelete it.",
        ),
        (
            "Yes.\n\n_______________\nusers mailing list\nusers@lists.example",
            "Yes.",
            "_______________\nusers mailing list\nusers@lists.example",
        ),
    ] {
        let found = cut(text);
        assert_eq!(found.reply, words, "{text}");
        assert_eq!(
            found.signature.as_deref().map(|text| text.replace("-- \n", "--\n")),
            Some(card.replace("-- \n", "--\n")),
            "{text}"
        );
    }
    for text in [
        "Yes.\n\nThanks,\nAlex",
        "Thanks, Alex",
        "--\nAlex",
        "Yes.\n\nThanks,\nAlex\n\nPS: call me on +1 555 123 4567",
        "List:\n- one\n- two -- last\n\nThanks!",
        "Hey.\n\n-Alex",
    ] {
        assert_eq!(cut(text), Reply { reply: text.to_owned(), quoted: None, signature: None });
    }
}

#[test]
fn rules_in_a_text_are_no_signature() {
    let text = "## Plan\n----\n\n1. We met the goal by half of the year.\n\n----\n\nThe line above is a rule, it says nothing of us.";
    assert_eq!(reply(text), text);
}

#[test]
fn a_device_line_stays_and_can_be_left_out() {
    let found = cut("Hello\n\nSent from my iPhone\n\nOn Apr 3, 2026, at 4:19 PM, bo <bo@x.example> wrote:\n\n> Hi");
    assert_eq!(found.reply, "Hello\n\nSent from my iPhone");
    assert_eq!(found.without_tagline(), "Hello");
    for line in [
        "Get Outlook for iOS<https://aka.ms/x>",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi Android",
        "Отправлено с iPhone",
        "iPhone'umdan gönderildi",
        "从我的iPhone发送",
        "iPhoneから送信",
    ] {
        assert_eq!(cut(&format!("Hello\n\n{line}")).without_tagline(), "Hello", "{line}");
    }
    let sentence = "Hello\n\nSent from my desk, is much easier than my phone.";
    assert_eq!(cut(sentence).without_tagline(), sentence);
}

#[test]
fn the_header_names_are_sorted_because_they_are_searched() {
    for (kind, names) in header_words::HEADER_KEYS {
        assert!(names.is_sorted(), "{kind}");
    }
}

#[test]
fn floods_take_linear_time() {
    for line in [
        ">",
        "> \n",
        "On \n",
        "On 1:\n",
        "From: a@b\n",
        "--\n",
        "To:\n",
        "x\n\n",
        "Thanks,\n",
        "On Mon, 2 Mar 2026 wrote:\n",
    ] {
        let text = line.repeat((1 << 20) / line.len());
        // Work that grew with the square of a megabyte would take hours: that this ends is what it shows.
        let _ = cut(&text);
    }
}

/// Lines as mails have them, to be put together in any order.
const LINES: &str = "(Fine by me\\.|> old words|>> older|On Mon, 2 Mar 2026 at 10:00, Anna <a@x\\.example> wrote:|-----Original Message-----|From: Anna <a@x\\.example>|Sent: Monday|Subject: x|-- |Thanks,|Alex|VP Sales \\| Acme|\\+1 555 123 4567||Sent from my iPhone|________________|[ -~]{0,30}|\\PC{0,20})(\n|\r\n)";

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = cut(&text);
    }

    #[test]
    fn the_parts_put_together_are_the_text(lines in proptest::collection::vec(LINES, 0..14)) {
        let text = lines.concat();
        let joined: String = parts(&text).into_iter().map(|(_, piece)| piece).collect();
        proptest::prop_assert_eq!(joined, text);
    }

    #[test]
    fn nothing_is_lost_and_nothing_invented(lines in proptest::collection::vec(LINES, 0..14)) {
        let text = lines.concat();
        let found = cut(&text);
        let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let kept = count(&found.reply) + found.quoted.as_deref().map_or(0, count) + found.signature.as_deref().map_or(0, count);
        proptest::prop_assert_eq!(kept, count(&text));
    }

    #[test]
    fn prose_is_the_reply_and_stays_it(words in proptest::collection::vec("[a-z]{1,8}( [a-z]{1,8}){3,8}\\.", 1..6)) {
        let text = words.join("\n");
        let once = cut(&format!("{text}\n\nOn Mon, 2 Mar 2026 at 10:00, Anna <a@x.example> wrote:\n> old\n"));
        proptest::prop_assert_eq!(&once.reply, &text);
        proptest::prop_assert_eq!(cut(&once.reply), Reply { reply: text, quoted: None, signature: None });
    }
}
