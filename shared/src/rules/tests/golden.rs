//! Rules as people read them.

use crate::rules::Rule;

/// A rule's condition, effect and limits in JSON, and its sentence.
const RULES: [(&str, &str, &str, &str); 32] = [
    (
        r#"{"all":[{"is":{"field":"move.kind","op":"eq","value":"demo_request"}},{"is":{"field":"move.source","op":"eq","value":"form"}},{"is":{"field":"score.aps","op":"ge","value":60}}]}"#,
        r#"{"kind":"approve"}"#,
        r#"{"per_day":20,"per_contact_per_week":1}"#,
        "When a demo request came in through a form and the score is at least 60, approve it, at most 20 a day and once a week per contact.",
    ),
    (
        r#"{"is":{"field":"move.kind","op":"eq","value":"reply"}}"#,
        r#"{"kind":"set_due","hours":4}"#,
        "{}",
        "When the move is a reply, make it due in 4 hours.",
    ),
    (
        r#"{"is":{"field":"contact.title","op":"contains","value":"student"}}"#,
        r#"{"kind":"dismiss","reason":"Students do not buy."}"#,
        "{}",
        "When the contact's title contains “student”, dismiss it with the reason “Students do not buy.”.",
    ),
    (
        r#"{"any":[{"is":{"field":"deal.amount","op":"gt","value":{"minor":5000000,"currency":"EUR"}}},{"is":{"field":"deal.probability","op":"ge","value":80}}]}"#,
        r#"{"kind":"assign","user":"01890a5d-ac96-774b-bcce-b302099a8057"}"#,
        "{}",
        "When the value of the deal is above 50,000 € or the probability of the deal in percent is at least 80, assign it to Ada Lovelace.",
    ),
    (
        r#"{"is":{"field":"time.business_hours","op":"eq","value":false}}"#,
        r#"{"kind":"snooze","until":"next_business_morning"}"#,
        "{}",
        "When it is outside business hours, snooze it until the next business morning.",
    ),
    (
        r#"{"all":[{"is":{"field":"move.kind","op":"in","value":["follow_up","call"]}},{"is":{"field":"move.age","op":"gt","value":{"days":14}}}]}"#,
        r#"{"kind":"snooze","until":{"hours":1}}"#,
        r#"{"per_day":1}"#,
        "When the move is a follow-up or a call and the age of the move is over 14 days, snooze it for 1 hour, at most once a day.",
    ),
    (
        r#"{"is":{"field":"contact.email_domain","op":"in","value":["gmail.com","gmx.de","web.de"]}}"#,
        r#"{"kind":"notify","text":"A private address"}"#,
        r#"{"per_contact_per_week":3}"#,
        "When the domain of the contact's address is “gmail.com”, “gmx.de” or “web.de”, send the notification “A private address”, at most 3 times a week per contact.",
    ),
    (
        r#"{"is":{"field":"contact.email_domain","op":"not_in","value":["gmail.com","gmx.de"]}}"#,
        r#"{"kind":"approve"}"#,
        r#"{"per_day":1200}"#,
        "When the domain of the contact's address is none of “gmail.com” and “gmx.de”, approve it, at most 1,200 a day.",
    ),
    (
        r#"{"is":{"field":"move.due_in","op":"le","value":{"hours":4}}}"#,
        r#"{"kind":"notify","text":"Due soon"}"#,
        "{}",
        "When the move is due within 4 hours, send the notification “Due soon”.",
    ),
    (
        r#"{"is":{"field":"move.due_in","op":"lt","value":{"hours":0}}}"#,
        r#"{"kind":"notify","text":"Late"}"#,
        "{}",
        "When the move is overdue, send the notification “Late”.",
    ),
    (
        r#"{"is":{"field":"move.due_in","op":"le","value":{"days":-2}}}"#,
        r#"{"kind":"notify","text":"Late"}"#,
        "{}",
        "When the move is overdue by 2 days or more, send the notification “Late”.",
    ),
    (
        r#"{"is":{"field":"deal.closes_in","op":"le","value":{"days":14}}}"#,
        r#"{"kind":"set_due","hours":1}"#,
        "{}",
        "When the deal closes within 14 days, make it due in 1 hour.",
    ),
    (
        r#"{"is":{"field":"deal.closes_in","op":"lt","value":{"days":0}}}"#,
        r#"{"kind":"set_due","hours":24}"#,
        "{}",
        "When the deal is past its close date, make it due in 24 hours.",
    ),
    (
        r#"{"is":{"field":"deal.closes_in","op":"gt","value":{"days":90}}}"#,
        r#"{"kind":"snooze","until":{"hours":72}}"#,
        "{}",
        "When the deal closes in more than 90 days, snooze it for 72 hours.",
    ),
    (
        r#"{"is":{"field":"contact.suppressed","op":"eq","value":true}}"#,
        r#"{"kind":"dismiss","reason":"Opted out"}"#,
        "{}",
        "When the contact must not be written to, dismiss it with the reason “Opted out”.",
    ),
    (
        r#"{"all":[{"is":{"field":"contact.ever_replied","op":"eq","value":false}},{"is":{"field":"signal.count","op":"lt","value":2}}]}"#,
        r#"{"kind":"snooze","until":{"hours":48}}"#,
        "{}",
        "When the contact has never replied and the number of signals is below 2, snooze it for 48 hours.",
    ),
    (
        r#"{"is":{"field":"contact.attributes.Company size","op":"ge","value":1000}}"#,
        r#"{"kind":"assign","user":"01890a5d-ac96-774b-bcce-b302099a8058"}"#,
        "{}",
        "When the contact's “Company size” is at least 1,000, assign it to somebody who is not here any more.",
    ),
    (
        r#"{"not":{"is":{"field":"contact.title","op":"contains","value":"CEO"}}}"#,
        r#"{"kind":"approve"}"#,
        "{}",
        "When it is not the case that the contact's title contains “CEO”, approve it.",
    ),
    (
        r#"{"not":{"any":[{"is":{"field":"contact.title","op":"exists"}},{"is":{"field":"company.name","op":"exists"}}]}}"#,
        r#"{"kind":"dismiss","reason":"Unknown"}"#,
        "{}",
        "When it is not the case that (the contact's title is known or the company's name is known), dismiss it with the reason “Unknown”.",
    ),
    (
        r#"{"all":[{"is":{"field":"move.has_draft","op":"eq","value":true}},{"any":[{"is":{"field":"score.aps","op":"ge","value":75.5}},{"is":{"field":"score.intent","op":"gt","value":15}}]}]}"#,
        r#"{"kind":"approve"}"#,
        "{}",
        "When the move has a draft and either the score is at least 75.5 or the score's part for interest is above 15, approve it.",
    ),
    (
        r#"{"any":[{"is":{"field":"move.by_hand","op":"eq","value":true}},{"all":[{"is":{"field":"move.minutes","op":"le","value":5}},{"is":{"field":"score.effort","op":"ge","value":-2}}]}]}"#,
        r#"{"kind":"notify","text":"Quick one"}"#,
        "{}",
        "When the move was added by hand or both the effort in minutes is at most 5 and the score's part for effort is at least −2, send the notification “Quick one”.",
    ),
    (
        r#"{"all":[{"any":[{"is":{"field":"time.hour","op":"lt","value":8}},{"is":{"field":"time.hour","op":"ge","value":18}},{"is":{"field":"time.weekday","op":"eq","value":"sunday"}}]},{"is":{"field":"move.state","op":"eq","value":"pending"}}]}"#,
        r#"{"kind":"snooze","until":"next_business_morning"}"#,
        "{}",
        "When (the hour of the day is below 8, the hour of the day is at least 18 or it is Sunday) and the move is waiting for a decision, snooze it until the next business morning.",
    ),
    (
        r#"{"is":{"field":"time.weekday","op":"not_in","value":["saturday","sunday"]}}"#,
        r#"{"kind":"approve"}"#,
        "{}",
        "When it is none of Saturday and Sunday, approve it.",
    ),
    (
        r#"{"all":[{"is":{"field":"move.source","op":"eq","value":"manual"}},{"is":{"field":"move.kind","op":"eq","value":"task"}}]}"#,
        r#"{"kind":"set_due","hours":48}"#,
        "{}",
        "When the move came from somebody's hand and the move is a task, make it due in 48 hours.",
    ),
    (
        r#"{"is":{"field":"signal.source","op":"in","value":["csv","mail","linkedin_ads"]}}"#,
        r#"{"kind":"approve"}"#,
        "{}",
        "When the signal came from a lead list, mail or “linkedin_ads”, approve it.",
    ),
    (
        r#"{"is":{"field":"contact.source","op":"ne","value":"form"}}"#,
        r#"{"kind":"approve"}"#,
        "{}",
        "When the contact did not come from a form, approve it.",
    ),
    (
        r#"{"is":{"field":"move.action","op":"eq","value":"send_email"}}"#,
        r#"{"kind":"notify","text":"A mail waits."}"#,
        "{}",
        "When its action is to send an e-mail, send the notification “A mail waits.”.",
    ),
    (
        r#"{"all":[{"is":{"field":"deal.state","op":"ne","value":"open"}},{"is":{"field":"deal.stage","op":"starts_with","value":"Closed"}}]}"#,
        r#"{"kind":"dismiss","reason":"Over"}"#,
        "{}",
        "When the deal is not open and the stage of the deal begins with “Closed”, dismiss it with the reason “Over”.",
    ),
    (
        r#"{"is":{"field":"contact.email","op":"ends_with","value":".edu"}}"#,
        r#"{"kind":"dismiss","reason":"University"}"#,
        "{}",
        "When the contact's address ends with “.edu”, dismiss it with the reason “University”.",
    ),
    (
        r#"{"is":{"field":"time.now","op":"lt","value":"2026-06-01T00:00:00+02:00"}}"#,
        r#"{"kind":"approve"}"#,
        "{}",
        "When it is before 31 May 2026, 22:00 UTC, approve it.",
    ),
    (
        r#"{"all":[{"is":{"field":"signal.age","op":"lt","value":{"minutes":30}}},{"is":{"field":"signal.kind","op":"eq","value":"pricing_page"}}]}"#,
        r#"{"kind":"notify","text":"They look at the prices"}"#,
        "{}",
        "When the age of the newest signal is under 30 minutes and the kind of the signal is “pricing_page”, send the notification “They look at the prices”.",
    ),
    (
        r#"{"all":[{"all":[{"is":{"field":"contact.location","op":"eq","value":"Berlin"}}]},{"is":{"field":"contact.owner","op":"missing"}}]}"#,
        r#"{"kind":"assign","user":"01890a5d-ac96-774b-bcce-b302099a8057"}"#,
        "{}",
        "When the contact's location is “Berlin” and the contact's owner is not known, assign it to Ada Lovelace.",
    ),
];

#[test]
fn each_rule_reads_as_a_person_would_say_it() {
    for (condition, effect, limits, sentence) in RULES {
        let json = format!(r#"{{"name":"A rule","condition":{condition},"effect":{effect},"limits":{limits}}}"#);
        let rule: Rule = serde_json::from_str(&json).unwrap_or_else(|why| panic!("{json}: {why}"));
        assert_eq!(rule.validate(), Ok(()), "{json}");
        let name = |user: crate::model::UserId| user.to_string().ends_with("8057").then(|| "Ada Lovelace".to_owned());
        assert_eq!(rule.sentence(name), sentence);
    }
}

#[test]
fn a_rule_that_cannot_be_kept_says_everything_that_is_wrong() {
    let json = r#"{"name":" ","condition":{"all":[{"any":[]}]},"effect":{"kind":"snooze","until":{"hours":0}},"limits":{"per_day":0}}"#;
    let complaints = serde_json::from_str::<Rule>(json).unwrap().validate().unwrap_err();
    let pointers: Vec<_> = complaints.iter().map(|complaint| complaint.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name", "/condition/all/0/any", "/effect/until/hours", "/limits/per_day"]);
}
