//! Links lead to places that are allowed, and say where they lead.

use std::collections::HashSet;

use super::address::{self, Target};
use super::finding::{Finding, Guardrail};
use super::html::Html;
use super::lookalike::looks;
use super::part::Part;
use super::{anchors, excerpt::excerpt, spotted};
use crate::capture::domain::{Domain, is_or_is_below};
use crate::capture::email::EmailAddress;

/// Where the links of a mail may lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places<'a> {
    /// Domains that are allowed with all their subdomains: the workspace's list, the sender's own, the recipient's own.
    pub domains: &'a [Domain],
    /// Addresses that may be written to: the sender's, the recipient's.
    pub addresses: &'a [&'a str],
    /// The thread that is quoted: its text and the addresses of its links. A link that stands there already may stay.
    pub quoted: &'a str,
}

/// Passes when every link of the parts and of the HTML leads to one of the places, plainly.
#[must_use]
pub fn check(parts: &[Part<'_>], html: Option<&Html<'_>>, places: &Places<'_>) -> Finding {
    let allowed = Allowed::of(places);
    for part in parts {
        if let Some(problem) = spotted::links(part.text, |link| allowed.problem(link)) {
            return Finding::block(Guardrail::Link, format!("{} has {problem}", part.name));
        }
    }
    match html.and_then(|html| anchors::problem(html, &allowed)) {
        Some(problem) => Finding::block(Guardrail::Link, format!("the HTML has {problem}")),
        None => Finding::pass(Guardrail::Link),
    }
}

/// The places, ready to be asked.
pub(super) struct Allowed<'a> {
    domains: Vec<Domain>,
    looks: Vec<String>,
    addresses: Vec<EmailAddress>,
    quoted: HashSet<&'a str>,
}

impl<'a> Allowed<'a> {
    fn of(places: &Places<'a>) -> Self {
        let domains: Vec<Domain> =
            places.domains.iter().filter_map(|domain| address::domain(domain.as_str())).collect();
        let mut quoted = HashSet::new();
        spotted::links(places.quoted, |link| {
            quoted.insert(link);
            None::<()>
        });
        let addresses = places.addresses.iter().filter_map(|address| address.parse().ok()).collect();
        Self { looks: domains.iter().map(|domain| looks(domain.as_str())).collect(), domains, addresses, quoted }
    }

    /// What is wrong with a link, as an object with its remedy: "a link to … : take it out".
    pub(super) fn problem(&self, link: &str) -> Option<String> {
        match address::read(link) {
            Target::Web(host) => (!self.leads_to(&host) && !self.quoted.contains(link)).then(|| self.stranger(&host)),
            Target::Mail(addresses) => addresses.into_iter().find(|address| !self.writes_to(address)).map(|address| {
                format!("a mail link to {}, which is not an allowed address: take it out", excerpt(&address))
            }),
            Target::Phone | Target::Here => None,
            Target::Refused(why) => Some(format!("a link that {why} ({}): take it out", excerpt(link))),
        }
    }

    /// Whether a host is allowed.
    pub(super) fn leads_to(&self, host: &Domain) -> bool {
        self.domains.iter().any(|domain| is_or_is_below(host.as_str(), domain.as_str()))
    }

    fn writes_to(&self, address: &str) -> bool {
        address.parse::<EmailAddress>().is_ok_and(|address| {
            let domain = address::domain(address.domain().as_str());
            self.addresses.contains(&address) || domain.is_some_and(|domain| self.leads_to(&domain))
        })
    }

    /// Whether the last label of a name is one that an allowed domain ends with.
    pub(super) fn ends_alike(&self, top: &str) -> bool {
        self.domains.iter().any(|domain| domain.as_str().rsplit('.').next() == Some(top))
    }

    fn stranger(&self, host: &Domain) -> String {
        let shown = excerpt(host.as_str());
        let labels: Vec<&str> = host.as_str().split('.').collect();
        for (domain, look) in self.domains.iter().zip(&self.looks) {
            let count = domain.as_str().split('.').count();
            let tail = labels.iter().skip(labels.len().saturating_sub(count)).copied().collect::<Vec<_>>().join(".");
            if looks(&tail) == *look {
                return format!("a link to {shown}, which only looks like {domain}: take it out");
            }
            if host.as_str().starts_with(&format!("{domain}.")) {
                return format!("a link to {shown}, which begins like {domain} and is somebody else's: take it out");
            }
        }
        format!("a link to {shown}, which is not an allowed domain: take it out, or ask an admin to allow the domain")
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
