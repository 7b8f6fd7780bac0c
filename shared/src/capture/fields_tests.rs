//! Headers as the world writes them, and the laws of guessing.

use proptest::prelude::*;

use super::*;

/// The mapping of a header line as `FIELD<-COLUMN`, in the header's order.
fn mapped(headers: &[&str]) -> Vec<String> {
    let mapping = Mapping::guess(headers);
    mapping.columns().iter().filter_map(|column| Some(format!("{}<-{}", column.field?, column.name))).collect()
}

/// Both are lists separated by `|`.
fn check(headers: &str, expect: &str) {
    let headers: Vec<&str> = headers.split('|').collect();
    assert_eq!(mapped(&headers).join("|"), expect, "{headers:?}");
}

#[test]
fn no_known_name_stands_twice_and_each_is_folded() {
    let mut seen = HashMap::new();
    for (field, names) in NAMES {
        for name in names.split_whitespace() {
            assert_eq!(fold(name), name);
            assert_eq!(seen.insert(name, *field), None, "{name}");
        }
    }
    for word in [ASKING, CONTAINERS, OWNERS, TRAILING, NO_CONTACT].concat() {
        assert_eq!(fold(word), word);
    }
    for field in Field::ALL {
        assert!(NAMES.iter().any(|(named, _)| named == field), "{field} has no names");
        assert_eq!(Mapping::guess(&[field.as_str()]).columns()[0].field, Some(*field), "{field}");
    }
}

#[test]
fn hubspot_contacts_and_deals() {
    check(
        "Record ID|First Name|Last Name|Email|Phone Number|Mobile Phone Number|Contact owner|\
         Primary Associated Company ID|Associated Company|Last Activity Date (MST)|Lead Status|\
         Marketing contact status|Create Date (MST)|Job Title|Website URL|City|Country/Region|Time Zone|\
         Original Source|Unsubscribed from all email|Email Domain|Number of Employees",
        "first_name<-First Name|last_name<-Last Name|email<-Email|phone<-Phone Number|\
         company<-Associated Company|occurred_at<-Create Date (MST)|title<-Job Title|city<-City|\
         country<-Country/Region|time_zone<-Time Zone|source<-Original Source|\
         do_not_email<-Unsubscribed from all email|website<-Email Domain",
    );
    check(
        "Record ID|Deal Name|Deal Stage|Close Date|Deal owner|Amount|Amount in company currency|Currency|\
         Pipeline|Associated Contact",
        "stage<-Deal Stage|close_date<-Close Date|amount<-Amount|currency<-Currency",
    );
}

#[test]
fn salesforce_leads_reports_and_api_names() {
    check(
        "Lead ID|Lead: Email|First Name|Last Name|Title|Company / Account|Lead Source|Street|City|Country|\
         Phone|Mobile|Email Opt Out|Do Not Call|Lead Owner|Lead Status|Rating|Created Date",
        "email<-Lead: Email|first_name<-First Name|last_name<-Last Name|title<-Title|\
         company<-Company / Account|source<-Lead Source|city<-City|country<-Country|phone<-Phone|\
         do_not_email<-Email Opt Out|do_not_call<-Do Not Call|occurred_at<-Created Date",
    );
    check(
        "Id|FirstName|LastName|Email|AccountName|LeadSource|HasOptedOutOfEmail|DoNotCall|CreatedDate|\
         IsDeleted|EmailBouncedDate|MailingCity|MailingCountry|StageName|CurrencyIsoCode|Owner Email",
        "first_name<-FirstName|last_name<-LastName|email<-Email|company<-AccountName|source<-LeadSource|\
         do_not_email<-HasOptedOutOfEmail|do_not_call<-DoNotCall|occurred_at<-CreatedDate|city<-MailingCity|\
         country<-MailingCountry|stage<-StageName|currency<-CurrencyIsoCode|owner_email<-Owner Email",
    );
}

#[test]
fn pipedrive_people_leads_and_deals() {
    check(
        "Person - Name|Person - Organization|Person - Email - Work|Person - Email - Home|\
         Person - Phone - Work|Person - Open deals|Person - Owner|Person - Person created",
        "name<-Person - Name|company<-Person - Organization|email<-Person - Email - Work|\
         phone<-Person - Phone - Work",
    );
    check(
        "Deal - ID|Deal - Title|Deal - Value|Deal - Currency|Deal - Stage|Deal - Expected close date|\
         Deal - Status|Organization - Name|Person - Job title|Deal - Deal created",
        "amount<-Deal - Value|currency<-Deal - Currency|stage<-Deal - Stage|\
         close_date<-Deal - Expected close date|company<-Organization - Name|title<-Person - Job title|\
         occurred_at<-Deal - Deal created",
    );
    check("Lead - Title|Lead - Value|Lead - Lead created", "amount<-Lead - Value|occurred_at<-Lead - Lead created");
}

#[test]
fn linkedin_connections_and_sales_navigator_tools() {
    check(
        "First Name|Last Name|URL|Email Address|Company|Position|Connected On",
        "first_name<-First Name|last_name<-Last Name|linkedin_url<-URL|email<-Email Address|company<-Company|\
         title<-Position",
    );
    check("Name|URL", "name<-Name");
    check(
        "profileUrl|fullName|firstName|lastName|companyName|title|companyUrl|defaultProfileUrl|location|\
         connectionDegree|isPremium",
        "name<-fullName|first_name<-firstName|last_name<-lastName|company<-companyName|title<-title|\
         website<-companyUrl|linkedin_url<-defaultProfileUrl",
    );
}

#[test]
fn apollo() {
    check(
        "First Name|Last Name|Title|Company Name|Company Name for Emails|Email|Email Status|Email Confidence|\
         Seniority|Work Direct Phone|Home Phone|Mobile Phone|Corporate Phone|Stage|Lists|Last Contacted|\
         Account Owner|# Employees|Industry|Person Linkedin Url|Website|Company Linkedin Url|Facebook Url|\
         City|State|Country|Company City|Company Country|Email Sent|Email Open|Secondary Email",
        "first_name<-First Name|last_name<-Last Name|title<-Title|company<-Company Name|email<-Email|\
         phone<-Work Direct Phone|stage<-Stage|linkedin_url<-Person Linkedin Url|website<-Website|city<-City|\
         country<-Country",
    );
}

#[test]
fn mailchimp_google_outlook_and_typeform() {
    check(
        "Email Address|First Name|Last Name|Address|Phone Number|Birthday|MEMBER_RATING|OPTIN_TIME|OPTIN_IP|\
         TIMEZONE|LAST_CHANGED|LEID|NOTES|TAGS",
        "email<-Email Address|first_name<-First Name|last_name<-Last Name|phone<-Phone Number|\
         time_zone<-TIMEZONE|notes<-NOTES",
    );
    check("EMAIL|FNAME|LNAME", "email<-EMAIL|first_name<-FNAME|last_name<-LNAME");
    check(
        "Name|Given Name|Family Name|Name Prefix|Organization 1 - Name|Organization 1 - Title|\
         E-mail 1 - Type|E-mail 1 - Value|E-mail 2 - Value|Phone 1 - Label|Phone 1 - Value|Address 1 - City|\
         Address 1 - Country|Website 1 - Value|Group Membership",
        "name<-Name|first_name<-Given Name|last_name<-Family Name|company<-Organization 1 - Name|\
         title<-Organization 1 - Title|email<-E-mail 1 - Value|phone<-Phone 1 - Value|city<-Address 1 - City|\
         country<-Address 1 - Country|website<-Website 1 - Value",
    );
    check(
        "First Name|Last Name|Company|Job Title|Business Phone|Home Phone|Mobile Phone|E-mail Address|\
         E-mail Type|E-mail Display Name|Business City|Business Country/Region|Web Page|Notes|Manager's Name",
        "first_name<-First Name|last_name<-Last Name|company<-Company|title<-Job Title|phone<-Business Phone|\
         email<-E-mail Address|city<-Business City|country<-Business Country/Region|website<-Web Page|\
         notes<-Notes",
    );
    check(
        "#|What's your name?|What is your *work email*?|And what's your phone number?|How can we help you?|\
         Start Date (UTC)|Submit Date (UTC)|Network ID",
        "name<-What's your name?|email<-What is your *work email*?|phone<-And what's your phone number?|\
         notes<-How can we help you?|occurred_at<-Submit Date (UTC)",
    );
}

#[test]
fn seven_languages() {
    check(
        "Vorname|Nachname|E-Mail-Adresse|Firma|Telefon (geschäftlich)|Ort|Land|Nachricht",
        "first_name<-Vorname|last_name<-Nachname|email<-E-Mail-Adresse|company<-Firma|\
         phone<-Telefon (geschäftlich)|city<-Ort|country<-Land|notes<-Nachricht",
    );
    check(
        "Prénom|Nom|Adresse e-mail|Société|Téléphone|Ville|Pays|Poste",
        "first_name<-Prénom|last_name<-Nom|email<-Adresse e-mail|company<-Société|phone<-Téléphone|\
         city<-Ville|country<-Pays|title<-Poste",
    );
    check(
        "Nombre|Apellidos|Correo electrónico|Empresa|Teléfono|Ciudad|País|Cargo",
        "first_name<-Nombre|last_name<-Apellidos|email<-Correo electrónico|company<-Empresa|phone<-Teléfono|\
         city<-Ciudad|country<-País|title<-Cargo",
    );
    check(
        "Nome|Cognome|Indirizzo e-mail|Azienda|Cellulare|Città|Paese|Messaggio",
        "first_name<-Nome|last_name<-Cognome|email<-Indirizzo e-mail|company<-Azienda|phone<-Cellulare|\
         city<-Città|country<-Paese|notes<-Messaggio",
    );
    check(
        "Voornaam|Achternaam|E-mailadres|Bedrijfsnaam|Telefoonnummer|Woonplaats|Functie|Opmerkingen",
        "first_name<-Voornaam|last_name<-Achternaam|email<-E-mailadres|company<-Bedrijfsnaam|\
         phone<-Telefoonnummer|city<-Woonplaats|title<-Functie|notes<-Opmerkingen",
    );
    check(
        "Nome completo|E-mail|Empresa|Telemóvel|Cidade|Mensagem|Não contatar",
        "name<-Nome completo|email<-E-mail|company<-Empresa|phone<-Telemóvel|city<-Cidade|notes<-Mensagem|\
         do_not_email<-Não contatar",
    );
    check("Courriel", "email<-Courriel");
    check("Name|Vorname|Votre email", "last_name<-Name|first_name<-Vorname|email<-Votre email");
}

#[test]
fn form_field_names() {
    check("your-name|your-email|your-message|_wpcf7", "name<-your-name|email<-your-email|notes<-your-message");
    check(
        "form_fields[email]|form_fields[name]|form_fields[message]",
        "email<-form_fields[email]|name<-form_fields[name]|notes<-form_fields[message]",
    );
    check(
        "contact[email]|contact[first_name]|contact.note",
        "email<-contact[email]|first_name<-contact[first_name]|notes<-contact.note",
    );
    check("utm_source|utm_medium|gclid|EMAIL *", "source<-utm_source|email<-EMAIL *");
}

#[test]
fn what_only_resembles_a_field_stays_an_attribute() {
    let headers = "company size|Company ID|last email date|Last Email Sent|Email Status|Email bounced|\
        email opt in|Marketing opt-in|consent|newsletter|Number of employees|phone type|username|\
        user_name|name prefix|product name|Deal name|campaign name|file name|Contact owner|Owner|\
        city tier|source id|Lead - Title|stage entered date|amount paid|close reason|Last activity|\
        time on site|occupation|Status|ID|value|url|friend[email]|cc email|Email 2|Manager email||\
          |?|#|created by|modified date|notes count|country code|domain rating|title case|\
        email template|phone verified|Do not know|call|";
    for header in headers.split('|') {
        check(header, "");
    }
}

#[test]
fn of_two_columns_for_one_field_the_better_wins_then_the_first() {
    check("Personal Email|Work Email", "email<-Work Email");
    check("Company Email|E-Mail", "email<-E-Mail");
    check("Email|E-mail", "email<-Email");
    check("Contact email|Email", "email<-Email");
    check("Email 1|Email", "email<-Email");
}

#[test]
fn names_that_repeat_or_are_empty_become_keys() {
    assert_eq!(
        unique_names(&["a", "a", "", " a ", "a (2)", ""]),
        ["a", "a (3)", "column 3", "a (4)", "a (2)", "column 6"]
    );
}

#[test]
fn a_person_may_map_by_hand() {
    let headers = ["Mail", "Kontakt bei uns", "E-Mail", "company size"];
    let mapping = Mapping::guess(&headers).with_override("mail = email").unwrap();
    assert_eq!(mapping.column_of(Field::Email), Some("Mail"));
    assert_eq!(mapping.columns()[2].field, None);
    let mapping =
        mapping.with_override("Kontakt bei uns=owner email").unwrap().with_override("mail=attribute").unwrap();
    assert_eq!(mapping.column_of(Field::OwnerEmail), Some("Kontakt bei uns"));
    assert_eq!(mapping.column_of(Field::Email), None);
    assert_eq!(Mapping::guess(&["a=b"]).with_override("a=b=Firma").unwrap().column_of(Field::Company), Some("a=b"));
}

#[test]
fn an_override_that_cannot_be_is_refused_with_what_was_near() {
    let mapping = || Mapping::guess(&["E-Mail", "Firma", "Ort"]);
    for (spec, sentence) in [
        ("Fima=company", "There is no column \"Fima\". Did you mean \"Firma\"?"),
        ("Firma=compny", "There is no field \"compny\". Did you mean \"company\"?"),
        ("Firma", "\"Firma\" maps nothing: write COLUMN=FIELD, such as \"Work mail=email\"."),
    ] {
        assert_eq!(mapping().with_override(spec).unwrap_err().to_string(), sentence);
    }
    let unknown = mapping().with_override("Firma=zzzzzz").unwrap_err().to_string();
    assert!(unknown.starts_with("There is no field \"zzzzzz\". The fields are email, name,"), "{unknown}");
    let twice = mapping().with_override("Firma=email").unwrap().with_override("Ort=email").unwrap_err();
    assert_eq!(twice.to_string(), "Two columns are mapped to email: \"Firma\" and \"Ort\". Only one can be.");
    let ambiguous = Mapping::guess(&["a b", "a_b"]).with_override("AB=email").unwrap_err();
    assert_eq!(ambiguous.to_string(), "\"AB\" could be the column \"a b\" or \"a_b\": write it as the file has it.");
}

#[test]
fn a_file_that_names_nobody_is_told_so_before_its_rows() {
    assert_eq!(Mapping::guess(&["Email"]).missing(), None);
    assert_eq!(Mapping::guess(&["Name", "Company"]).missing(), None);
    let sentence = Mapping::guess(&["Name", "colour"]).missing().unwrap();
    assert!(sentence.contains("The columns are \"Name\", \"colour\"."), "{sentence}");
}

#[test]
fn a_mapping_survives_being_stored() {
    let mapping = Mapping::guess(&["Email", "Do not contact", "x"]);
    let text = serde_json::to_string(&mapping).unwrap();
    assert_eq!(serde_json::from_str::<Mapping>(&text).unwrap(), mapping);
}

fn header() -> impl Strategy<Value = String> {
    let known: Vec<&'static str> = NAMES.iter().flat_map(|(_, names)| names.split_whitespace()).collect();
    prop_oneof![
        prop::sample::select(known).prop_map(str::to_owned),
        prop::sample::select(vec![
            "Email",
            "E-mail",
            "Name",
            "Vorname",
            "Nome",
            "Cognome",
            "URL",
            "Connected On",
            "Phone 1 - Value",
            "",
            " ",
            "Do not contact"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

proptest! {
    #[test]
    fn no_two_columns_ever_hold_one_field_and_names_stay_unique(headers in prop::collection::vec(header(), 0..20), specs in prop::collection::vec((header(), 0..Field::ALL.len()), 0..4)) {
        let mut mapping = Mapping::guess(&headers);
        for (column, field) in specs {
            mapping = mapping.clone().with_override(&format!("{column}={}", Field::ALL[field])).unwrap_or(mapping);
        }
        let fields: Vec<Field> = mapping.columns().iter().filter_map(|column| column.field).collect();
        prop_assert_eq!(fields.iter().collect::<HashSet<_>>().len(), fields.len());
        prop_assert_eq!(mapping.columns().iter().map(|column| &column.name).collect::<HashSet<_>>().len(), headers.len());
    }

    #[test]
    fn names_made_unique_are_left_as_they_are_the_second_time(headers in prop::collection::vec("[ab ]{0,2}( \\([23]\\))?", 0..12)) {
        let once = unique_names(&headers);
        prop_assert_eq!(&unique_names(&once), &once);
    }
}
