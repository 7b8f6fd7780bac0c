//! Just enough of HTML to see what a mail shows, what it hides, and where it leads. One pass, whatever the input.

use std::borrow::Cow;

/// Elements whose content is text to the browser, whatever it holds.
const RAW: &[&str] = &["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];
/// Elements that never have content.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements that stay within their line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "o:p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt",
    "u", "var", "wbr",
];
/// Attributes that hold text or an address.
const TELLING: &[&str] = &["href", "src", "alt", "title", "content", "value", "aria-label", "background", "action"];

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text, with its entities read.
    Text(Cow<'a, str>),
    /// The start of an element.
    Open(Tag<'a>),
    /// Its end.
    Close(String),
    /// What a script, a style sheet or another such element holds.
    Raw(String, &'a str),
    /// A comment, or what a browser takes for one.
    Comment(&'a str),
}

/// The start of an element; names are lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, Cow<'a, str>)>,
}

impl Tag<'_> {
    /// The value of an attribute; of several with one name the first counts.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// Whether it can have no content.
    pub(super) fn is_void(&self) -> bool {
        VOID.contains(&self.name.as_str())
    }
}

/// The HTML of a mail, read once for all checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    text: String,
    attributes: String,
}

impl<'a> Html<'a> {
    /// Reads HTML as a browser does: whatever it is, it is a page.
    #[must_use]
    pub fn read(html: &'a str) -> Self {
        let tokens = tokens(html);
        let mut text = String::with_capacity(html.len() / 2);
        let mut attributes = String::new();
        for token in &tokens {
            match token {
                Token::Text(piece) => text.push_str(piece),
                Token::Open(tag) => {
                    break_line(&mut text, &tag.name);
                    for (_, value) in tag.attributes.iter().filter(|(key, _)| TELLING.contains(&key.as_str())) {
                        attributes.push_str(value);
                        attributes.push('\n');
                    }
                }
                Token::Close(name) => break_line(&mut text, name),
                Token::Raw(..) | Token::Comment(_) => {}
            }
        }
        Self { tokens, text, attributes }
    }

    /// What a reader sees, roughly: the text of all elements, with line breaks between blocks.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The attributes that hold text or an address, a line each.
    #[must_use]
    pub fn attributes(&self) -> &str {
        &self.attributes
    }
}

fn break_line(text: &mut String, element: &str) {
    if !INLINE.contains(&element) && !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn tokens(html: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let next = rest.find('<').unwrap_or(rest.len());
        let (text, markup) = rest.split_at(next);
        if !text.is_empty() {
            tokens.push(Token::Text(decode(text)));
        }
        rest = take_markup(markup, &mut tokens);
    }
    tokens
}

/// Takes what stands at a `<` and gives what is left.
fn take_markup<'a>(markup: &'a str, tokens: &mut Vec<Token<'a>>) -> &'a str {
    let Some(inner) = markup.strip_prefix('<') else { return markup };
    if let Some(comment) = inner.strip_prefix("!--") {
        let (text, rest) = comment.split_once("-->").unwrap_or((comment, ""));
        tokens.push(Token::Comment(text));
        return rest;
    }
    if inner.starts_with(['!', '?']) {
        let (text, rest) = inner.split_once('>').unwrap_or((inner, ""));
        if !text.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("!doctype")) {
            tokens.push(Token::Comment(text));
        }
        return rest;
    }
    if let Some(end) = inner.strip_prefix('/') {
        let (name, rest) = end.split_once('>').unwrap_or((end, ""));
        let name = name.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        tokens.push(Token::Close(name.to_ascii_lowercase()));
        return rest;
    }
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
        tokens.push(Token::Text(Cow::Borrowed("<")));
        return inner;
    }
    let (tag, rest) = take_tag(inner);
    let name = tag.name.clone();
    tokens.push(Token::Open(tag));
    if !RAW.contains(&name.as_str()) {
        return rest;
    }
    let end = end_of_raw(rest, &name);
    let (text, rest) = rest.split_at(end);
    tokens.push(Token::Raw(name, text));
    rest
}

/// Where the content of a raw element ends: at its own end tag, or never.
fn end_of_raw(rest: &str, name: &str) -> usize {
    rest.match_indices("</")
        .find(|(at, _)| rest.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)))
        .map_or(rest.len(), |(at, _)| at)
}

fn take_tag(inner: &str) -> (Tag<'_>, &str) {
    let space = |c: char| c.is_ascii_whitespace() || c == '/';
    let end = inner.find(|c: char| space(c) || c == '>').unwrap_or(inner.len());
    let (name, mut rest) = inner.split_at(end);
    let mut tag = Tag { name: name.to_ascii_lowercase(), attributes: Vec::new() };
    loop {
        rest = rest.trim_start_matches(space);
        if rest.is_empty() {
            return (tag, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        // An equals sign at the very start belongs to the name.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest.get(first..).and_then(|more| more.find(|c: char| space(c) || matches!(c, '>' | '=')));
        let (name, after) = rest.split_at(end.map_or(rest.len(), |end| first + end));
        let (value, after) = take_value(after);
        tag.attributes.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
}

fn take_value(rest: &str) -> (Cow<'_, str>, &str) {
    let Some(value) = rest.trim_start().strip_prefix('=') else { return (Cow::Borrowed(""), rest) };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, rest) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return (decode(value), rest);
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
    let (value, rest) = value.split_at(end);
    (decode(value), rest)
}

/// Named entities that matter here: the ones that spell, hide or break an address, a placeholder or a secret.
const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("shy", "\u{ad}"),
    ("AMP", "&"),
    ("LT", "<"),
    ("GT", ">"),
    ("QUOT", "\""),
    ("Tab", "\t"),
    ("NewLine", "\n"),
    ("excl", "!"),
    ("num", "#"),
    ("dollar", "$"),
    ("percnt", "%"),
    ("lpar", "("),
    ("rpar", ")"),
    ("ast", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("period", "."),
    ("sol", "/"),
    ("colon", ":"),
    ("semi", ";"),
    ("equals", "="),
    ("quest", "?"),
    ("commat", "@"),
    ("lsqb", "["),
    ("lbrack", "["),
    ("bsol", "\\"),
    ("rsqb", "]"),
    ("rbrack", "]"),
    ("lowbar", "_"),
    ("lcub", "{"),
    ("lbrace", "{"),
    ("vert", "|"),
    ("verbar", "|"),
    ("rcub", "}"),
    ("rbrace", "}"),
    ("zwj", "\u{200d}"),
    ("zwnj", "\u{200c}"),
    ("lrm", "\u{200e}"),
    ("rlm", "\u{200f}"),
    ("ZeroWidthSpace", "\u{200b}"),
    ("NegativeThinSpace", "\u{200b}"),
    ("NegativeMediumSpace", "\u{200b}"),
    ("NegativeThickSpace", "\u{200b}"),
    ("NegativeVeryThinSpace", "\u{200b}"),
    ("NoBreak", "\u{2060}"),
    ("ApplyFunction", "\u{2061}"),
    ("af", "\u{2061}"),
    ("InvisibleTimes", "\u{2062}"),
    ("it", "\u{2062}"),
    ("InvisibleComma", "\u{2063}"),
    ("ic", "\u{2063}"),
];
/// Longest name of an entity that is read.
const MAX_ENTITY: usize = 32;

/// Text with its entities read.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        rest = match read_entity(entity) {
            Some((read, after)) => {
                out.push_str(&read);
                after
            }
            None => {
                out.push('&');
                entity.get(1..).unwrap_or_default()
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn read_entity(entity: &str) -> Option<(Cow<'static, str>, &str)> {
    let body = entity.strip_prefix('&')?;
    if let Some(number) = body.strip_prefix('#') {
        let (radix, digits) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (16, hex),
            None => (10, number),
        };
        let end = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).take(MAX_ENTITY).count();
        let (digits, after) = digits.split_at(end);
        let code = u32::from_str_radix(digits, radix).ok()?;
        let c = char::from_u32(code).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER);
        return Some((c.to_string().into(), after.strip_prefix(';').unwrap_or(after)));
    }
    let end = body.bytes().take_while(u8::is_ascii_alphanumeric).take(MAX_ENTITY).count();
    let (name, after) = body.split_at(end);
    let (_, read) = ENTITIES.iter().find(|(known, _)| *known == name)?;
    // Without its semicolon only the oldest names count, and not before what could go on a query string.
    let old = matches!(name, "amp" | "lt" | "gt" | "quot" | "nbsp" | "shy") && !after.starts_with('=');
    match after.strip_prefix(';') {
        Some(after) => Some((Cow::Borrowed(read), after)),
        None => old.then_some((Cow::Borrowed(read), after)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_shows_its_text_and_not_its_markup() {
        for (html, text) in [
            ("<p>Hi <b>Ann</b>,</p><p>see you</p>", "Hi Ann,\nsee you\n"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<style>p{color:red}</style>x<script>1<2</script>", "x\n"),
            ("1 < 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
            ("&#123;&#x7B;name}}", "{{name}}"),
            ("{<b></b>{name}}", "{{name}}"),
            ("&copy &unknown; &", "&copy &unknown; &"),
            ("<a href=x title='a>b'>t</a>", "t"),
            ("<!-- hidden --><!DOCTYPE html>shown", "shown"),
            ("<title>no</title><div>yes", "\nyes".trim_start()),
            ("<unclosed", ""),
            ("&lt;FIRST NAME&gt;", "<FIRST NAME>"),
        ] {
            assert_eq!(Html::read(html).text(), text, "{html}");
        }
    }

    #[test]
    fn attributes_are_read_in_every_notation() {
        let page = Html::read("<A HREF = \"x&amp;y\" href=second Class=a/b disabled data-x='1'/>");
        let Some(Token::Open(tag)) = page.tokens.first() else { panic!("{page:?}") };
        assert_eq!(tag.name, "a");
        assert_eq!((tag.get("href"), tag.get("class"), tag.get("disabled")), (Some("x&y"), Some("a/b"), Some("")));
        assert_eq!((tag.get("data-x"), tag.get("none")), (Some("1"), None));
        assert_eq!(Html::read("<a href=https://x.example/?a=1&lt=2>").attributes, "https://x.example/?a=1&lt=2\n");
    }

    proptest! {
        #[test]
        fn any_text_is_a_page(html in "(<|>|</|<!--|-->|\"|'|=|&|#|a|style|script| |\\PC){0,40}") {
            let page = Html::read(&html);
            prop_assert!(page.text().len() <= 2 * html.len() + 8);
        }

        #[test]
        fn text_without_markup_shows_as_it_is(text in "[^<&]{0,40}") {
            let page = Html::read(&text);
            prop_assert_eq!(page.text(), &text);
        }
    }
}
