//! What an HTML element's attributes say of the text in it: a quote, a signature, hidden, or nothing.
//!
//! Pure, so that the core's HTML reader and a browser's snapshot ask the same rules.

use super::reply::Mark;

/// What an element's own attributes say of everything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Nothing in particular.
    None,
    /// Its lines carry this mark.
    Marked(Mark),
    /// Nobody sees it.
    Hidden,
}

/// Classes with which mail clients mark quotes.
const QUOTE_CLASSES: &[&str] = &[
    "gmail_quote",
    "gmail_quote_container",
    "gmail_attr",
    "yahoo_quoted",
    "yahoo-quoted-begin",
    "moz-cite-prefix",
    "moz-forward-container",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "zoho_quote",
    "freebirdfwd",
    "ms-outlook-mobile-reference-message",
    "x_gmail_quote",
    "x_yahoo_quoted",
    "x_moz-cite-prefix",
];
/// Ids with which mail clients mark quotes.
const QUOTE_IDS: &[&str] = &[
    "olk_src_body_section",
    "yahoo_quoted",
    "reply-intro",
    "replyblockquote",
    "mail-app-auto-quote",
    "isreplycontent",
    "orimsghtmlseperator",
    "aolmsgpart",
];
/// Ids from which on everything is quoted: the client opens a quote that has no end of its own.
const QUOTE_FROM_IDS: &[&str] =
    &["divrplyfwdmsg", "x_divrplyfwdmsg", "appendonsend", "x_appendonsend", "ms-outlook-mobile-body-separator-line"];
/// Classes with which mail clients mark signatures.
const SIGNATURE_CLASSES: &[&str] = &[
    "gmail_signature",
    "moz-signature",
    "protonmail_signature_block-user",
    "zm_signature",
    "mailsignature",
    "bloop_sign",
    "aweber_signature",
    "email-signature",
    "outlook_signature",
];

/// What the element `name` with these attributes says. `name` and the attribute names are lower case.
#[must_use]
pub fn of(name: &str, attributes: &[(&str, &str)]) -> Container {
    let get = |wanted: &str| attributes.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
    if matches!(
        name,
        "script"
            | "style"
            | "head"
            | "title"
            | "template"
            | "noscript"
            | "object"
            | "svg"
            | "math"
            | "select"
            | "textarea"
            | "iframe"
    ) || get("hidden").is_some()
    {
        return Container::Hidden;
    }
    if let Some(style) = get("style")
        && hides(style)
    {
        return Container::Hidden;
    }
    let id = get("id").map(str::to_ascii_lowercase).unwrap_or_default();
    let class = get("class").map(str::to_ascii_lowercase).unwrap_or_default();
    let has = |wanted: &[&str]| class.split_ascii_whitespace().any(|word| wanted.contains(&word));

    if QUOTE_FROM_IDS.contains(&id.as_str()) {
        return Container::Marked(Mark::QuotedFromHere);
    }
    if name == "blockquote" {
        let cited = get("type").is_some_and(|value| value.eq_ignore_ascii_case("cite"))
            || get("cite").is_some_and(|value| value.starts_with("mid:"));
        return Container::Marked(if cited {
            Mark::Quoted
        } else if has(&["gmail_quote", "x_gmail_quote"]) {
            Mark::Indented
        } else {
            Mark::MaybeQuoted
        });
    }
    if !id.is_empty()
        && QUOTE_IDS
            .iter()
            .any(|known| id == *known || id.strip_prefix(known).is_some_and(|rest| rest.starts_with(['_', '-'])))
        || has(QUOTE_CLASSES)
    {
        return Container::Marked(Mark::Quoted);
    }
    if has(SIGNATURE_CLASSES)
        || id == "signature"
        || id == "x_signature"
        || id.starts_with("signature_")
        || id.starts_with("ms-outlook-mobile-signature")
        || get("data-smartmail").is_some_and(|value| value == "gmail_signature")
    {
        return Container::Marked(Mark::Signature);
    }
    if name == "hr" {
        return Container::Marked(Mark::Rule);
    }
    if let Some(style) = get("style")
        && is_outlook_rule(style)
    {
        return Container::Marked(Mark::Rule);
    }
    Container::None
}

/// The value of a CSS property in a `style` attribute, trimmed; the last one wins, as in a browser.
pub(crate) fn property<'a>(style: &'a str, name: &str) -> Option<&'a str> {
    style.split(';').rev().find_map(|pair| {
        let (key, value) = pair.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Whether a `style` attribute makes its element's text invisible: not displayed, no size, or white on white.
#[must_use]
pub fn hides(style: &str) -> bool {
    if !style.contains(':') {
        return false;
    }
    let is = |name: &str, values: &[&str]| {
        property(style, name).is_some_and(|value| values.iter().any(|wanted| starts_with_word(value, wanted)))
    };
    if is("display", &["none"]) || is("visibility", &["hidden", "collapse"]) || is("mso-hide", &["all"]) {
        return true;
    }
    if property(style, "font-size").is_some_and(is_zero) || property(style, "opacity").is_some_and(is_zero) {
        return true;
    }
    let clipped = property(style, "overflow").is_some_and(|value| starts_with_word(value, "hidden"));
    if clipped
        && (property(style, "max-height").is_some_and(is_zero)
            || property(style, "height").is_some_and(is_zero)
            || property(style, "max-width").is_some_and(is_zero)
            || property(style, "width").is_some_and(is_zero))
    {
        return true;
    }
    let color = property(style, "color");
    if color.is_some_and(|value| starts_with_word(value, "transparent")) {
        return true;
    }
    // On a page that says nothing else the ground is white.
    color.is_some_and(is_white)
        && property(style, "background-color").or_else(|| property(style, "background")).is_none_or(is_white)
        && property(style, "background-image").is_none()
}

fn starts_with_word(value: &str, word: &str) -> bool {
    value.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
        && !value.get(word.len()..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn is_zero(value: &str) -> bool {
    let number: &str = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '%' | '!' | ' '));
    !number.is_empty() && number.parse::<f32>().is_ok_and(|size| size < 0.2)
}

fn is_white(value: &str) -> bool {
    let value: String = value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    ["#ffffff", "#fff", "white", "rgb(255,255,255)", "rgba(255,255,255,"].iter().any(|white| value.starts_with(white))
}

/// Outlook draws its line above the header block as a border: `border-top:solid #E1E1E1 1.0pt` and nothing around.
fn is_outlook_rule(style: &str) -> bool {
    let top = property(style, "border-top").is_some_and(|value| value.to_ascii_lowercase().contains("solid"));
    top && property(style, "border").is_some_and(|value| starts_with_word(value, "none"))
}

/// Characters that show nothing: zero-width, direction signs, tag characters, soft hyphens. Text may hide in or
/// behind them, and they break comparisons.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_quotes_are_known_by_their_attributes() {
        for (name, attributes) in [
            ("div", &[("class", "gmail_quote")][..]),
            ("div", &[("class", "foo Gmail_Quote")]),
            ("blockquote", &[("type", "cite")]),
            ("span", &[("id", "OLK_SRC_BODY_SECTION")]),
            ("div", &[("class", "moz-cite-prefix")]),
            ("p", &[("id", "reply-intro")]),
            ("div", &[("class", "yahoo_quoted")]),
        ] {
            assert_eq!(of(name, attributes), Container::Marked(Mark::Quoted), "{name} {attributes:?}");
        }
        assert_eq!(of("div", &[("id", "divRplyFwdMsg")]), Container::Marked(Mark::QuotedFromHere));
        assert_eq!(of("blockquote", &[]), Container::Marked(Mark::MaybeQuoted));
        assert_eq!(of("blockquote", &[("class", "gmail_quote")]), Container::Marked(Mark::Indented));
        assert_eq!(of("div", &[("class", "quote")]), Container::None);
    }

    #[test]
    fn signatures_are_known_by_their_attributes() {
        for attributes in [
            &[("class", "gmail_signature")][..],
            &[("id", "Signature")],
            &[("class", "moz-signature")],
            &[("data-smartmail", "gmail_signature")],
        ] {
            assert_eq!(of("div", attributes), Container::Marked(Mark::Signature), "{attributes:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_hidden() {
        for style in [
            "display:none",
            "DISPLAY: none !important",
            "font-size:0",
            "font-size:0px;line-height:0",
            "color:#fff",
            "color:white;background:#FFFFFF",
            "visibility:hidden",
            "opacity:0",
            "max-height:0;overflow:hidden",
            "mso-hide:all",
        ] {
            assert!(hides(style), "{style}");
        }
        for style in [
            "",
            "font-size:10pt",
            "color:#ffffff;background-color:#003366",
            "display:block",
            "opacity:.8",
            "max-height:0",
        ] {
            assert!(!hides(style), "{style}");
        }
    }
}
