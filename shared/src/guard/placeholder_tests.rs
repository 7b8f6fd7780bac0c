//! Placeholders of every dialect are found, and what only looks like one is not.

use proptest::prelude::*;

use super::*;
use crate::guard::Verdict;

#[test]
fn placeholders_of_every_dialect_are_found_whole() {
    for (text, found) in [
        ("Hi {{first_name}},", "{{first_name}}"),
        ("Hi {{ contact.first_name | default: 'there' }},", "{{ contact.first_name | default: 'there' }}"),
        ("{{#if x}}", "{{#if x}}"),
        ("{% if customer %}", "{% if customer %}"),
        ("Hi ${firstName}", "{firstName}"),
        ("Hi #{name}", "{name}"),
        ("Hi {name},", "{name}"),
        ("at {companyName} we", "{companyName}"),
        ("{Hi|Hello|Hey} Ann", "{Hi|Hello|Hey}"),
        ("Hi %FIRSTNAME%,", "%FIRSTNAME%"),
        ("Hi %first_name%,", "%first_name%"),
        ("100%DATE%", "%DATE%"),
        ("see [[company]]", "[[company]]"),
        ("Hi [First Name],", "[First Name]"),
        ("[Your Name]", "[Your Name]"),
        ("at [Company]", "[Company]"),
        ("book here: [link]", "[link]"),
        ("[Insert relevant case study]", "[Insert relevant case study]"),
        ("[your specific value proposition]", "[your specific value proposition]"),
        ("Hallo [Vorname]", "[Vorname]"),
        ("Bonjour [Prénom]", "[Prénom]"),
        ("Hi <FIRST NAME>,", "<FIRST NAME>"),
        ("Hi <name>,", "<name>"),
        ("Hi <%= contact.name %>", "<%= contact.name %>"),
        ("Hi *|FNAME|*,", "*|FNAME|*"),
        ("on TBD", "TBD"),
        (concat!("TO", "DO: add the price"), concat!("TO", "DO")),
        (concat!("price: XX", "X"), concat!("XX", "X")),
        ("saves $XX a month", "XX"),
        ("saves XX% a month", "XX"),
        ("Lorem ipsum dolor", "Lorem ipsum"),
        ("Hi ,\nthanks", "Hi ,"),
        ("Dear ,", "Dear ,"),
        ("Hi undefined,", "Hi undefined,"),
        ("it costs $undefined", "undefined"),
        ("it costs NaN € a month", "NaN"),
        ("it costs null EUR", "null"),
        ("Dear [object Object],", "[object Object]"),
        ("on Invalid Date at", "Invalid Date"),
    ] {
        assert_eq!(find(text), Some(found), "{text}");
        let finding = check(&[Part::new("the subject", "fine"), Part::new("the text", text)]);
        assert_eq!(finding.verdict, Verdict::Block);
        assert!(finding.reason.unwrap().contains(found), "{text}");
    }
}

#[test]
fn what_only_looks_like_one_is_left_alone() {
    for text in [
        "Hi all,\n\nthanks for your time.",
        "Hi Ann,",
        "It costs 40 € (48 € [incl. VAT]) a month, 10% to 20% less than before.",
        "See [1] and [2][3], and [a].",
        "[EXTERNAL] Re: [JIRA-123] offer",
        "Read [our guide](https://acme.example/guide) or [Company](https://acme.example).",
        "Write to Ann Lee <ann@acme.example> or see <https://acme.example/name>.",
        "The endpoint GET /users/{id}/orders/{order_id} answers {\"ok\": true}.",
        "Use `{name}` in the pattern; a set is {1, 2, 3}.",
        "fn main() { println(x); }",
        "https://acme.example/M%C3%BCller/%E2%82%AC?q=%20%AB%CD",
        "Fish & chips < 5 and > 3, 2 * 3 | 4",
        concat!("TO", "DO INCLUIDO: hotel y vuelo"),
        "Nous sommes à 50 % du but, et 100 % motivés.",
        "Size XXL or XL, the XX century, Super Bowl XL",
        "The value is null when undefined; NaN is not a number.",
        "Set the <title> and the <link> tags.",
        "We met Mr. Null and None of the Above.",
        "a [sic] quote, [...] and […]",
        "[x] done, [ ] open",
        "Bonjour !\nComment ça va ?",
        "the %s and %d of printf, 5%off%",
        "50%-70% of teams, 3%/year",
        "|---|---| *bold* **strong** *| a |",
        "Dear Sir or Madam,",
        "lorem and ipsum",
        "C:\\Users\\Ann, $5, {}, [], <>, %%",
        "Kind regards,\nAnn\n-- \nAcme GmbH",
    ] {
        assert_eq!(find(text), None, "{text}");
        assert_eq!(check(&[Part::new("the text", text)]), Finding::pass(Guardrail::Placeholder));
    }
}

/// A placeholder of any dialect.
pub(in crate::guard) fn placeholder() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("first_name"),
        Just("name"),
        Just("company"),
        Just("FirstName"),
        Just("LAST_NAME"),
        Just("contact.name"),
        Just("Your Name"),
        Just("Firma"),
    ];
    let upper = prop_oneof![Just("FIRSTNAME"), Just("NAME"), Just("LAST_NAME"), Just("COMPANY1")];
    let marks = prop_oneof![
        Just("{{",),
        Just("[["),
        Just("{"),
        Just("["),
        Just("<"),
        Just("${"),
        Just("*|"),
        Just("<%= "),
        Just("{% ")
    ];
    prop_oneof![
        4 => (marks, name).prop_map(|(open, name)| {
            let close = match open {
                "{{" => "}}",
                "[[" => "]]",
                "[" => "]",
                "<" => ">",
                "*|" => "|*",
                "<%= " => " %>",
                "{% " => " %}",
                _ => "}",
            };
            format!("{open}{name}{close}")
        }),
        1 => upper.prop_map(|name| format!("%{name}%")),
    ]
}

proptest! {
    #[test]
    fn a_placeholder_in_any_ascii_text_is_found(before in "[ -~\n]{0,40}", placeholder in placeholder(), after in "[ -~\n]{0,40}") {
        let text = format!("{before} {placeholder} {after}");
        prop_assert!(find(&text).is_some(), "{}", text);
    }

    #[test]
    fn letters_and_punctuation_are_no_placeholder(text in "([A-Z]?[a-z]{1,9}[,.;:!?]?[ \n]){0,12}") {
        prop_assume!(!text.to_lowercase().contains("ipsum"));
        // Greetings have rules of their own.
        let text = format!("So: {}", text.replace('\n', " "));
        prop_assert_eq!(find(&text), None);
    }
}
