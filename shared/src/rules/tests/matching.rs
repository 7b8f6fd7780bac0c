//! Which tests hold of a demo request of two hours ago, and which do not.

use super::testing::{bare, facts};
use crate::rules::Condition;

fn read(json: &str) -> Condition {
    let condition: Condition = serde_json::from_str(json).unwrap_or_else(|why| panic!("{json}: {why}"));
    assert_eq!(condition.validate(), Ok(()), "{json}");
    condition
}

fn is(field: &str, op: &str, value: &str) -> Condition {
    let value = if value.is_empty() { String::new() } else { format!(r#","value":{value}"#) };
    read(&format!(r#"{{"is":{{"field":"{field}","op":"{op}"{value}}}}}"#))
}

#[test]
fn each_field_is_compared_as_its_type_says() {
    for (field, op, value, holds) in [
        ("move.kind", "eq", r#""demo_request""#, true),
        ("move.kind", "ne", r#""demo_request""#, false),
        ("move.kind", "in", r#"["reply","demo_request"]"#, true),
        ("move.kind", "not_in", r#"["reply","call"]"#, true),
        ("move.state", "eq", r#""pending""#, true),
        ("move.source", "eq", r#""FORM""#, true),
        ("move.title", "contains", r#""DEMO  request""#, true),
        ("move.title", "starts_with", r#""answer""#, true),
        ("move.title", "ends_with", r#""answer""#, false),
        ("move.why", "contains", r#""40 seats""#, true),
        ("move.age", "ge", r#"{"hours":2}"#, true),
        ("move.age", "gt", r#"{"minutes":120}"#, false),
        ("move.age", "lt", r#"{"days":1}"#, true),
        ("move.by_hand", "eq", "false", true),
        ("move.has_draft", "eq", "true", true),
        ("move.action", "eq", r#""send_email""#, true),
        ("move.minutes", "le", "5", true),
        ("move.minutes", "lt", "4.99", false),
        ("move.due_at", "lt", r#""2026-03-02T14:00:00+01:00""#, true),
        ("move.due_at", "ge", r#""2026-03-02T14:00:00+01:00""#, false),
        ("move.due_in", "le", r#"{"hours":4}"#, true),
        ("move.due_in", "lt", r#"{"hours":0}"#, false),
        ("contact.email", "ends_with", r#""@northwind.example""#, true),
        ("contact.email", "ends_with", r#""@wind.example""#, false),
        ("contact.email_domain", "eq", r#""northwind.example""#, true),
        ("contact.email_domain", "in", r#"["northwind.example","acme.example"]"#, true),
        ("contact.title", "contains", r#""operations""#, true),
        ("contact.location", "eq", r#""zurich""#, true),
        ("contact.owner", "missing", "", true),
        ("contact.owner", "ne", r#""Ada""#, false),
        ("contact.owner", "not_in", r#"["Ada"]"#, false),
        ("contact.suppressed", "eq", "false", true),
        ("contact.ever_replied", "eq", "true", true),
        ("contact.attributes.Company size", "ge", "1000", true),
        ("contact.attributes.company_size", "lt", "1000", false),
        ("contact.attributes.Company size", "eq", "1200", true),
        ("contact.attributes.Industrie", "contains", r#""bau""#, true),
        ("contact.attributes.Industrie", "ge", "1", false),
        ("contact.attributes.Empty", "exists", "", false),
        ("company.domain", "exists", "", true),
        ("deal.stage", "ne", r#""Closed""#, true),
        ("deal.amount", "ge", r#"{"minor":500000,"currency":"EUR"}"#, true),
        ("deal.amount", "gt", r#"{"minor":500000,"currency":"EUR"}"#, false),
        ("deal.amount", "ge", r#"{"minor":1,"currency":"USD"}"#, false),
        ("deal.amount", "ne", r#"{"minor":1,"currency":"USD"}"#, false),
        ("deal.probability", "ge", "40", true),
        ("deal.closes_in", "lt", r#"{"days":0}"#, true),
        ("deal.closes_in", "lt", r#"{"days":-2}"#, false),
        ("signal.count", "in", "[1,2]", true),
        ("signal.age", "lt", r#"{"hours":1}"#, true),
        ("time.weekday", "eq", r#""monday""#, true),
        ("time.hour", "eq", "9", true),
        ("time.business_hours", "eq", "true", true),
        ("time.now", "ge", r#""2026-03-02T09:30:00Z""#, true),
        ("score.aps", "ge", "72.5", true),
        ("score.aps", "gt", "72.5", false),
        ("score.intent", "ge", "18", true),
        ("score.doubt", "eq", "0", true),
    ] {
        assert_eq!(is(field, op, value).matches(&facts()), holds, "{field} {op} {value}");
    }
}

#[test]
fn what_hangs_on_a_missing_contact_deal_signal_or_score_is_missing() {
    for field in
        ["contact.email", "contact.suppressed", "deal.state", "signal.count", "score.aps", "score.fit", "move.why"]
    {
        if !field.contains("suppressed") {
            assert!(is(field, "missing", "").matches(&bare()), "{field}");
        }
    }
    assert!(!is("contact.suppressed", "eq", "false").matches(&bare()), "nobody is not the same as somebody");
}

#[test]
fn a_group_of_nothing_never_holds() {
    assert!(!Condition::All(vec![]).matches(&facts()));
    assert!(!Condition::Any(vec![]).matches(&facts()));
}

#[test]
fn an_explanation_says_what_was_found() {
    let condition = read(
        r#"{"all":[{"is":{"field":"score.aps","op":"ge","value":80}},{"is":{"field":"contact.owner","op":"eq","value":"Ada"}},
        {"is":{"field":"deal.closes_in","op":"le","value":{"days":7}}},{"is":{"field":"move.kind","op":"eq","value":"reply"}},
        {"is":{"field":"contact.ever_replied","op":"eq","value":true}}]}"#,
    );
    let explained = condition.explain(&facts());
    assert_eq!(
        explained.iter().map(|(sentence, holds)| (sentence.as_str(), *holds)).collect::<Vec<_>>(),
        [
            ("The score is at least 80 (found: 72.5).", false),
            ("The contact's owner is “Ada” (not known).", false),
            ("The deal closes within 7 days (found: 1 day ago).", true),
            ("The move is a reply (found: a demo request).", false),
            ("The contact has replied before.", true),
        ]
    );
}
