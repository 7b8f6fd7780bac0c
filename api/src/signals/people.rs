//! Contacts and companies of signals: found by e-mail address, then domain, or made; what a person set is never overwritten.

use std::collections::{BTreeMap, HashMap};

use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::model::{CompanyId, CompanyRef, ContactId, Suppression, Ts, UserId, WorkspaceId};

use super::envelope::Envelope;
use crate::app::App;
use crate::clock::new_id;
use crate::store::companies::{NewCompany, StoredCompany, add_companies, companies_by_domain, companies_by_name};
use crate::store::contacts::{ContactPatch, NewContact, StoredContact, add_contacts, contacts_by_email, fill_contact};
use crate::store::{Db, StoreError, Tx};

/// How often resolving is begun anew when somebody else made the same contact at the same time.
const TRIES: usize = 4;

/// What a source knows of a person.
#[derive(Debug, Clone, Default)]
pub struct Hint {
    /// The e-mail address in lower case.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// The address of the LinkedIn profile.
    pub linkedin_url: Option<String>,
    /// Where they are.
    pub location: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// The company's domain.
    pub domain: Option<String>,
    /// Whose contact it is to be.
    pub owner: Option<UserId>,
    /// Whether they asked not to be mailed.
    pub do_not_email: bool,
    /// Whether they asked not to be called.
    pub do_not_call: bool,
    /// Where they come from.
    pub source: String,
    /// Everything else.
    pub attributes: BTreeMap<String, String>,
}

impl Hint {
    /// What an envelope says of its contact and company.
    #[must_use]
    pub fn of(envelope: &Envelope, source: &str) -> Option<Self> {
        let contact = envelope.contact.clone()?;
        let company = envelope.company.clone().unwrap_or_default();
        // Free-mail domains make no company; the address itself says which domain is one.
        let domain = company.domain.or_else(|| {
            contact.email.as_ref().and_then(EmailAddress::company_domain).map(|domain| domain.as_str().to_owned())
        });
        let hint = Self {
            email: contact.email.map(|email| email.key().to_owned()),
            name: contact.name.filter(|name| !name.trim().is_empty()),
            title: contact.title,
            phone: contact.phone,
            linkedin_url: contact.linkedin_url,
            location: contact.location,
            time_zone: contact.time_zone,
            company: company.name,
            domain,
            owner: envelope.assignee,
            do_not_email: envelope.do_not_email == Some(true),
            do_not_call: envelope.do_not_call == Some(true),
            source: source.to_owned(),
            attributes: contact.attributes,
        };
        hint.is_somebody().then_some(hint)
    }

    /// Whether there is enough to make a contact of.
    fn is_somebody(&self) -> bool {
        self.email.is_some() || self.name.is_some() || self.phone.is_some()
    }
}

/// A contact that a hint led to.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Its id.
    pub id: ContactId,
    /// Its name.
    pub name: String,
    /// Its company.
    pub company: Option<CompanyRef>,
    /// Why nothing may be sent.
    pub suppressed: Option<Suppression>,
    /// Whether they must not be called.
    pub do_not_call: bool,
    /// Whether a number is known.
    pub has_phone: bool,
    /// Whose it is.
    pub owner: Option<UserId>,
}

/// The contacts and companies of a batch, and what has to be written for them.
#[derive(Debug, Default)]
pub struct People {
    /// What each hint led to, in the order of the hints.
    pub resolved: Vec<Option<Resolved>>,
    new_companies: Vec<NewCompany>,
    new_contacts: Vec<NewContact>,
    fills: Vec<(StoredContact, ContactPatch)>,
}

/// Finds or plans the contacts of these hints: a few reads for the whole batch.
///
/// # Errors
/// When the store cannot answer.
pub async fn resolve(db: &Db, workspace: WorkspaceId, hints: &[Option<Hint>]) -> Result<People, StoreError> {
    let all = || hints.iter().flatten();
    let emails: Vec<String> = all().filter_map(|hint| hint.email.clone()).collect();
    let mut known = contacts_by_email(db, workspace, &emails).await?;
    let domains: Vec<String> = all().filter_map(|hint| hint.domain.clone()).collect();
    let names: Vec<String> =
        all().filter(|hint| hint.domain.is_none()).filter_map(|hint| hint.company.clone()).collect();
    let mut companies = Companies {
        by_domain: refs(companies_by_domain(db, workspace, &domains).await?),
        by_name: refs(companies_by_name(db, workspace, &names).await?),
        new: Vec::new(),
    };
    let mut people = People::default();
    let mut made: HashMap<String, Resolved> = HashMap::new();
    for hint in hints {
        let Some(hint) = hint else {
            people.resolved.push(None);
            continue;
        };
        let company = companies.find_or_make(hint);
        let resolved = match hint.email.as_ref().and_then(|email| known.get_mut(email)) {
            Some(contact) => fill(&mut people, contact, hint, company),
            None => match hint.email.as_ref().and_then(|email| made.get(email)) {
                Some(resolved) => resolved.clone(),
                None => {
                    let resolved = make(&mut people, hint, company);
                    if let Some(email) = &hint.email {
                        made.insert(email.clone(), resolved.clone());
                    }
                    resolved
                }
            },
        };
        people.resolved.push(Some(resolved));
    }
    people.new_companies = companies.new;
    Ok(people)
}

fn refs(found: HashMap<String, StoredCompany>) -> HashMap<String, CompanyRef> {
    found.into_iter().map(|(key, company)| (key, CompanyRef { id: company.id, name: company.name })).collect()
}

struct Companies {
    by_domain: HashMap<String, CompanyRef>,
    by_name: HashMap<String, CompanyRef>,
    new: Vec<NewCompany>,
}

impl Companies {
    fn find_or_make(&mut self, hint: &Hint) -> Option<CompanyRef> {
        if let Some(domain) = &hint.domain {
            if let Some(company) = self.by_domain.get(domain) {
                return Some(company.clone());
            }
            let name = hint.company.clone().unwrap_or_else(|| name_of_domain(domain));
            let company = self.make(name, Some(domain.clone()));
            self.by_domain.insert(domain.clone(), company.clone());
            return Some(company);
        }
        let name = hint.company.as_ref()?;
        if let Some(company) = self.by_name.get(name) {
            return Some(company.clone());
        }
        let company = self.make(name.clone(), None);
        self.by_name.insert(name.clone(), company.clone());
        Some(company)
    }

    fn make(&mut self, name: String, domain: Option<String>) -> CompanyRef {
        let id = new_id(CompanyId::new);
        self.new.push(NewCompany { id, name: name.clone(), domain, attributes: BTreeMap::new() });
        CompanyRef { id, name }
    }
}

/// A name for a company of which only the domain is known: `lumen-freight.example` is "Lumen freight".
fn name_of_domain(domain: &str) -> String {
    let label = domain.split('.').next().unwrap_or(domain).replace('-', " ");
    let mut letters = label.chars();
    letters.next().map_or_else(|| domain.to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

fn fill(people: &mut People, contact: &mut StoredContact, hint: &Hint, company: Option<CompanyRef>) -> Resolved {
    let patch = ContactPatch {
        name: hint.name.clone(),
        phone: hint.phone.clone(),
        title: hint.title.clone(),
        company,
        location: hint.location.clone(),
        time_zone: hint.time_zone.clone(),
        linkedin_url: hint.linkedin_url.clone(),
        owner: None,
        do_not_call: hint.do_not_call,
        attributes: hint.attributes.clone(),
    };
    if let Some(filled) = contact.filled(&patch) {
        people.fills.push((contact.clone(), patch));
        *contact = filled;
    }
    Resolved {
        id: contact.id,
        name: contact.name.clone(),
        company: contact.company.clone(),
        suppressed: contact.suppressed,
        do_not_call: contact.do_not_call,
        has_phone: contact.phone.is_some(),
        owner: contact.owner.as_ref().map(|person| person.id),
    }
}

fn make(people: &mut People, hint: &Hint, company: Option<CompanyRef>) -> Resolved {
    let id = new_id(ContactId::new);
    let name = hint.name.clone().or_else(|| hint.email.clone()).or_else(|| hint.phone.clone()).unwrap_or_default();
    let suppressed = hint.do_not_email.then_some(Suppression::OptedOut);
    people.new_contacts.push(NewContact {
        id,
        name: name.clone(),
        email: hint.email.clone(),
        phone: hint.phone.clone(),
        title: hint.title.clone(),
        company: company.clone(),
        location: hint.location.clone(),
        time_zone: hint.time_zone.clone(),
        linkedin_url: hint.linkedin_url.clone(),
        source: hint.source.clone(),
        owner: hint.owner,
        suppressed,
        do_not_call: hint.do_not_call,
        attributes: hint.attributes.clone(),
    });
    Resolved {
        id,
        name,
        company,
        suppressed,
        do_not_call: hint.do_not_call,
        has_phone: hint.phone.is_some(),
        owner: hint.owner,
    }
}

/// Writes what was planned.
///
/// # Errors
/// [`StoreError::Stale`] when somebody else made one of them meanwhile: resolve again.
pub async fn write(tx: &mut Tx, workspace: WorkspaceId, people: &People, now: Ts) -> Result<(), StoreError> {
    let companies = add_companies(tx, workspace, &people.new_companies, now).await?;
    let contacts = add_contacts(tx, workspace, &people.new_contacts, now).await?;
    if companies.len() < people.new_companies.len() || contacts.len() < people.new_contacts.len() {
        return Err(StoreError::Stale);
    }
    for (contact, patch) in &people.fills {
        fill_contact(tx, workspace, contact.id, patch, now).await?;
    }
    Ok(())
}

/// Finds the contact of one hint, or makes it.
///
/// # Errors
/// When the store cannot.
pub async fn find_or_make(app: &App, workspace: WorkspaceId, hint: Hint) -> Result<ContactId, StoreError> {
    let mut hint = hint;
    if hint.domain.is_none() {
        let address = hint.email.as_deref().and_then(|email| email.parse::<EmailAddress>().ok());
        hint.domain = address.as_ref().and_then(EmailAddress::company_domain).map(|domain| domain.as_str().to_owned());
    }
    let hints = [Some(hint)];
    for _ in 0..TRIES {
        let people = resolve(&app.db, workspace, &hints).await?;
        let id = people.resolved.iter().flatten().next().map(|resolved| resolved.id).ok_or(StoreError::Stale)?;
        let now = app.clock.now();
        let written = app.db.write(move |tx| Box::pin(async move { write(tx, workspace, &people, now).await })).await;
        match written {
            Ok(()) => return Ok(id),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Busy)
}
