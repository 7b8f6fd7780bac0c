//! Rows and forms as leads: what is read, what is refused, and that nothing is lost.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn row(headers: &[&str], cells: &[&str]) -> Result<LeadFields, RowProblem> {
    Mapping::guess(headers).apply(cells)
}

#[test]
fn a_row_becomes_fields_and_attributes() {
    let lead = row(
        &[
            "Name",
            "E-Mail",
            "Company",
            "Website",
            "Phone",
            "Amount",
            "Close date",
            "Created at",
            "Size",
            "Empty",
            "Email opt out",
        ],
        &[
            " Ann  Lee ",
            "Ann@Acme.example",
            "Acme\nGmbH",
            "https://www.acme.example/",
            "+1 555 0100",
            "€ 1.200,50",
            "2026-03-01",
            "2026-02-01T10:00:00+01:00",
            " 12 ",
            " \u{a0}",
            "no",
        ],
    )
    .unwrap();
    assert_eq!(lead.name.as_deref(), Some("Ann Lee"));
    assert_eq!(lead.email.as_ref().map(EmailAddress::as_str), Some("Ann@acme.example"));
    assert_eq!(lead.company.as_deref(), Some("Acme GmbH"));
    assert_eq!(lead.company_domain().map(|domain| domain.to_string()).as_deref(), Some("acme.example"));
    assert_eq!(lead.currency.as_deref(), Some("EUR"));
    assert_eq!(lead.amount.as_ref().and_then(|amount| amount.minor_units("EUR")), Some(120_050));
    assert_eq!(lead.close_date.map(|date| date.to_string()).as_deref(), Some("2026-03-01"));
    assert_eq!(lead.occurred_at.map(|ts| ts.to_string()).as_deref(), Some("2026-02-01T09:00:00.000Z"));
    assert_eq!((lead.do_not_email, lead.do_not_call), (Some(false), None));
    assert_eq!(lead.attributes, BTreeMap::from([("Size".to_owned(), "12".to_owned())]));
    assert!(lead.remarks.is_empty(), "{:?}", lead.remarks);
    let text = serde_json::to_string(&lead).unwrap();
    assert_eq!(serde_json::from_str::<LeadFields>(&text).unwrap(), lead);
}

#[test]
fn a_lead_has_an_email_or_a_phone_or_a_name_with_a_company() {
    let headers = ["Email", "First name", "Company", "Phone", "Website"];
    for good in [
        ["a@b.example", "", "", "", ""],
        ["", "Ann", "Acme", "", ""],
        ["", "", "", "555 0100", ""],
        ["n/a", "Ann", "", "", "acme.example"],
    ] {
        assert!(row(&headers, &good).is_ok(), "{good:?}");
    }
    for (cells, sentence) in [
        (["", "", "", "", ""], "The row has no e-mail address, no phone number, and no name with a company."),
        (
            ["", "Ann", "", "", ""],
            "The row has a name but no e-mail address, no phone number and no company: add one of them.",
        ),
        (
            ["-", "", "Acme", "unknown", ""],
            "The row has a company but no e-mail address, no phone number and no name: add one of them.",
        ),
        (
            ["", "Ann", "N/A", "", "facebook.com/acme"],
            "The row has a name but no e-mail address, no phone number and no company: add one of them.",
        ),
    ] {
        assert_eq!(row(&headers, &cells).unwrap_err().to_string(), sentence, "{cells:?}");
    }
}

#[test]
fn a_short_row_is_empty_at_its_end_and_a_long_one_is_refused() {
    assert!(row(&["Email", "Name", "x"], &["a@b.example"]).is_ok());
    assert!(row(&["Email"], &["a@b.example", " "]).is_ok());
    let long = row(&["Email"], &["a@b.example", "lost"]).unwrap_err();
    assert_eq!(long.to_string(), "The row has 2 fields and the header only 1.");
}

#[test]
fn a_bad_address_or_flag_is_refused_naming_column_and_value() {
    assert_eq!(
        row(&["E-Mail", "Phone"], &["ann@", "5550100"]).unwrap_err().to_string(),
        "Column \"E-Mail\" has \"ann@\": the part after the @ is not a domain such as acme.example."
    );
    assert_eq!(
        row(&["Email", "Opt out"], &["a@b.example", "perhaps"]).unwrap_err().to_string(),
        "Column \"Opt out\" has \"perhaps\": do_not_email is yes or no."
    );
    let long = row(&["Email"], &[&format!("a\nb{}", "x".repeat(200))]).unwrap_err().to_string();
    assert!(long.len() < 250 && !long.contains('\n') && long.contains('…'), "{long}");
}

#[test]
fn what_cannot_be_read_as_its_field_is_kept_and_remarked_on() {
    let lead = row(
        &["Email", "Phone", "Website", "Amount", "Close date", "LinkedIn", "Owner email", "Currency"],
        &[
            "a@b.example",
            "call me",
            "none yet!",
            "lots",
            "03/04/2026",
            "https://evil.example/linkedin.com",
            "Bob",
            "dollars",
        ],
    )
    .unwrap();
    assert_eq!(lead.attributes.len(), 7);
    assert_eq!(lead.remarks.len(), 7, "{:?}", lead.remarks);
    assert_eq!(lead.remarks[0], "Column \"Phone\" has \"call me\": it is no phone number.");
}

#[test]
fn of_several_addresses_the_first_good_one_is_taken_and_the_cell_is_kept() {
    let lead =
        row(&["E-mail 1 - Value", "Phone"], &["broken@, a@b.example ::: c@d.example", "n.a. / 555 0100"]).unwrap();
    assert_eq!(lead.email.as_ref().map(EmailAddress::key), Some("a@b.example"));
    assert_eq!(lead.phone.as_deref(), Some("555 0100"));
    assert_eq!(lead.attributes["E-mail 1 - Value"], "broken@, a@b.example ::: c@d.example");
}

#[test]
fn a_name_beside_the_address_is_used_only_when_the_row_has_no_other() {
    let lead = row(&["Email", "Name"], &["Ann Lee <a@b.example>", ""]).unwrap();
    assert_eq!(lead.name.as_deref(), Some("Ann Lee"));
    let lead = row(&["Email", "First name"], &["Sales desk <a@b.example>", "Ann"]).unwrap();
    assert_eq!((lead.name.as_deref(), lead.display_name().as_deref()), (None, Some("Ann")));
    assert_eq!(lead.attributes["Email"], "Sales desk <a@b.example>");
}

#[test]
fn any_column_that_says_opted_out_counts() {
    let headers = ["Email", "Email opt out", "Unsubscribed", "Do not contact"];
    let flags = |cells: [&str; 4]| row(&headers, &cells).map(|lead| (lead.do_not_email, lead.do_not_call)).unwrap();
    assert_eq!(flags(["a@b.example", "no", "no", "no"]), (Some(false), None));
    assert_eq!(flags(["a@b.example", "no", "yes", ""]), (Some(true), None));
    assert_eq!(flags(["a@b.example", "yes", "no", ""]), (Some(true), None));
    assert_eq!(flags(["a@b.example", "no", "", "yes"]), (Some(true), Some(true)));
    assert_eq!(flags(["a@b.example", "", "", ""]), (None, None));
    let lead = row(&["EMAIL", "UNSUB_TIME"], &["a@b.example", "2024-05-01 08:00:00"]).unwrap();
    assert_eq!(lead.do_not_email, Some(true));
    let lead = row(&["Email", "Do not contact"], &["a@b.example", "x"]).unwrap();
    assert_eq!((lead.do_not_email, lead.do_not_call), (Some(true), Some(true)));
}

#[test]
fn people_called_na_or_none_keep_their_names() {
    let lead = row(&["Email", "First name", "Last name"], &["a@b.example", "None", "Na"]).unwrap();
    assert_eq!(lead.display_name().as_deref(), Some("None Na"));
}

#[test]
fn a_form_keeps_its_message_and_refuses_nothing() {
    let lead = LeadFields::from_form([
        ("your-name", "Ann Lee"),
        ("your-email", "ann at acme"),
        ("your-message", "Hello,\r\n\r\nplease call.\0"),
        ("topic[]", "price"),
        ("topic[]", "demo"),
        ("empty", " "),
    ]);
    assert_eq!(lead.name.as_deref(), Some("Ann Lee"));
    assert_eq!(lead.notes.as_deref(), Some("Hello,\r\n\r\nplease call."));
    assert_eq!(lead.attributes["topic[]"], "price, demo");
    assert_eq!(lead.attributes["your-email"], "ann at acme");
    assert_eq!(
        lead.remarks,
        [
            "Column \"your-email\" has \"ann at acme\": an e-mail address has no spaces, line breaks or invisible characters."
        ]
    );
    assert!(lead.check().is_err());
}

#[test]
fn a_form_of_ten_thousand_fields_is_read() {
    let lead = LeadFields::from_form(
        (0..10_000).map(|at| (format!("field{at}"), "x")).chain([("email".to_owned(), "a@b.example")]),
    );
    assert_eq!(lead.attributes.len(), 10_000);
    assert!(lead.check().is_ok());
}

/// Every word of the lead's fields and attributes, as one text to look for cells in.
fn everything(lead: &LeadFields) -> HashSet<String> {
    let mut words: HashSet<String> = lead.attributes.values().cloned().collect();
    let texts = [
        &lead.name,
        &lead.first_name,
        &lead.last_name,
        &lead.company,
        &lead.website,
        &lead.title,
        &lead.phone,
        &lead.city,
        &lead.country,
        &lead.linkedin_url,
        &lead.source,
        &lead.stage,
        &lead.notes,
        &lead.time_zone,
    ];
    words.extend(texts.into_iter().flatten().cloned());
    words.extend([&lead.email, &lead.owner_email].into_iter().flatten().map(ToString::to_string));
    words
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "[a-z]{1,5}@[a-z]{1,5}\\.(com|org)",
        prop::sample::select(vec![
            "",
            " ",
            "-",
            "n/a",
            "yes",
            "no",
            "Ann <a@b.example>",
            "a@b.example; c@d.example",
            "+1 555 0100",
            "https://acme.example",
            "NULL",
            "2026-03-01",
            "12.50",
            "\0",
            "a\nb"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn no_cell_is_lost(fields in prop::collection::vec((0..Field::ALL.len(), cell()), 0..12), extra in cell()) {
        let headers: Vec<&str> = fields.iter().map(|(field, _)| Field::ALL[*field].as_str()).chain(["something else"]).collect();
        let cells: Vec<&str> = fields.iter().map(|(_, cell)| cell.as_str()).chain([extra.as_str()]).collect();
        let mapping = Mapping::guess(&headers);
        let (lead, problems) = mapping.read(&cells);
        let kept = everything(&lead);
        for (column, cell) in mapping.columns().iter().zip(&cells) {
            let cell = trim(cell).replace('\0', "");
            if cell.is_empty() {
                continue;
            }
            let line = cell.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            let typed = match column.field {
                Some(Field::DoNotEmail) => lead.do_not_email.is_some(),
                Some(Field::DoNotCall) => lead.do_not_call.is_some(),
                Some(Field::Amount) => lead.amount.is_some(),
                Some(Field::Currency) => lead.currency.is_some(),
                Some(Field::CloseDate) => lead.close_date.is_some(),
                Some(Field::OccurredAt) => lead.occurred_at.is_some(),
                Some(Field::Phone) => lead.phone.is_some(),
                Some(Field::Email | Field::OwnerEmail) => kept.iter().any(|text| text.eq_ignore_ascii_case(&cell) || cell.to_lowercase().contains(&text.to_lowercase())),
                _ => false,
            };
            prop_assert!(typed || kept.contains(&cell) || kept.contains(&line), "{:?} of {:?} is lost: {:?}", cell, column, lead);
        }
        prop_assert_eq!(mapping.apply(&cells).is_ok(), problems.is_empty() && lead.check().is_ok());
    }

    #[test]
    fn any_form_is_read_without_a_panic(pairs in prop::collection::vec(("\\PC{0,10}", cell()), 0..12)) {
        let lead = LeadFields::from_form(pairs.iter().map(|(name, value)| (name, value)));
        prop_assert!(lead.attributes.values().all(|value| !trim(value).is_empty()));
    }
}

#[test]
fn what_nobody_chose_from_a_list_is_no_value_of_any_field() {
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    let mapping = Mapping::guess(&names);
    let row: Vec<&str> =
        names.iter().map(|name| if *name == "email" { "ann@acme.example" } else { "Select" }).collect();
    let lead = mapping.apply(&row).unwrap();
    let bare = LeadFields { email: lead.email.clone(), ..LeadFields::default() };
    assert_eq!(LeadFields { attributes: BTreeMap::new(), remarks: Vec::new(), ..lead.clone() }, bare);
    assert_eq!(lead.remarks, [""; 0]);
}
