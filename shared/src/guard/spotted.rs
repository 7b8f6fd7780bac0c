//! Links in plain text, as mail programs find them to make them clickable.

/// Longest link that is looked at, in bytes; browsers take no longer ones.
const MAX_LINK: usize = 2_048;
/// Longest scheme, in bytes.
const MAX_SCHEME: usize = 32;
/// Schemes that need no slashes.
const BARE: &[&str] = &["http", "https", "mailto", "tel", "sms", "javascript", "vbscript", "file"];
/// Endings of names that are links even without `https://`, when a path follows or where they name a place.
const TOPS: &[&str] = &[
    "ai", "app", "at", "au", "be", "biz", "br", "ca", "ch", "cn", "co", "com", "cz", "de", "dev", "dk", "edu", "es",
    "eu", "example", "fr", "gov", "in", "info", "io", "it", "jp", "link", "ly", "me", "net", "nl", "online", "org",
    "pl", "pt", "ru", "se", "shop", "site", "store", "tech", "top", "tv", "uk", "us", "xyz",
];

/// Calls `each` with the links of a text in order until it answers.
pub(super) fn links<'a, T>(text: &'a str, mut each: impl FnMut(&'a str) -> Option<T>) -> Option<T> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '“' | '”' | '„' | '«' | '»'))
        .filter(|chunk| chunk.len() > 3)
        .find_map(|chunk| in_chunk(chunk, &mut each))
}

/// A name that people take for a place although it has no scheme: `acme.example`.
pub(super) fn is_known_top(top: &str) -> bool {
    TOPS.binary_search(&top).is_ok()
}

fn in_chunk<'a, T>(chunk: &'a str, each: &mut impl FnMut(&'a str) -> Option<T>) -> Option<T> {
    let mut inside = false;
    let mut before = b' ';
    for (at, byte) in chunk.bytes().enumerate() {
        let start = match byte {
            b':' => schemed(chunk, at),
            b'w' | b'W'
                if !before.is_ascii_alphanumeric()
                    && !matches!(before, b'.' | b'/' | b'@' | b'-')
                    && before.is_ascii() =>
            {
                www(chunk, at).then_some(at)
            }
            b'/' if !inside => bare(chunk, at),
            _ => None,
        };
        before = byte;
        let Some(start) = start else { continue };
        let parted = chunk.get(..start).and_then(|head| head.chars().next_back()).is_some_and(parts);
        if inside && !parted {
            continue;
        }
        inside = true;
        let answer = each(cut(chunk.get(start..).unwrap_or_default()));
        if answer.is_some() {
            return answer;
        }
    }
    None
}

/// Characters between two links that stand side by side.
const fn parts(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '|' | '\'' | '*' | '`' | '!' | '‘' | '’')
}

/// Where the link begins whose scheme ends at this colon.
fn schemed(chunk: &str, colon: usize) -> Option<usize> {
    let head = chunk.as_bytes().get(..colon)?;
    let sign = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let length = head.iter().rev().take(MAX_SCHEME).take_while(sign).count();
    let scheme = chunk.get(colon - length..colon)?.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let after = chunk.get(colon + 1..).unwrap_or_default();
    // Words run into an address, as in "here:https://" or "seehttps://".
    let lower = scheme.to_ascii_lowercase();
    let web = ["https", "http"].into_iter().find(|known| lower.ends_with(known));
    if after.starts_with("//") {
        let scheme = web.unwrap_or(scheme);
        return (!scheme.is_empty()).then(|| colon - scheme.len());
    }
    let bare = BARE.contains(&lower.as_str()) && !after.is_empty();
    let data = lower == "data" && after.contains(['/', ',']);
    (bare || data).then(|| colon - scheme.len())
}

fn www(chunk: &str, at: usize) -> bool {
    let head = chunk.as_bytes().get(at..).unwrap_or_default();
    head.get(..4).is_some_and(|www| www.eq_ignore_ascii_case(b"www."))
        && head.get(4).is_some_and(|next| next.is_ascii_alphanumeric() || !next.is_ascii())
}

/// Where the name begins whose path begins at this slash, if it is a place's.
fn bare(chunk: &str, slash: usize) -> Option<usize> {
    let head = chunk.get(..slash)?;
    let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let length: usize = head.chars().rev().take(253).take_while(|c| name(*c)).map(char::len_utf8).sum();
    let start = slash - length;
    let host = chunk.get(start..slash)?;
    let (_, top) = host.rsplit_once('.')?;
    let mail = chunk.get(..start).is_some_and(|before| before.ends_with('@'));
    (!mail && is_known_top(&top.to_ascii_lowercase()) && !host.starts_with('.')).then_some(start)
}

/// A link without what follows it in its sentence.
fn cut(rest: &str) -> &str {
    let rest = rest.get(..rest.floor_char_boundary(MAX_LINK)).unwrap_or_default();
    let after = rest.find("://").map_or(0, |at| at + 3);
    let authority_end =
        rest.get(after..).and_then(|rest| rest.find(['/', '?', '#', '\\'])).map_or(rest.len(), |end| after + end);
    let authority = rest.get(after..authority_end).unwrap_or_default();
    let end = match authority.find(parts) {
        // With an @ behind it, what looks like the host is not; a bracket first is an IPv6 address.
        Some(at) if at == 0 || authority.contains('@') => rest.len(),
        Some(at) => after + at,
        None => rest.len(),
    };
    let link = rest.get(..end).unwrap_or_default();
    link.trim_end_matches(|c: char| parts(c) || matches!(c, '.' | ':' | '?' | '…' | '_' | '~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        links(text, |link| {
            found.push(link);
            None::<()>
        });
        found
    }

    #[test]
    fn the_list_of_endings_is_sorted_so_that_it_can_be_searched() {
        assert!(TOPS.is_sorted());
    }

    #[test]
    fn links_are_found_as_mail_programs_find_them() {
        for (text, found) in [
            ("see https://acme.example/a?b=1#c.", &["https://acme.example/a?b=1#c"][..]),
            ("(https://acme.example), or www.acme.example!", &["https://acme.example", "www.acme.example"]),
            ("<https://acme.example/x>", &["https://acme.example/x"]),
            (
                "[a](https://a.example/x)[b](https://b.example)",
                &["https://a.example/x)[b](https://b.example", "https://b.example"],
            ),
            ("https://a.example,https://b.example", &["https://a.example", "https://b.example"]),
            ("https://a.example/?u=https://b.example", &["https://a.example/?u=https://b.example"]),
            ("here:https://a.example seehttps://b.example", &["https://a.example", "https://b.example"]),
            ("write to mailto:ann@acme.example or tel:+49301", &["mailto:ann@acme.example", "tel:+49301"]),
            ("javascript:alert(1) and data:text/html,x", &["javascript:alert", "data:text/html,x"]),
            ("acme.example/pricing and ann@acme.example/x", &["acme.example/pricing"]),
            ("https://good.example,@evil.example/", &["https://good.example,@evil.example/"]),
            ("ftp://files.example", &["ftp://files.example"]),
            ("HTTPS://ACME.EXAMPLE", &["HTTPS://ACME.EXAMPLE"]),
        ] {
            assert_eq!(all(text), found, "{text}");
        }
    }

    #[test]
    fn ordinary_text_has_no_links() {
        for text in [
            "Hi Ann: the data: see below. Re:",
            "and/or, 1/2, Node.js/Express, a.b.c",
            "Booking.com and ann@acme.example",
            "at 10:30, ratio 3:1, C:\\x",
            "wwww. www. awww.x",
            "Dear Ms. Lee,",
            "tel: +49 30 1",
            "http is a protocol; https: too",
        ] {
            assert_eq!(all(text), [""; 0], "{text}");
        }
    }
}
