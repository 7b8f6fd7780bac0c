//! Domain names as companies are told apart by them: from a website, an address or a cell.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fold::trim;
use super::free_mail;

/// Longest domain name in octets (RFC 1035 §2.3.4, without the root's dot).
const MAX_DOMAIN: usize = 253;
/// Longest label (RFC 1035 §2.3.4). Labels in other scripts are counted in characters: their wire form is not made here.
const MAX_LABEL: usize = 63;

/// Sites where very many unrelated companies have their page: an address there names no company's domain.
const SHARED_SITES: &[&str] = &[
    "about.me",
    "angel.co",
    "behance.net",
    "bit.ly",
    "business.site",
    "calendly.com",
    "crunchbase.com",
    "docs.google.com",
    "etsy.com",
    "facebook.com",
    "fb.com",
    "github.com",
    "gitlab.com",
    "google.com",
    "instagram.com",
    "linkedin.com",
    "linktr.ee",
    "lnkd.in",
    "medium.com",
    "pinterest.com",
    "sites.google.com",
    "t.me",
    "tiktok.com",
    "twitter.com",
    "vimeo.com",
    "wa.me",
    "x.com",
    "xing.com",
    "youtube.com",
];

/// A domain name with at least one dot, in lower case and normalised (NFC), without `www.` when it came from a website.
///
/// Names in other scripts are kept as they were written; the `xn--` form of the same name is another value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
pub struct Domain(String);

/// A text that is no domain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a domain name: expected something like acme.example")]
pub struct BadDomain;

impl Domain {
    /// The domain of a website address: without scheme, `www.`, user, port, path, query and fragment.
    ///
    /// # Errors
    /// When what is left is no domain name.
    pub fn from_website(text: &str) -> Result<Self, BadDomain> {
        let text = trim(text);
        let text = match text.split_once("://") {
            Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => rest,
            Some(_) => return Err(BadDomain),
            None => text.strip_prefix("//").unwrap_or(text),
        };
        let authority = text.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = match host.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
            Some(_) => return Err(BadDomain),
            None => host,
        };
        let domain: Self = host.strip_suffix('.').unwrap_or(host).parse()?;
        match domain.0.strip_prefix("www.") {
            Some(bare) if bare.contains('.') => bare.parse(),
            _ => Ok(domain),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether anybody can have a mailbox here, so that sharing the domain says nothing about sharing an employer.
    #[must_use]
    pub fn is_free_mail(&self) -> bool {
        free_mail::contains(&self.0)
    }

    /// Whether this domain can stand for one company: neither a free-mail provider nor a site that everybody has a page on.
    #[must_use]
    pub fn names_a_company(&self) -> bool {
        !self.is_free_mail() && !SHARED_SITES.iter().any(|site| is_or_is_below(&self.0, site))
    }
}

/// Whether `domain` is `parent` or one of its subdomains.
pub(crate) fn is_or_is_below(domain: &str, parent: &str) -> bool {
    domain.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A label is letters, digits and inner hyphens of any script; an underscore is for service records, not for hosts.
fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.chars().count())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && !label.starts_with(is_combining_mark)
        && label.chars().all(|c| c == '-' || c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c)))
}

impl FromStr for Domain {
    type Err = BadDomain;

    fn from_str(text: &str) -> Result<Self, BadDomain> {
        let name: String = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            text.nfc().collect::<String>().to_lowercase().nfc().collect()
        };
        let top = name.rsplit('.').next().unwrap_or_default();
        let numeric = top.chars().all(|c| c.is_ascii_digit());
        if name.len() > MAX_DOMAIN || !name.contains('.') || numeric || !name.split('.').all(is_label) {
            return Err(BadDomain);
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for Domain {
    type Error = BadDomain;

    fn try_from(text: String) -> Result<Self, BadDomain> {
        text.parse()
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_gives_its_bare_domain() {
        for (text, domain) in [
            ("https://www.Acme.example/about?x=1#top", "acme.example"),
            ("acme.example", "acme.example"),
            ("http://user:pw@shop.acme.example:8080/", "shop.acme.example"),
            ("//acme.example", "acme.example"),
            (" WWW.ACME.EXAMPLE. ", "acme.example"),
            ("https://müller.example/", "müller.example"),
            ("www.com", "www.com"),
        ] {
            assert_eq!(Domain::from_website(text).unwrap().as_str(), domain, "{text}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for text in [
            "",
            "acme",
            "n/a",
            "http://",
            "192.168.0.1",
            "a..b",
            "-a.example",
            "a b.example",
            "java script://x.y",
            "a.example:b",
            "x_y.example",
        ] {
            assert_eq!(Domain::from_website(text), Err(BadDomain), "{text}");
        }
        assert_eq!(format!("{}.example", "a".repeat(64)).parse::<Domain>(), Err(BadDomain));
        assert_eq!(["abcdefghi."; 26].concat().parse::<Domain>(), Err(BadDomain));
    }

    #[test]
    fn everybodys_sites_name_no_company() {
        for (text, names) in [
            ("acme.example", true),
            ("gmail.com", false),
            ("https://www.linkedin.com/company/acme", false),
            ("de.linkedin.com", false),
            ("notlinkedin.com", true),
        ] {
            assert_eq!(Domain::from_website(text).unwrap().names_a_company(), names, "{text}");
        }
    }
}
