//! Where an address on a page leads, read as strictly as a browser reads it generously: what could be taken for two places is refused.

use std::borrow::Cow;

use super::punycode;
use crate::capture::domain::Domain;

/// Longest scheme that is looked for, in bytes.
const MAX_SCHEME: usize = 32;

/// Where an address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// To a host on the web, by its name in its own script.
    Web(Domain),
    /// To mailboxes.
    Mail(Vec<String>),
    /// To a telephone.
    Phone,
    /// To a part of this mail.
    Here,
    /// Nowhere that could be allowed: why, as the end of the sentence "a link that …".
    Refused(&'static str),
}

const MISLEADS: &str = "is written so that it hides where it leads";

/// Reads an address as it stands in an attribute or a text.
pub(super) fn read(address: &str) -> Target {
    // Browsers skip these wherever they stand.
    let address: Cow<'_, str> = if address.contains(['\t', '\n', '\r']) {
        Cow::Owned(address.replace(['\t', '\n', '\r'], ""))
    } else {
        Cow::Borrowed(address)
    };
    let address = address.trim_matches(|c: char| c.is_control() || c == ' ');
    if address.is_empty() || address.starts_with('#') {
        return Target::Here;
    }
    let Some((scheme, rest)) = scheme(address) else { return without_scheme(address) };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => match rest.strip_prefix("//") {
            Some(rest) => web(rest),
            None => Target::Refused(MISLEADS),
        },
        "mailto" => mail(rest),
        "tel" => {
            let sign = |c: char| c.is_ascii_digit() || "+-.() ;=".contains(c) || c.is_ascii_lowercase();
            let number = rest.contains(|c: char| c.is_ascii_digit()) && rest.len() <= 64 && rest.chars().all(sign);
            if number { Target::Phone } else { Target::Refused("calls no telephone number") }
        }
        "cid" => Target::Here,
        _ => Target::Refused("opens neither a web page nor a mail nor a call"),
    }
}

/// An address's scheme and what follows its colon. `acme.example:8080` has none.
fn scheme(address: &str) -> Option<(&str, &str)> {
    let head = address.get(..address.floor_char_boundary(MAX_SCHEME))?;
    let (scheme, _) = head.split_once(':')?;
    let is_one = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
    is_one.then(|| (scheme, address.get(scheme.len() + 1..).unwrap_or_default()))
}

fn without_scheme(address: &str) -> Target {
    if let Some(rest) = address.strip_prefix("//") {
        return web(rest);
    }
    if address.starts_with(['/', '\\', '?', '.']) {
        return Target::Refused("leads nowhere by itself: write its whole address");
    }
    web(address)
}

/// What follows `https://`.
fn web(rest: &str) -> Target {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, _) = rest.split_at(end);
    if authority.is_empty() || authority.contains(['@', '\\', '%']) || authority.contains(char::is_whitespace) {
        return Target::Refused(MISLEADS);
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let number = |label: &str| {
        let hex = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
        hex.map_or_else(
            || label.bytes().all(|byte| byte.is_ascii_digit()),
            |hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
        )
    };
    if host.starts_with('[') || host.trim_end_matches('.').rsplit('.').next().is_some_and(number) {
        return Target::Refused("leads to a bare number instead of a domain");
    }
    domain(host.strip_suffix('.').unwrap_or(host)).map_or(Target::Refused("leads to no domain"), Target::Web)
}

/// A domain by its name in its own script.
pub(super) fn domain(host: &str) -> Option<Domain> {
    let host: Domain = host.parse().ok()?;
    punycode::domain(host.as_str())?.parse().ok()
}

/// What follows `mailto:`. Its fields may fill in a subject and a text, not more recipients.
fn mail(rest: &str) -> Target {
    let (to, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let adds = fields
        .split('&')
        .filter_map(|field| field.split('=').next())
        .any(|name| !matches!(name.to_ascii_lowercase().as_str(), "" | "subject" | "body"));
    if to.is_empty() || to.contains('%') || adds {
        return Target::Refused(MISLEADS);
    }
    Target::Mail(to.split(',').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_lead_where_they_say() {
        for (address, host) in [
            ("https://acme.example", "acme.example"),
            ("HTTPS://WWW.Acme.Example:8443/a?b#c", "www.acme.example"),
            ("http://acme.example./", "acme.example"),
            ("//acme.example/x", "acme.example"),
            ("acme.example/x", "acme.example"),
            ("www.acme.example", "www.acme.example"),
            ("https://xn--mller-kva.example/", "müller.example"),
            ("https://müller.example/", "müller.example"),
            ("ht\ntps://acme.example/", "acme.example"),
            (" https://acme.example/@x:y", "acme.example"),
            ("https://acme.example?u=https://x@y", "acme.example"),
            ("acme.example:8080/x", "acme.example"),
        ] {
            let Target::Web(domain) = read(address) else { panic!("{address}: {:?}", read(address)) };
            assert_eq!(domain.as_str(), host, "{address}");
        }
        assert_eq!(
            read("mailto:a@b.example,c@d.example?subject=Hi"),
            Target::Mail(vec!["a@b.example".into(), "c@d.example".into()])
        );
        assert_eq!(
            (read("tel:+49-30-1"), read("#top"), read("cid:logo@x")),
            (Target::Phone, Target::Here, Target::Here)
        );
    }

    #[test]
    fn addresses_that_mislead_are_refused() {
        for address in [
            "https://good.example@evil.example/",
            "https://user:pw@evil.example/",
            "https://good.example\\@evil.example",
            "https:\\\\evil.example",
            "https:/evil.example",
            "https:evil.example",
            "https:///evil.example",
            "https://evil%2eexample/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0x7f000001/",
            "https://[::1]/",
            "https://localhost/",
            "https://a..example/",
            "https://evil。example/",
            "javascript:alert(1)",
            "JaVa\tScript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "vbscript:x",
            "mailto:",
            "mailto:a@b.example?bcc=c@d.example",
            "mailto:a%40b.example",
            "tel:*21*1#",
            "/path",
            "\\\\evil.example",
            "https://xn--9999999999.example/",
        ] {
            assert!(matches!(read(address), Target::Refused(_)), "{address}: {:?}", read(address));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(address in "(https?|javascript|mailto|:|//?|@|\\.|%|\\\\|[a-z0-9]{1,5}|\\PC){0,12}") {
            let _any = read(&address);
        }
    }
}
