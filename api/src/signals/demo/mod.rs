//! A workspace worth looking at: three weeks of invented people's doings, taken in by the same door as everything else.

mod people;

use caseyos_shared::model::{FormId, Money, SignalId, Ts, WorkspaceId};
use people::{ACTS, Act, COMPANIES, Company, PEOPLE, Person, What};
use serde_json::json;

use super::envelope::{CompanyHint, ContactHint, DealHint, Envelope, MailFacts, Mailbox};
use crate::access::token::new_public_key;
use crate::app::App;
use crate::clock::new_id;
use crate::store::StoreError;
use crate::store::forms::{Form, add_form, list_forms};
use crate::store::signals::{NewSignal, add_signals};
use crate::store::threads::{Message, add_messages};

/// The forms of the demo: name and kind.
const FORMS: [(&str, &str); 2] = [("Demo page", "demo_request"), ("Contact page", "contact_form")];

/// What filling a workspace did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// Signals that were added.
    pub added: usize,
    /// Signals that were there from an earlier time.
    pub known: usize,
}

/// Fills a workspace; what is there already stays, so doing it twice changes nothing. `me` writes the workspace's own mails.
///
/// # Errors
/// When the store cannot.
pub async fn fill(app: &App, workspace: WorkspaceId, me: &str) -> Result<Filled, StoreError> {
    let now = app.clock.now();
    let mut signals = Vec::with_capacity(ACTS.len());
    let mut messages = Vec::new();
    for (number, act) in ACTS.iter().enumerate() {
        let (Some(person), at) = (PEOPLE.get(act.who), now - act.hours_ago * Ts::HOUR) else { continue };
        let Some(company) = COMPANIES.get(person.company) else { continue };
        let (source, kind, envelope) = told(act, number, person, company, at, me);
        if let Some(mail) = &envelope.mail {
            messages.push(Message {
                id: mail.message_id.clone(),
                thread_key: mail.thread_key.clone(),
                outbound: mail.outbound,
                sent_at: at,
            });
        }
        signals.push(NewSignal {
            id: new_id(SignalId::new),
            source: source.to_owned(),
            kind: kind.to_owned(),
            dedupe_key: format!("demo {number}"),
            occurred_at: at,
            envelope: NewSignal::text_of(&envelope)?,
            import: None,
            run_after: now,
        });
    }
    let there: Vec<String> =
        list_forms(&app.db, workspace, &None, 200).await?.into_iter().map(|form| form.name).collect();
    let forms = FORMS.iter().filter(|(name, _)| !there.iter().any(|known| known == name)).map(|(name, kind)| Form {
        id: new_id(FormId::new),
        name: (*name).to_owned(),
        form_key: new_public_key(workspace),
        kind: (*kind).to_owned(),
        redirect_url: None,
        assignee: None,
        created_at: now,
        disabled_at: None,
    });
    let forms: Vec<Form> = forms.collect();
    let added = app
        .db
        .write::<Vec<bool>, StoreError, _>(move |tx| {
            Box::pin(async move {
                for form in &forms {
                    add_form(tx, workspace, form).await?;
                }
                // The threads first: a question that was answered asks for nothing.
                add_messages(tx, workspace, &messages).await?;
                add_signals(tx, workspace, &signals, now).await
            })
        })
        .await?;
    let new = added.iter().filter(|new| **new).count();
    Ok(Filled { added: new, known: added.len() - new })
}

fn told(
    act: &Act,
    number: usize,
    person: &Person,
    company: &Company,
    at: Ts,
    me: &str,
) -> (&'static str, &'static str, Envelope) {
    let mut envelope = about(person, company);
    let (source, kind) = match act.what {
        What::Demo(words) | What::Contact(words) => {
            envelope.message = Some(words.to_owned());
            envelope.payload = json!({ "form": "Website", "fields": { "name": person.name, "message": words } });
            ("form", if matches!(act.what, What::Demo(_)) { "demo_request" } else { "contact_form" })
        }
        What::Seen(source, kind) => {
            envelope.payload = json!({ "seen": kind });
            (source, kind)
        }
        What::Listed(found, outcome) => {
            envelope.outcome = outcome;
            envelope.payload = json!({ "Found by": found });
            if let Some(contact) = &mut envelope.contact {
                contact.attributes.insert("Found by".to_owned(), found.to_owned());
            }
            ("csv", "lead")
        }
        What::Deal(name, stage, euros, days, probability) => {
            let mut deal = DealHint {
                name: Some(name.to_owned()),
                stage: Some(stage.to_owned()),
                close_date: Some(at + act.hours_ago * Ts::HOUR + days * Ts::DAY),
                probability: Some(probability),
                ..DealHint::default()
            };
            deal.set_money(&Money { minor: euros * 100, currency: "EUR".to_owned() });
            envelope.payload = json!({ "deal": name, "stage": stage });
            envelope.deal = Some(deal);
            ("api", "deal_created")
        }
        What::Mail(thread, subject, words, ours) => {
            let theirs = Mailbox { name: Some(person.name.to_owned()), email: address(person, company) };
            let own = Mailbox { name: None, email: me.to_owned() };
            let (from, to) = if ours { (own, theirs) } else { (theirs, own) };
            if ours {
                envelope = Envelope::default();
            }
            envelope.mail = Some(MailFacts {
                message_id: format!("demo-{number}@{}", company.domain),
                thread_key: format!("demo-{thread}"),
                outbound: ours,
                from,
                to: vec![to],
                subject: subject.to_owned(),
                reply: words.to_owned(),
                sent_at: at,
                ..MailFacts::default()
            });
            ("mail", if ours { "mail_sent" } else { "mail" })
        }
    };
    (source, kind, envelope)
}

fn about(person: &Person, company: &Company) -> Envelope {
    Envelope {
        contact: Some(ContactHint {
            email: address(person, company).parse().ok(),
            name: Some(person.name.to_owned()),
            title: Some(person.title.to_owned()),
            location: Some(company.city.to_owned()),
            time_zone: Some(company.zone.to_owned()),
            attributes: [("Industry".to_owned(), company.trade.to_owned())].into(),
            ..ContactHint::default()
        }),
        company: Some(CompanyHint { name: Some(company.name.to_owned()), domain: Some(company.domain.to_owned()) }),
        ..Envelope::default()
    }
}

/// `Lucía Ortega` at Meridian Solar is `lucia.ortega@meridian-solar.example`.
fn address(person: &Person, company: &Company) -> String {
    use caseyos_shared::capture::fold::fold;
    let local: Vec<String> = person.name.split_whitespace().map(fold).collect();
    format!("{}@{}", local.join("."), company.domain)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use caseyos_shared::capture::email::EmailAddress;

    use super::*;

    #[test]
    fn everybody_of_the_demo_exists_once_and_does_something_within_three_weeks() {
        let addresses: HashSet<String> =
            PEOPLE.iter().map(|person| address(person, &COMPANIES[person.company])).collect();
        assert_eq!(addresses.len(), PEOPLE.len());
        for address in &addresses {
            assert!(address.parse::<EmailAddress>().is_ok() && address.ends_with(".example"), "{address}");
        }
        let busy: HashSet<usize> = ACTS.iter().map(|act| act.who).collect();
        assert_eq!(busy.len(), PEOPLE.len(), "everybody does something");
        assert!(ACTS.iter().all(|act| (0..21 * 24).contains(&act.hours_ago)));
    }
}
