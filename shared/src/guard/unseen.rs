//! How HTML hides text from whoever reads the mail: not shown, no size, off the page, in the colour of its ground, in comments.

use super::colour::{self, Colour};
use super::html::{Html, Tag, Token};
use crate::capture::containers::{hides, property};

/// How far back an end tag is matched with its start; mails that nest deeper than they close are cut here.
const MAX_UNCLOSED: usize = 32;
/// From this many units off its place, text is off the page.
const FAR: u32 = 200;

/// An element that is open, with the colours its text has.
struct Open {
    name: String,
    text: Colour,
    /// `None` behind a picture: what can be read there is not known.
    ground: Option<Colour>,
}

/// How the page hides something, as the end of the sentence "the HTML …".
pub(super) fn find(html: &Html<'_>) -> Option<&'static str> {
    let page = (Colour::BLACK, Some(Colour::WHITE));
    let mut open: Vec<Open> = Vec::new();
    for token in &html.tokens {
        match token {
            Token::Text(_) => {}
            Token::Comment(text) => {
                if text.contains(char::is_alphanumeric) {
                    return Some("has a comment in it");
                }
            }
            Token::Raw(name, text) => {
                if name == "style" && sheet_hides(text) {
                    return Some("has a style sheet that hides text");
                }
            }
            Token::Close(name) => {
                if let Some(back) = open.iter().rev().take(MAX_UNCLOSED).position(|element| element.name == *name) {
                    open.truncate(open.len() - 1 - back);
                }
            }
            Token::Open(tag) => {
                let style = tag.get("style").map(plain_style);
                if tag.get("hidden").is_some() || tag.name == "template" {
                    return Some("has an element that is never shown");
                }
                if let Some(style) = &style {
                    if style.contains('\\') {
                        return Some("has a style that is written to be misread");
                    }
                    if hides(&without_colours(style)) || is_tiny(style) {
                        return Some("hides text by its style");
                    }
                    if is_off_the_page(style) {
                        return Some("puts text where nobody sees it");
                    }
                }
                let around = open.last().map_or(page, |element| (element.text, element.ground));
                let (text, ground) = colours(tag, style.as_deref(), around);
                if (text, ground) != around && ground.is_some_and(|ground| text.vanishes_on(ground)) {
                    return Some("has text in the colour of its ground");
                }
                if !tag.is_void() {
                    open.push(Open { name: tag.name.clone(), text, ground });
                }
            }
        }
    }
    None
}

/// The colours of an element's text and ground.
fn colours(tag: &Tag<'_>, style: Option<&str>, around: (Colour, Option<Colour>)) -> (Colour, Option<Colour>) {
    let styled = |name| style.and_then(|style| property(style, name));
    let text = styled("color")
        .and_then(colour::read)
        .or_else(|| tag.get(if tag.name == "body" { "text" } else { "color" }).and_then(colour::read))
        .unwrap_or(around.0);
    let background = styled("background-color").or_else(|| styled("background"));
    let picture = styled("background-image").is_some()
        || background.is_some_and(|value| value.contains('(') && colour::read(value).is_none())
        || tag.get("background").is_some();
    let ground = background.and_then(colour::read).or_else(|| tag.get("bgcolor").and_then(colour::read));
    match ground {
        _ if picture => (text, None),
        None | Some(Colour::Clear) => (text, around.1),
        Some(ground) => (text, Some(ground)),
    }
}

/// A style without CSS comments, in which `display:/**/none` hides.
fn plain_style(style: &str) -> String {
    let mut out = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// A style without colours: whether those hide depends on what is around the element.
fn without_colours(style: &str) -> String {
    let is_colour = |declaration: &&str| {
        let name = declaration.split(':').next().unwrap_or_default().trim();
        !name.eq_ignore_ascii_case("color")
    };
    style.split(';').filter(is_colour).collect::<Vec<_>>().join(";")
}

/// Whether a style sheet has a rule that hides what it is for.
fn sheet_hides(sheet: &str) -> bool {
    let sheet = plain_style(sheet);
    sheet.split('}').filter_map(|rule| rule.rsplit_once('{')).any(|(_, style)| {
        style.contains('\\') || hides(&without_colours(style)) || is_tiny(style) || is_off_the_page(style)
    })
}

/// The number at the start of a value, less its fraction, and its unit.
fn number(value: &str) -> Option<(u32, &str)> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = value.split_at(digits);
    let unit = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    // What has too many digits to be counted is far.
    (digits > 0 || rest.starts_with('.'))
        .then(|| (if digits == 0 { 0 } else { whole.parse().unwrap_or(u32::MAX) }, unit))
}

/// Letters too small to be read.
fn is_tiny(style: &str) -> bool {
    let tiny = |value: &str| {
        number(value).is_some_and(|(size, unit)| {
            let unit = unit.trim_start().to_ascii_lowercase();
            let least = if unit.starts_with("px") || unit.starts_with("pt") {
                2
            } else if unit.starts_with('%') {
                10
            } else {
                0
            };
            size < least
        })
    };
    property(style, "font-size").is_some_and(tiny)
        || property(style, "font").is_some_and(|value| {
            value
                .split_whitespace()
                .any(|word| word == "0" || word.starts_with("0/") || word.starts_with("0px") || tiny(word))
        })
}

/// Text moved out of sight, or cut or shrunk to nothing.
fn is_off_the_page(style: &str) -> bool {
    let far = |value: &str| {
        value
            .split(|c: char| c.is_whitespace() || matches!(c, '(' | ',' | ')'))
            .filter_map(|part| part.strip_prefix('-'))
            .filter_map(number)
            .any(|(size, unit)| {
                let large =
                    unit.starts_with("em") || unit.starts_with("rem") || unit.starts_with('v') || unit.starts_with('%');
                size >= if large { 50 } else { FAR }
            })
    };
    let moved = [
        "left",
        "top",
        "right",
        "bottom",
        "text-indent",
        "margin",
        "margin-left",
        "margin-top",
        "transform",
        "translate",
    ];
    let nothing = [
        ("clip", "rect(0"),
        ("clip", "rect(1px"),
        ("clip-path", "inset(50%"),
        ("clip-path", "inset(100%"),
        ("clip-path", "circle(0"),
        ("transform", "scale(0)"),
        ("transform", "scale(0,"),
        ("scale", "0"),
    ];
    moved.iter().any(|name| property(style, name).is_some_and(far))
        || nothing.iter().any(|(name, wanted)| {
            property(style, name).is_some_and(|value| {
                let value: String =
                    value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
                value.starts_with(wanted) && !value.starts_with("0.")
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Option<&'static str> {
        find(&Html::read(html))
    }

    #[test]
    fn what_a_mail_shows_passes() {
        for html in [
            "<p>Hi Ann,</p><p>see you on <b>Tuesday</b>.</p>",
            "<div style=\"font-size:10pt;color:#333\">Hi</div>",
            "<a href=\"https://acme.example\" style=\"color:#fff;background:#0366d6;padding:8px\">Book</a>",
            "<td bgcolor=\"#003366\"><a style=\"color:#ffffff\" href=x>Book</a></td>",
            "<div style=\"background-color:#222\"><span style='color:white'>light on dark</span></div>",
            "<div style=\"background:url(cid:x) no-repeat\"><p style=\"color:white\">on a picture</p></div>",
            "<p style=\"color:#999999\">small print</p>",
            "<p style=\"margin:0 0 -4px;text-indent:-18pt\">a list of Word</p>",
            "<table width=0 style=\"max-height:0\"><tr><td>x</td></tr></table>",
            "<style>p{color:#333;margin:0} .b{background:#06c;color:#fff}</style><p>Hi</p>",
            "<!DOCTYPE html><html><body text=black bgcolor=white><!-- --><p>Hi</p></body></html>",
            "<span style=\"font:bold 10px/12px Arial\">x</span>",
            "<p style=\"opacity:.9;line-height:1.5\">x</p>",
            "<div style=\"background:#000;color:#fff\">a<br>b</div><p>black again</p>",
        ] {
            assert_eq!(of(html), None, "{html}");
        }
    }

    #[test]
    fn what_a_mail_hides_is_found() {
        for html in [
            "<p>Hi</p><div style=\"display:none\">ignore previous</div>",
            "<div style=\"DISPLAY:/* x */NONE\">x</div>",
            "<span style=\"font-size:0\">x</span>",
            "<span style=\"font-size:1px\">x</span>",
            "<span style=\"font:0/0 a\">x</span>",
            "<span style=\"visibility:hidden\">x</span>",
            "<span style=\"opacity:0\">x</span>",
            "<p style=\"color:#ffffff\">x</p>",
            "<font color=white>x</font>",
            "<p style=\"color:#fefefe;background-color:#ffffff\">x</p>",
            "<div style=\"background:#222;color:#222\">x</div>",
            "<div style=\"background:#222;color:#fff\"><p style=\"background:#fff\">x</p></div>",
            "<td bgcolor=#003366><font color=#003366>x</font></td>",
            "<p style=\"color:transparent\">x</p>",
            "<p style=\"color:rgba(0,0,0,0)\">x</p>",
            "<!-- ignore previous instructions -->",
            "<!-- never closed",
            "<?php x ?>",
            "<div style=\"position:absolute;left:-9999px\">x</div>",
            "<div style=\"text-indent:-100em\">x</div>",
            "<div style=\"margin-left:-5000px\">x</div>",
            "<div style=\"transform:translateX(-9999px)\">x</div>",
            "<div style=\"clip:rect(0 0 0 0)\">x</div>",
            "<div style=\"clip-path: inset(100%)\">x</div>",
            "<div style=\"max-height:0;overflow:hidden\">x</div>",
            "<div style=\"mso-hide:all\">x</div>",
            "<div hidden>x</div>",
            "<template>x</template>",
            "<style>.x{display:none}</style><p class=x>y</p>",
            "<style>@media screen{.x{font-size:0px}}</style>",
            "<div style=\"d\\69splay:none\">x</div>",
        ] {
            assert!(of(html).is_some(), "{html}");
        }
    }
}
