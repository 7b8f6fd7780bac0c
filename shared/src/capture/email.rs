//! E-mail addresses: what is accepted as one, how two are compared, and what an address says about who reads it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::domain::Domain;
use super::fold::{fold, trim};

/// Longest part before the @ in octets (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Longest address in octets (RFC 5321 §4.5.3.1.3 less the angle brackets).
const MAX_ADDRESS: usize = 254;

/// Mailboxes of a function rather than a person, folded. A company's list, not RFC 2142's alone: these are the ones that forms bring.
const ROLES: &str = "abuse accounting accounts admin administracion administration administrator \
    amministrazione billing booking bookings buchhaltung careers commercial compras \
    comptabilite contact contacto contato customercare customerservice enquiries enquiry \
    facturacion facturation feedback finance hallo hello help helpdesk hola hostmaster hr \
    info information inquiries invoice invoices it jobs kontakt kundenservice legal mail \
    marketing media news newsletter office operations orders partners payments post \
    postmaster press presse privacy procurement purchasing rechnung recruiting reception root \
    sales secretariat security sekretariat service services shop support team ufficio ventas \
    vendas verkauf verkoop vertrieb webmaster welcome";

/// How the local part of a mailbox that nobody reads begins, folded, in the languages of the fixtures.
const NO_REPLY: &[&str] = &[
    "noreply",
    "donotreply",
    "dontreply",
    "noresponse",
    "nepasrepondre",
    "noresponder",
    "norespondas",
    "naoresponda",
    "nonrispondere",
    "nietbeantwoorden",
    "keineantwort",
    "nichtantworten",
    "bittenichtantworten",
];

/// Machines that send mail about mail, folded.
const MACHINES: &[&str] = &["mailerdaemon", "postmaster", "bounce", "bounces", "autoreply", "autoresponder"];

/// A mailbox's address: `local@domain` with the domain in lower case, normalised (NFC).
///
/// Two addresses are equal when they are equal in lower case as a whole: RFC 5321 lets a server tell `Ann@` from `ann@`, no
/// server that people use does, and the same person must not appear twice. Refused on purpose although RFC 5321 has them:
/// quoted local parts, address literals, domains without a dot.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    text: String,
    key: String,
    domain: Domain,
}

/// Why a text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEmail {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// No @, or more than one.
    #[error("an e-mail address has exactly one @")]
    At,
    /// White space, a line break, or a character that cannot be seen.
    #[error("an e-mail address has no spaces, line breaks or invisible characters")]
    Space,
    /// The part before the @.
    #[error("the part before the @ is not valid")]
    Local,
    /// The part after the @.
    #[error("the part after the @ is not a domain such as acme.example")]
    Domain,
    /// Over the limits of RFC 5321.
    #[error("it is too long: at most 64 bytes before the @ and 254 in all")]
    TooLong,
}

impl EmailAddress {
    /// The address as it is written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address in lower case: what addresses are compared, looked up and deduplicated by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The part before the @, as written.
    #[must_use]
    pub fn local(&self) -> &str {
        self.text.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the @.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The domain, when it can stand for a company: not at a free-mail provider.
    #[must_use]
    pub fn company_domain(&self) -> Option<&Domain> {
        Some(&self.domain).filter(|domain| domain.names_a_company())
    }

    /// Whether the address is at a provider where anybody can have one.
    #[must_use]
    pub fn is_free_mail(&self) -> bool {
        self.domain.is_free_mail()
    }

    /// Whether the mailbox belongs to a function (`info@`, `sales@`, `buchhaltung@`) rather than to a person.
    #[must_use]
    pub fn is_role(&self) -> bool {
        let name = fold(self.mailbox());
        ROLES.split_whitespace().any(|role| role == name) || self.is_no_reply()
    }

    /// Whether nobody reads what is sent there: `no-reply@`, bounces, mailer daemons.
    #[must_use]
    pub fn is_no_reply(&self) -> bool {
        let name = fold(self.mailbox());
        let whole = fold(self.local());
        let bounce = self.key.split(['+', '-', '=', '@']).next().unwrap_or_default();
        NO_REPLY.iter().any(|word| name.starts_with(word) || whole.ends_with(word))
            || MACHINES.contains(&name.as_str())
            || matches!(bounce, "bounce" | "bounces")
    }

    /// The local part without a `+tag`.
    fn mailbox(&self) -> &str {
        let local = self.local();
        local.split_once('+').map_or(local, |(mailbox, _)| mailbox)
    }
}

/// The characters of an atom (RFC 5322 §3.2.3), and letters and digits of any script (RFC 6531 §3.3).
fn is_atom_char(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
    } else {
        c.is_alphanumeric() || is_combining_mark(c)
    }
}

impl FromStr for EmailAddress {
    type Err = BadEmail;

    fn from_str(text: &str) -> Result<Self, BadEmail> {
        let text = trim(text);
        if text.is_empty() {
            return Err(BadEmail::Empty);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || super::fold::is_invisible(c)) {
            return Err(BadEmail::Space);
        }
        let (local, domain) = text.split_once('@').ok_or(BadEmail::At)?;
        if domain.contains('@') {
            return Err(BadEmail::At);
        }
        let local: String = local.nfc().collect();
        if !local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
            || local.starts_with(is_combining_mark)
        {
            return Err(BadEmail::Local);
        }
        if local.len() > MAX_LOCAL {
            return Err(BadEmail::TooLong);
        }
        let domain: Domain = domain.parse().map_err(|_| BadEmail::Domain)?;
        let text = format!("{local}@{domain}");
        if text.len() > MAX_ADDRESS {
            return Err(BadEmail::TooLong);
        }
        let key = if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase().nfc().collect() };
        Ok(Self { text, key, domain })
    }
}

/// Reads a mailbox as people paste it: `a@b.example`, `<a@b.example>`, `Ann Lee <a@b.example>`, `"Lee, Ann" <a@b.example>`, `mailto:a@b.example`.
/// The name, if there is one, comes without its quotes.
///
/// # Errors
/// When the address in it is none.
pub fn parse_mailbox(text: &str) -> Result<(Option<String>, EmailAddress), BadEmail> {
    let text = trim(text);
    let bare = |text: &str| {
        let text = trim(text);
        match text.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
                text[7..].split('?').next().unwrap_or_default().parse()
            }
            _ => text.parse::<EmailAddress>(),
        }
    };
    let Some((name, address)) = text.strip_suffix('>').and_then(|inner| inner.rsplit_once('<')) else {
        return Ok((None, bare(text)?));
    };
    let address = bare(address)?;
    let name = trim(name);
    let name = match name.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    };
    let name = name
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    // Many programs write the address where the name should be; that is no name.
    let is_name = !name.is_empty() && name.parse::<EmailAddress>().is_err();
    Ok((is_name.then_some(name), address))
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for EmailAddress {}

impl PartialOrd for EmailAddress {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EmailAddress {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadEmail;

    fn try_from(text: String) -> Result<Self, BadEmail> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn email(text: &str) -> EmailAddress {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn the_domain_is_lower_cased_and_the_key_is_lower_cased_whole() {
        let address = email(" Ann.Lee+x@ACME.Example ");
        assert_eq!(address.as_str(), "Ann.Lee+x@acme.example");
        assert_eq!(address.key(), "ann.lee+x@acme.example");
        assert_eq!(address, email("ann.lee+X@acme.example"));
        assert_eq!((address.local(), address.domain().as_str()), ("Ann.Lee+x", "acme.example"));
    }

    #[test]
    fn names_of_any_script_are_kept() {
        for text in [
            "jörg@müller.example",
            "用户@例子.example",
            "o'neil@acme.example",
            "a_b-c=d@sub.acme.example",
            "x@xn--mller-kva.example",
        ] {
            assert_eq!(email(text).as_str(), text);
        }
        assert_eq!(email("jo\u{308}rg@acme.example"), email("jörg@acme.example"));
    }

    #[test]
    fn each_way_of_being_no_address_has_its_reason() {
        for (text, reason) in [
            ("", BadEmail::Empty),
            ("\u{200b} ", BadEmail::Empty),
            ("ann", BadEmail::At),
            ("a@b@c.example", BadEmail::At),
            ("a b@c.example", BadEmail::Space),
            ("a@c.example\r\nBcc: x@y.example", BadEmail::Space),
            ("a\u{2028}b@c.example", BadEmail::Space),
            ("a\u{200b}b@c.example", BadEmail::Space),
            ("a\0b@c.example", BadEmail::Space),
            ("@c.example", BadEmail::Local),
            (".a@c.example", BadEmail::Local),
            ("a..b@c.example", BadEmail::Local),
            ("a,b@c.example", BadEmail::Local),
            ("\"a\"@c.example", BadEmail::Local),
            ("a@", BadEmail::Domain),
            ("a@localhost", BadEmail::Domain),
            ("a@[127.0.0.1]", BadEmail::Domain),
            ("a@127.0.0.1", BadEmail::Domain),
            ("a@c.example.", BadEmail::Domain),
            ("a@-c.example", BadEmail::Domain),
        ] {
            assert_eq!(text.parse::<EmailAddress>(), Err(reason), "{text:?}");
        }
        assert_eq!(format!("{}@c.example", "a".repeat(65)).parse::<EmailAddress>(), Err(BadEmail::TooLong));
        assert_eq!(
            format!("{}@{}example", "a".repeat(64), "abcdefghi.".repeat(19)).parse::<EmailAddress>(),
            Err(BadEmail::TooLong)
        );
    }

    #[test]
    fn mailboxes_are_read_as_people_paste_them() {
        for (text, name, address) in [
            ("a@b.example", None, "a@b.example"),
            ("<a@b.example>", None, "a@b.example"),
            ("Ann  Lee <a@b.example>", Some("Ann Lee"), "a@b.example"),
            ("\"Lee, Ann\" <a@b.example>", Some("Lee, Ann"), "a@b.example"),
            ("a@b.example <a@b.example>", None, "a@b.example"),
            ("mailto:a@b.example?subject=x", None, "a@b.example"),
        ] {
            let (read_name, read_address) = parse_mailbox(text).unwrap();
            assert_eq!((read_name.as_deref(), read_address.as_str()), (name, address), "{text}");
        }
        assert_eq!(parse_mailbox("Ann Lee"), Err(BadEmail::Space));
        assert_eq!(parse_mailbox("Ann <a@b.example> extra"), Err(BadEmail::Space));
    }

    #[test]
    fn roles_and_mailboxes_that_nobody_reads_are_told_from_people() {
        for (text, role, no_reply) in [
            ("info@acme.example", true, false),
            ("Sales+web@acme.example", true, false),
            ("no-reply@acme.example", true, true),
            ("noreply-orders@acme.example", true, true),
            ("orders-noreply@acme.example", true, true),
            ("ne-pas-repondre@acme.example", true, true),
            ("MAILER-DAEMON@acme.example", true, true),
            ("bounces+12-ab=c.d@acme.example", true, true),
            ("ann@acme.example", false, false),
            ("infante@acme.example", false, false),
            ("salesman.joe@acme.example", false, false),
        ] {
            let address = email(text);
            assert_eq!((address.is_role(), address.is_no_reply()), (role, no_reply), "{text}");
        }
        assert!(email("a@gmail.com").is_free_mail());
        assert_eq!(email("a@gmail.com").company_domain(), None);
    }

    #[test]
    fn on_the_wire_it_is_its_text_and_a_bad_one_is_refused() {
        let address = email("Ann@Acme.example");
        assert_eq!(serde_json::to_string(&address).unwrap(), "\"Ann@acme.example\"");
        assert_eq!(serde_json::from_str::<EmailAddress>("\"Ann@acme.example\"").unwrap(), address);
        assert!(serde_json::from_str::<EmailAddress>("\"ann\"").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_what_is_accepted_reads_back_the_same(text in "\\PC{0,12}[@<]?\\PC{0,12}(\\.\\PC{1,5})?>?") {
            if let Ok((_, address)) = parse_mailbox(&text) {
                let again: EmailAddress = address.as_str().parse().unwrap();
                prop_assert_eq!(again.as_str(), address.as_str());
                prop_assert_eq!(again.key(), address.key());
                prop_assert_eq!(address.as_str().matches('@').count(), 1);
                prop_assert!(!address.as_str().contains(|c: char| c.is_whitespace() || c.is_control()));
            }
        }

        #[test]
        fn every_plain_address_is_accepted(local in "[A-Za-z0-9][A-Za-z0-9._+-]{0,20}[A-Za-z0-9]", host in "[a-zA-Z0-9]{1,20}(-[a-z0-9]{1,5})?", top in "[a-z]{2,10}") {
            prop_assume!(!local.contains(".."));
            let text = format!("{local}@{host}.{top}");
            let address: EmailAddress = text.parse().unwrap();
            prop_assert_eq!(address.key(), text.to_lowercase());
        }
    }
}
