//! The links of HTML: where they lead, whether they say so, and what follows an address without being asked.

use super::address::{self, Target};
use super::excerpt::excerpt;
use super::html::{Html, Tag, Token};
use super::link::Allowed;
use super::spotted;
use crate::capture::containers::property;
use crate::capture::domain::{Domain, is_or_is_below};

/// Attributes that hold an address.
const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "action",
    "formaction",
    "background",
    "poster",
    "data",
    "xlink:href",
    "ping",
    "longdesc",
    "lowsrc",
    "dynsrc",
];
/// Elements that do something by themselves.
const ACTIVE: &[&str] = &["applet", "base", "embed", "form", "frame", "iframe", "link", "object", "script"];
/// Longest text of a link that is looked at, in bytes.
const MAX_LABEL: usize = 2_048;

/// What is wrong with the page's links, as an object with its remedy: "a link to … : take it out".
pub(super) fn problem(html: &Html<'_>, allowed: &Allowed<'_>) -> Option<String> {
    // Where the link leads that is open, and its text so far.
    let mut open: Option<(Target, String)> = None;
    for token in &html.tokens {
        match token {
            Token::Open(tag) => {
                if let Some(problem) = in_tag(tag, allowed) {
                    return Some(problem);
                }
                if tag.name == "a" {
                    if let Some(problem) = open.take().and_then(|(target, label)| belies(&target, &label, allowed)) {
                        return Some(problem);
                    }
                    open = tag.get("href").map(|href| (address::read(href), String::new()));
                }
            }
            Token::Text(text) => {
                if let Some((_, label)) = &mut open {
                    let left = MAX_LABEL.saturating_sub(label.len());
                    label.push_str(text.get(..text.floor_char_boundary(left)).unwrap_or_default());
                }
            }
            Token::Close(name) if name == "a" => {
                if let Some(problem) = open.take().and_then(|(target, label)| belies(&target, &label, allowed)) {
                    return Some(problem);
                }
            }
            Token::Raw(name, text) if name == "style" => {
                if let Some(problem) = in_style(text, allowed) {
                    return Some(problem);
                }
            }
            Token::Close(_) | Token::Raw(..) | Token::Comment(_) => {}
        }
    }
    open.and_then(|(target, label)| belies(&target, &label, allowed))
}

fn in_tag(tag: &Tag<'_>, allowed: &Allowed<'_>) -> Option<String> {
    if ACTIVE.contains(&tag.name.as_str())
        || (tag.name == "meta" && tag.get("http-equiv").is_some_and(|what| what.trim().eq_ignore_ascii_case("refresh")))
    {
        return Some(format!("an element that acts by itself ({}): take it out", tag.name));
    }
    for (name, value) in &tag.attributes {
        if name.starts_with("on") {
            return Some(format!("a script ({}): take it out", excerpt(name)));
        }
        let problem = match name.as_str() {
            "srcset" | "imagesrcset" => value
                .split(',')
                .filter_map(|candidate| candidate.split_whitespace().next())
                .find_map(|address| allowed.problem(address)),
            "style" => in_style(value, allowed),
            name if ADDRESSES.contains(&name) => allowed.problem(value),
            _ => None,
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}

/// The addresses of a style: `url(…)` and `@import`.
fn in_style(style: &str, allowed: &Allowed<'_>) -> Option<String> {
    let style = style.to_ascii_lowercase();
    if style.contains("@import") || style.contains("expression(") || property(&style, "behavior").is_some() {
        return Some("a style that loads something: take it out".to_owned());
    }
    style.match_indices("url(").find_map(|(at, mark)| {
        let after = style.get(at + mark.len()..).unwrap_or_default();
        let near = after.get(..after.floor_char_boundary(MAX_LABEL)).unwrap_or_default();
        let address = near.split(')').next().unwrap_or_default();
        allowed.problem(address.trim().trim_matches(['"', '\'']))
    })
}

/// Whether the text of a link names another place than it leads to.
fn belies(target: &Target, label: &str, allowed: &Allowed<'_>) -> Option<String> {
    let named = named(label, allowed)?;
    let honest = match target {
        Target::Web(host) => {
            is_or_is_below(host.as_str(), named.as_str()) || is_or_is_below(named.as_str(), host.as_str())
        }
        Target::Mail(addresses) => addresses.iter().any(|address| {
            address.rsplit_once('@').and_then(|(_, host)| address::domain(host)).as_ref() == Some(&named)
        }),
        Target::Phone | Target::Here | Target::Refused(_) => false,
    };
    (!honest)
        .then(|| format!("a link that says {} and leads elsewhere: let it say where it leads", excerpt(named.as_str())))
}

/// The domain that a text names, without `www.`.
fn named(label: &str, allowed: &Allowed<'_>) -> Option<Domain> {
    let bare = |domain: Domain| match domain.as_str().strip_prefix("www.") {
        Some(rest) => rest.parse().unwrap_or(domain),
        None => domain,
    };
    let web = |link: &str| match address::read(link) {
        Target::Web(domain) => Some(domain),
        _ => None,
    };
    let written = spotted::links(label, web);
    written
        .or_else(|| {
            label
                .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"'))
                .find_map(|word| bare_name(word, allowed))
        })
        .map(bare)
}

/// A word that is a domain or an address, by its ending.
fn bare_name(word: &str, allowed: &Allowed<'_>) -> Option<Domain> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let host = word.rsplit_once('@').map_or(word, |(_, host)| host);
    let domain = address::domain(host)?;
    let top = domain.as_str().rsplit('.').next()?;
    (spotted::is_known_top(top) || allowed.ends_alike(top)).then_some(domain)
}
