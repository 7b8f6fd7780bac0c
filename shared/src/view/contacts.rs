//! Contacts: the list, and one person's page.

use crate::model::{Contact, ContactId};
use crate::view::card::{Chip, MoveCard};
use crate::view::signals::SignalRow;
use crate::view::time::{Clockface, When};
use crate::view::words;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// The person's id.
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// Title and company.
    pub line: String,
    /// The address.
    pub email: Option<String>,
    /// What stands in the way of writing to them.
    pub chip: Option<Chip>,
    /// When they last wrote or acted.
    pub last: Option<When>,
    /// Since when they are here; the list is in this order.
    pub added: When,
}

impl ContactRow {
    /// The line of a contact.
    #[must_use]
    pub fn new(contact: &Contact, clock: &Clockface) -> Self {
        let company = contact.company.as_ref().map(|company| company.name.as_str());
        Self {
            id: contact.id,
            name: contact.name.clone(),
            line: joined(&[contact.title.as_deref(), company]),
            email: contact.email.clone().filter(|email| *email != contact.name),
            chip: chip(contact),
            last: contact.last_inbound_at.map(|at| clock.when(at)),
            added: clock.when(contact.created_at),
        }
    }
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct ContactList {
    /// What was searched for.
    pub query: String,
    /// The lines.
    pub rows: Vec<ContactRow>,
    /// Where the next page is.
    pub next: Option<String>,
    /// Whether the reader may add people.
    pub may_write: bool,
}

/// Something that came of working with somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRow {
    /// What.
    pub what: &'static str,
    /// A note.
    pub note: Option<String>,
    /// When.
    pub when: When,
}

/// One person's page.
#[derive(Debug, Clone)]
pub struct ContactPage {
    /// The line of the list, again.
    pub row: ContactRow,
    /// What is known, in order of use.
    pub facts: Vec<(String, String)>,
    /// What sources said beside, by their own names as words.
    pub attributes: Vec<(String, String)>,
    /// The moves about them, newest first.
    pub moves: Vec<MoveCard>,
    /// What came in from or about them, newest first.
    pub signals: Vec<SignalRow>,
    /// What came of it, newest first.
    pub outcomes: Vec<OutcomeRow>,
}

impl ContactPage {
    /// The page of a contact, without what happened around them.
    #[must_use]
    pub fn new(contact: &Contact, clock: &Clockface) -> Self {
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                facts.push((name.to_owned(), value));
            }
        };
        fact("E-mail", contact.email.clone());
        fact("Phone", contact.phone.clone());
        fact("Calls", contact.do_not_call.then(|| "asked not to be called".to_owned()));
        fact("Title", contact.title.clone());
        fact("Company", contact.company.as_ref().map(|company| company.name.clone()));
        fact("Where", contact.location.clone());
        fact("Time zone", contact.time_zone.clone());
        fact("LinkedIn", contact.linkedin_url.clone());
        fact("Whose", contact.owner.as_ref().map(|owner| owner.name.clone()));
        fact("Came from", Some(words::source(&contact.source)));
        fact("Last heard from", contact.last_inbound_at.map(|at| clock.absolute(at)));
        fact("Last written to", contact.last_outbound_at.map(|at| clock.absolute(at)));
        fact("Here since", Some(clock.absolute(contact.created_at)));
        Self {
            row: ContactRow::new(contact, clock),
            facts,
            attributes: contact.attributes.iter().map(|(name, value)| (words::plain(name), value.clone())).collect(),
            moves: Vec::new(),
            signals: Vec::new(),
            outcomes: Vec::new(),
        }
    }
}

fn chip(contact: &Contact) -> Option<Chip> {
    match (contact.suppressed, contact.do_not_call) {
        (Some(why), _) => Some(Chip::toned(words::suppression(why), "bad")),
        (None, true) => Some(Chip::toned("Do not call", "warn")),
        (None, false) => None,
    }
}

fn joined(parts: &[Option<&str>]) -> String {
    parts.iter().flatten().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Suppression, Ts};

    fn contact() -> Contact {
        Contact {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            name: "mara@example.com".into(),
            email: Some("mara@example.com".into()),
            phone: None,
            title: Some("CFO".into()),
            company: None,
            location: None,
            time_zone: None,
            linkedin_url: None,
            source: "csv".into(),
            owner: None,
            suppressed: Some(Suppression::OptedOut),
            do_not_call: true,
            attributes: BTreeMap::new(),
            last_inbound_at: None,
            last_outbound_at: None,
            created_at: Ts::from_millis(0),
            updated_at: Ts::from_millis(0),
        }
    }

    #[test]
    fn an_address_that_serves_as_the_name_is_not_said_twice() {
        let row = ContactRow::new(&contact(), &Clockface::utc(Ts::from_millis(0)));
        assert_eq!((row.name.as_str(), row.email, row.line.as_str()), ("mara@example.com", None, "CFO"));
    }

    #[test]
    fn what_stands_in_the_way_is_on_the_line() {
        let row = ContactRow::new(&contact(), &Clockface::utc(Ts::from_millis(0)));
        assert_eq!(row.chip.map(|chip| chip.text).as_deref(), Some("Asked not to be written to"));
    }

    #[test]
    fn a_line_tells_since_when_somebody_is_here_beside_when_they_were_heard_from() {
        let mut contact = contact();
        contact.last_inbound_at = Some(Ts::from_millis(0));
        contact.created_at = Ts::from_millis(0) + Ts::DAY;
        let row = ContactRow::new(&contact, &Clockface::utc(Ts::from_millis(0) + 2 * Ts::DAY));
        assert_eq!(row.added.relative, "1 day ago");
        assert_eq!(row.last.unwrap().relative, "2 days ago");
    }

    #[test]
    fn the_columns_of_a_source_are_words() {
        let mut contact = contact();
        contact.attributes.insert("time_on_site_s".into(), "12".into());
        let page = ContactPage::new(&contact, &Clockface::utc(Ts::from_millis(0)));
        assert_eq!(page.attributes, [("time on site s".to_owned(), "12".to_owned())]);
    }

    #[test]
    fn what_is_not_known_is_not_listed() {
        let page = ContactPage::new(&contact(), &Clockface::utc(Ts::from_millis(0)));
        assert!(page.facts.iter().all(|(_, value)| !value.is_empty()));
        assert!(!page.facts.iter().any(|(name, _)| name == "Phone"));
        assert!(page.facts.contains(&("Calls".into(), "asked not to be called".into())));
    }
}
