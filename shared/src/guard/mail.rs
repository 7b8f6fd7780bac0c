//! All guardrails over one mail that is about to leave.

use jiff::tz::TimeZone;

use super::approval::{self, Approval, Grounds};
use super::caps::{self, Sent};
use super::connection::{self, Connection};
use super::finding::Finding;
use super::frequency::{self, Received};
use super::header::{self, Field, Header};
use super::html::Html;
use super::instruction::{self, Provenance};
use super::kill_switch::{self, KillSwitches};
use super::link::{self, Places};
use super::part::Part;
use super::reversibility::{self, Reversibility};
use super::suppression::{self, Standing};
use super::{hidden, placeholder, quiet_hours, recipient, secret};
use crate::capture::domain::Domain;
use crate::capture::email::EmailAddress;
use crate::model::{Caps, QuietHours, Ts};

/// A mail as it would leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The sender's name.
    pub from_name: String,
    /// The sender's address.
    pub from: String,
    /// The recipient's name.
    pub to_name: String,
    /// Whom it goes to: one address.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The text, with what it quotes.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Header fields beyond sender, recipient and subject.
    pub fields: Vec<Field>,
    /// The digest of what is sent, in hexadecimal, as approvals have it.
    pub digest: String,
}

/// What must be known to decide whether a mail may leave.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The contact's own address.
    pub contact: Option<String>,
    /// What is known against writing to them.
    pub standing: Standing,
    /// What they and their company got.
    pub received: Received,
    /// What the sender sent.
    pub sent: Sent,
    /// The workspace's caps.
    pub caps: Caps,
    /// The workspace's quiet hours.
    pub quiet_hours: Option<QuietHours>,
    /// The recipient's time zone, where it is known.
    pub zone: Option<TimeZone>,
    /// The workspace's time zone.
    pub workspace_zone: TimeZone,
    /// Names and words of other workspaces that must not appear.
    pub foreign: Vec<String>,
    /// Domains that links may lead to, beside the sender's and the recipient's own.
    pub link_domains: Vec<Domain>,
    /// The thread that is quoted: its text and the addresses of its links.
    pub quoted: String,
    /// The approval that the sending stands on.
    pub approval: Option<Approval>,
    /// The account it goes through; none for the outbox.
    pub connection: Option<Connection>,
    /// Who chose what.
    pub provenance: Provenance,
    /// The texts from outside that were read on the way.
    pub inbound: Vec<String>,
    /// What can be done about it afterwards, as its kind of action declares.
    pub reversibility: Option<Reversibility>,
    /// Which brakes are pulled.
    pub switches: KillSwitches,
}

/// Runs every guardrail, whatever the others find: one finding each, in the order of [`super::Guardrail::ALL`].
#[must_use]
pub fn check_mail(mail: &OutgoingMail, facts: &Facts, now: Ts) -> Vec<Finding> {
    let to: Vec<&str> = mail.to.iter().map(String::as_str).collect();
    let address = to.first().and_then(|to| to.parse::<EmailAddress>().ok());
    let recipient_domain = address.as_ref().map(EmailAddress::domain);
    let zone = facts.zone.as_ref().unwrap_or(&facts.workspace_zone);
    let by: Option<Grounds> = facts.approval.as_ref().map(|approval| approval.by);

    let html = mail.html.as_deref().map(Html::read);
    let mut parts = vec![
        Part::new("the subject", &mail.subject),
        Part::new("the sender's name", &mail.from_name),
        Part::new("the recipient's name", &mail.to_name),
        Part::new("the text", &mail.text),
    ];
    if let Some(html) = &html {
        parts.push(Part::new("the HTML", html.text()));
        parts.push(Part::new("the HTML", html.attributes()));
    }
    // The addresses of HTML's links are its own to judge.
    let seen = parts.get(..parts.len().min(5)).unwrap_or_default();

    let own = mail.from.parse::<EmailAddress>().ok();
    let mut domains = facts.link_domains.clone();
    domains.extend(
        [&own, &address]
            .into_iter()
            .flatten()
            .map(EmailAddress::domain)
            .filter(|domain| !domain.is_free_mail())
            .cloned(),
    );
    let addresses: Vec<&str> = [mail.from.as_str()].into_iter().chain(to.iter().copied()).collect();
    let places = Places { domains: &domains, addresses: &addresses, quoted: &facts.quoted };

    let foreign: Vec<&str> = facts.foreign.iter().map(String::as_str).collect();
    let inbound: Vec<&str> = facts.inbound.iter().map(String::as_str).collect();
    let header = Header {
        subject: &mail.subject,
        names: &[&mail.from_name, &mail.to_name],
        addresses: &addresses,
        fields: &mail.fields,
    };

    vec![
        recipient::check(&to, facts.contact.as_deref()),
        suppression::check(&facts.standing),
        frequency::check(&facts.received, recipient_domain, &facts.caps, now),
        caps::check(&facts.sent, &facts.caps, now),
        quiet_hours::check(facts.quiet_hours, zone, now),
        placeholder::check(&parts),
        secret::check(&parts, &foreign),
        link::check(seen, html.as_ref(), &places),
        hidden::check(&parts, html.as_ref()),
        header::check(&header),
        approval::check(facts.approval.as_ref(), &mail.digest),
        connection::check(facts.connection.as_ref()),
        instruction::check(&facts.provenance, &inbound),
        reversibility::check(facts.reversibility, by),
        kill_switch::check(&facts.switches),
    ]
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
