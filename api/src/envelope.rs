//! The envelope of a signal: what every source says in the same words, so that one worker understands them all.

use std::collections::BTreeMap;

use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::capture::lead::LeadFields;
use caseyos_shared::capture::values::Amount;
use caseyos_shared::model::{DealId, Money, Ts, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that a source says of what happened. It is the JSON in the column `payload`; fields that a later version adds are
/// ignored by an earlier one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Envelope {
    /// Whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactHint>,
    /// Which organisation it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyHint>,
    /// Which deal it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal: Option<DealHint>,
    /// What the source said, as it said it.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub payload: Value,
    /// What a mail is, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailFacts>,
    /// What the person wrote: what a reason for a move quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What came of it, where the source knows: won or converted, or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<bool>,
    /// They asked not to be mailed; none when nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub do_not_email: Option<bool>,
    /// They asked not to be called; none when nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub do_not_call: Option<bool>,
    /// Whose it is to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<UserId>,
    /// What could not be read as what it should be: sentences for a person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// What a source says of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactHint {
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The job title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A phone number, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The address of the LinkedIn profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linkedin_url: Option<String>,
    /// Where they are, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The time zone, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Everything else, by the source's own names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// What a source says of an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompanyHint {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its domain, never a free-mail provider's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

/// What a source says of an opportunity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DealHint {
    /// Its id here, where the source knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<DealId>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its stage, in the source's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Its value, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// The ISO 4217 code of the value, where it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// When it should close; a day without a time is that day's noon UTC, which is the same day in nearly every time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_date: Option<Ts>,
    /// How likely it closes, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<u8>,
}

impl DealHint {
    /// The value in minor units, in its own currency or else in `fallback`; none when nothing was said or it does not fit.
    #[must_use]
    pub fn money(&self, fallback: &str) -> Option<Money> {
        let amount = self.amount.as_ref()?;
        let currency = self.currency.as_deref().or(amount.currency.as_deref()).unwrap_or(fallback);
        let minor = amount.minor_units(currency).filter(|minor| (0..=Money::LARGEST).contains(minor))?;
        Some(Money { minor, currency: currency.to_owned() })
    }

    /// Takes a value that is in minor units already.
    pub fn set_money(&mut self, money: &Money) {
        // What one whole unit is in minor units says how many decimals the currency has.
        let unit = Amount { digits: 1, decimals: 0, currency: None }.minor_units(&money.currency).unwrap_or(1);
        self.amount = Some(Amount { digits: money.minor, decimals: unit.ilog10(), currency: None });
        self.currency = Some(money.currency.clone());
    }

    fn says_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What one mail is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailFacts {
    /// The Message-ID without its brackets, or a digest where the mail has none.
    pub message_id: String,
    /// What the mails of one conversation share.
    pub thread_key: String,
    /// Whether somebody of the workspace sent it.
    pub outbound: bool,
    /// Who sent it.
    pub from: Mailbox,
    /// To whom.
    pub to: Vec<Mailbox>,
    /// With copies to whom.
    pub cc: Vec<Mailbox>,
    /// The subject, without what clients put before it.
    pub subject: String,
    /// What the sender wrote, without quotes and signature, at most 8 KB.
    pub reply: String,
    /// Why no person wrote it to us, where that can be told from the mail itself: a newsletter, a no-reply sender, a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_for_us: Option<String>,
    /// When it was sent.
    pub sent_at: Ts,
    /// Gmail's labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The names of its attachments, which are not kept themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

/// A name and an address of a mail's header, as they stand there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mailbox {
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    pub email: String,
}

impl From<LeadFields> for Envelope {
    /// What a row or a form says. The colleague it names is not looked up here: that takes the store.
    fn from(lead: LeadFields) -> Self {
        let name = lead.display_name();
        let domain = lead.company_domain().map(|domain| domain.as_str().to_owned());
        let mut attributes = lead.attributes;
        if let Some(source) = lead.source {
            attributes.entry("lead_source".to_owned()).or_insert(source);
        }
        let location = [lead.city, lead.country].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let deal = DealHint {
            stage: lead.stage,
            currency: if lead.amount.is_some() { lead.currency } else { None },
            amount: lead.amount,
            close_date: lead.close_date.and_then(noon),
            ..DealHint::default()
        };
        let company = CompanyHint { name: lead.company, domain };
        Self {
            contact: Some(ContactHint {
                email: lead.email,
                name,
                title: lead.title,
                phone: lead.phone,
                linkedin_url: lead.linkedin_url,
                location: (!location.is_empty()).then_some(location),
                time_zone: lead.time_zone,
                attributes,
            }),
            company: (company != CompanyHint::default()).then_some(company),
            deal: (!deal.says_nothing()).then_some(deal),
            message: lead.notes,
            do_not_email: lead.do_not_email,
            do_not_call: lead.do_not_call,
            remarks: lead.remarks,
            ..Self::default()
        }
    }
}

fn noon(date: jiff::civil::Date) -> Option<Ts> {
    jiff::tz::Offset::UTC.to_timestamp(date.at(12, 0, 0, 0)).ok().map(Ts::from)
}

impl Envelope {
    /// What the source said, for whoever asks: the payload, or the facts of the mail.
    #[must_use]
    pub fn into_payload(self) -> Value {
        match (self.payload, self.mail) {
            // Facts of a mail are plain data; writing them cannot fail.
            (Value::Null, Some(mail)) => serde_json::to_value(mail).unwrap_or_default(),
            (payload, _) => payload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_lead_says_is_all_in_the_envelope() {
        let lead = LeadFields::from_form([
            ("First Name", "Ada"),
            ("Last name", "Ruiz"),
            ("E-mail", "Ada@Ruiz.example"),
            ("Company", "Ruiz Ltd"),
            ("Amount", "1200.50 EUR"),
            ("Message", "Please call"),
            ("Favourite colour", "green"),
        ]);
        let envelope = Envelope::from(lead);
        let contact = envelope.contact.clone().unwrap();
        assert_eq!(contact.name.as_deref(), Some("Ada Ruiz"));
        assert_eq!(contact.email.as_ref().map(EmailAddress::key), Some("ada@ruiz.example"));
        assert_eq!(contact.attributes["Favourite colour"], "green");
        assert_eq!(envelope.message.as_deref(), Some("Please call"));
        let company = envelope.company.clone().unwrap();
        assert_eq!((company.name.as_deref(), company.domain.as_deref()), (Some("Ruiz Ltd"), Some("ruiz.example")));
        let money = envelope.deal.clone().unwrap().money("USD").unwrap();
        assert_eq!((money.minor, money.currency.as_str()), (120_050, "EUR"));
        let text = serde_json::to_string(&envelope).unwrap();
        assert_eq!(serde_json::from_str::<Envelope>(&text).unwrap(), envelope);
    }

    #[test]
    fn money_in_minor_units_survives_whatever_the_currencys_decimals() {
        for currency in ["EUR", "JPY", "KWD"] {
            let money = Money { minor: 123_456, currency: currency.to_owned() };
            let mut deal = DealHint::default();
            deal.set_money(&money);
            assert_eq!(deal.money("USD"), Some(money));
        }
    }

    #[test]
    fn fields_of_a_later_version_are_ignored() {
        let envelope: Envelope = serde_json::from_str(r#"{"message":"hello","mood":"good"}"#).unwrap();
        assert_eq!(envelope.message.as_deref(), Some("hello"));
    }
}
