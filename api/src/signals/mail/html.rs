//! An HTML body becomes lines of visible text that know whether a mail client quoted or signed them.

use std::cell::RefCell;

use caseyos_shared::capture::containers::{self, Container, is_invisible};
use caseyos_shared::capture::reply::Mark;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// Elements deeper than this are read, but no longer told apart: no mail that people write is so deep.
const MAX_DEPTH: usize = 512;
/// More HTML than this is not read, more text than this is not kept, in bytes.
const MAX_HTML: usize = 4 << 20;
const MAX_TEXT: usize = 256 << 10;

/// The visible lines of an HTML body in order, each with what its containers say of it.
///
/// Not a browser: it reads tokens, without building a tree, in one pass and with bounded memory. Scripts, styles,
/// comments and what nobody sees (not displayed, no size, white on white, zero-width characters) are left out.
#[must_use]
pub fn lines(html: &str) -> Vec<(String, Mark)> {
    let html = html.get(..html.floor_char_boundary(MAX_HTML)).unwrap_or(html);
    let tokenizer = Tokenizer::new(Flattener::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut flat = tokenizer.sink.flat.into_inner();
    flat.break_line();
    flat.lines
}

#[derive(Default)]
struct Flattener {
    flat: RefCell<Flat>,
}

impl TokenSink for Flattener {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut flat = self.flat.borrow_mut();
        match token {
            Token::CharacterTokens(text) => flat.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return flat.open(&tag),
            Token::TagToken(tag) => flat.close(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

struct Open {
    name: String,
    container: Container,
}

#[derive(Default)]
struct Flat {
    lines: Vec<(String, Mark)>,
    line: String,
    bytes: usize,
    stack: Vec<Open>,
    /// Elements opened beyond `MAX_DEPTH`.
    ignored: usize,
    hidden: usize,
    preformatted: usize,
    mark: Mark,
    /// The next line with text is the first of a quote without end.
    quoted_from_here: bool,
    space: bool,
}

impl Flat {
    fn text(&mut self, text: &str) {
        if self.hidden > 0 || self.bytes > MAX_TEXT {
            return;
        }
        for c in text.chars() {
            match c {
                '\n' if self.preformatted > 0 => self.force_break(),
                '\r' => {}
                ' ' | '\t' | '\n' | '\u{c}' if self.preformatted == 0 => self.space = true,
                '\u{a0}' => self.push(' '),
                c if is_invisible(c) => {}
                c => self.push(c),
            }
        }
    }

    fn push(&mut self, c: char) {
        if self.space {
            self.space = false;
            if !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
        }
        self.line.push(c);
    }

    /// Ends the line if it has text.
    fn break_line(&mut self) {
        if !self.line.trim().is_empty() {
            self.force_break();
        } else {
            self.line.clear();
            self.space = false;
        }
    }

    /// Ends the line, empty or not.
    fn force_break(&mut self) {
        self.space = false;
        let line = std::mem::take(&mut self.line);
        let line = if self.preformatted > 0 { line.trim_end() } else { line.trim() };
        // Many empty lines say no more than two.
        let empties =
            self.lines.iter().rev().take(2).filter(|(line, mark)| line.is_empty() && *mark == self.mark).count();
        if line.is_empty() && empties == 2 {
            return;
        }
        let mark = if self.quoted_from_here && !line.is_empty() && self.mark == Mark::Plain {
            self.quoted_from_here = false;
            Mark::QuotedFromHere
        } else {
            self.mark
        };
        self.bytes += line.len() + 1;
        self.lines.push((line.to_owned(), mark));
    }

    fn paragraph(&mut self) {
        self.break_line();
        if self.lines.last().is_some_and(|(line, _)| !line.is_empty()) {
            self.force_break();
        }
    }

    fn open(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let attributes: Vec<(&str, &str)> =
            tag.attrs.iter().map(|attribute| (&*attribute.name.local, &*attribute.value)).collect();
        if name == "br" {
            if self.hidden == 0 {
                self.force_break();
            }
            return TokenSinkResult::Continue;
        }
        let container = containers::of(name, &attributes);
        if is_block(name) {
            self.close_implied(name);
            if name == "p" && !is_tight(&attributes) {
                self.paragraph();
            } else {
                self.break_line();
            }
        } else if matches!(name, "td" | "th") && self.hidden == 0 {
            self.close_implied(name);
            self.space = true;
        }
        if self.hidden == 0 {
            match container {
                Container::Marked(Mark::Rule) => {
                    self.break_line();
                    self.lines.push((String::new(), if self.mark == Mark::Plain { Mark::Rule } else { self.mark }));
                }
                Container::Marked(Mark::QuotedFromHere) => {
                    self.break_line();
                    self.quoted_from_here = true;
                }
                _ => {}
            }
        }
        if is_void(name) {
            return TokenSinkResult::Continue;
        }
        if self.stack.len() >= MAX_DEPTH {
            self.ignored += 1;
        } else {
            let counts = matches!(container, Container::Marked(mark) if !matches!(mark, Mark::Rule | Mark::QuotedFromHere))
                || container == Container::Hidden;
            self.stack
                .push(Open { name: name.to_owned(), container: if counts { container } else { Container::None } });
            if name == "pre" {
                self.preformatted += 1;
            }
            if counts {
                if container != Container::Hidden {
                    self.break_line();
                }
                self.weigh();
            }
        }
        if name == "li" && self.hidden == 0 {
            self.line.push_str("- ");
        }
        match name {
            "script" => TokenSinkResult::RawData(ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => TokenSinkResult::RawData(Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    fn close(&mut self, name: &str) {
        if name == "br" {
            self.force_break();
            return;
        }
        let block = is_block(name);
        if block {
            self.break_line();
        }
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        let Some(at) = self.stack.iter().rposition(|open| open.name == name) else {
            return;
        };
        let crosses = self.stack.iter().skip(at + 1).any(|open| is_block(&open.name));
        if crosses && !block {
            // `<b><div></b>…</div>`: the inline element ends, the block around the text does not.
            let open = self.stack.remove(at);
            self.forget(&open);
        } else {
            while self.stack.len() > at {
                let Some(open) = self.stack.pop() else { break };
                self.forget(&open);
            }
        }
        if name == "p" {
            self.paragraph();
        }
    }

    fn forget(&mut self, open: &Open) {
        if open.name == "pre" {
            self.preformatted = self.preformatted.saturating_sub(1);
        }
        if open.container != Container::None {
            if open.container != Container::Hidden {
                self.break_line();
            }
            self.weigh();
        }
    }

    /// What HTML closes by itself: a paragraph before a block, a cell before a cell, the head before the body.
    fn close_implied(&mut self, name: &str) {
        let top = self
            .stack
            .iter()
            .rposition(|open| is_block(&open.name) || matches!(open.name.as_str(), "td" | "th" | "head" | "title"));
        let Some(at) = top else { return };
        let Some(open) = self.stack.get(at) else {
            return;
        };
        let ends = matches!(
            (open.name.as_str(), name),
            ("p" | "head" | "title", _)
                | ("li", "li")
                | ("tr", "tr")
                | ("td" | "th", "td" | "th" | "tr")
                | ("dt" | "dd", "dt" | "dd")
        );
        if ends {
            while self.stack.len() > at {
                let Some(open) = self.stack.pop() else { break };
                self.forget(&open);
            }
        }
    }

    /// What the open elements together say: hidden if one is; else the outermost mark, a quote before a signature.
    fn weigh(&mut self) {
        self.hidden = 0;
        self.mark = Mark::Plain;
        for open in &self.stack {
            match open.container {
                Container::Hidden => self.hidden += 1,
                Container::Marked(mark)
                    if self.mark == Mark::Plain || (self.mark == Mark::Signature && mark != Mark::Signature) =>
                {
                    self.mark = mark
                }
                _ => {}
            }
        }
    }
}

/// Word's paragraphs and those with a style that takes their margin away stand line by line.
fn is_tight(attributes: &[(&str, &str)]) -> bool {
    attributes.iter().any(|(key, value)| {
        (*key == "class" && value.starts_with("Mso"))
            || (*key == "style" && value.replace(' ', "").contains("margin:0"))
    })
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "tr"
            | "ul"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use caseyos_shared::capture::reply::{Line, Reply, cut_lines};

    fn cut(html: &str) -> Reply {
        let lines = lines(html);
        cut_lines(&lines.iter().map(|(text, mark)| Line { text, mark: *mark }).collect::<Vec<_>>())
    }

    #[test]
    fn what_clients_quote_is_cut_by_its_container() {
        for html in [
            "Fine by me<br><div class=gmail_quote>On Mon, 2 Mar 2026 Anna wrote:<blockquote class=gmail_quote>old</blockquote></div>",
            "<p>Fine by me</p><div class=\"moz-cite-prefix\">Am 2.3. schrieb Anna:</div><blockquote type=\"cite\">old</blockquote>",
            "<div>Fine by me</div><div id=\"divRplyFwdMsg\"><b>From:</b> Anna</div><div>old</div>",
            "<div>Fine by me</div><div id=appendonsend></div><div>old</div>",
            "<div>Fine by me</div><span id=\"OLK_SRC_BODY_SECTION\"><div>old</div></span>",
            "<div>Fine by me<div class=yahoo_quoted>old</div></div>",
            "<p>Fine by me</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Anna &lt;a@b.example&gt;<br><b>Sent:</b> Monday<br><b>Subject:</b> x</p></div><p>old</p>",
            "<p>Fine by me</p><hr><b>Von:</b> Anna &lt;a@b.example&gt;<br><b>Gesendet:</b> heute<br><b>Betreff:</b> x<br><br>old",
            "<p id=x>Fine by me</p><p id=reply-intro>Am 2.3. schrieb Anna:</p><blockquote>old</blockquote>",
        ] {
            let cut = cut(html);
            assert_eq!(cut.reply, "Fine by me", "{html}");
            assert!(cut.quoted.is_some_and(|quoted| quoted.contains("old") || quoted.contains("Anna")), "{html}");
        }
    }

    #[test]
    fn a_hand_made_indentation_in_the_middle_stays() {
        let html =
            "<div>I mean this:</div><blockquote class=gmail_quote>the second offer</blockquote><div>Right?</div>";
        assert_eq!(cut(html).reply, "I mean this:\nthe second offer\nRight?");
    }

    #[test]
    fn a_forwarded_mail_with_nothing_above_is_its_own() {
        let html = "<div><br><div class=gmail_quote>---------- Forwarded message ----------<br>From: Bo &lt;bo@x.example&gt;<br>Date: Fri, 2 Jan 2026<br>Subject: y<br><br>news</div></div>";
        assert!(cut(html).reply.ends_with("news"));
    }

    #[test]
    fn a_signature_container_is_the_signature() {
        let cut = cut("<div>Yes.</div><div class=gmail_signature>Anna Berg<br>Acme</div>");
        assert_eq!((cut.reply.as_str(), cut.signature.as_deref()), ("Yes.", Some("Anna Berg\nAcme")));
    }

    #[test]
    fn hidden_text_comments_and_scripts_are_not_read() {
        let html = "<head><title>t</title><style>p{}</style></head><body><!-- c --><p>a<span style=\"display:none\">b</span>c\u{200b}d<font style='font-size:0px'>e</font></p><script>x</script><i style='color:#fff'>w</i>";
        assert_eq!(cut(html).reply, "acd");
    }

    #[test]
    fn an_unclosed_head_hides_no_body() {
        assert_eq!(cut("<html><head><meta charset=utf-8><div>seen</div>").reply, "seen");
    }

    #[test]
    fn lines_are_those_a_reader_sees() {
        assert_eq!(
            cut("a<br>b<div>c</div>d<p>e</p>f<ul><li>g<li>h</ul><pre>i\n  j</pre>").reply,
            "a\nb\nc\nd\n\ne\n\nf\n- g\n- h\ni\n  j"
        );
    }

    #[test]
    fn depth_bombs_and_unclosed_floods_are_read_in_linear_time() {
        for bomb in ["<div>", "<blockquote>", "<b><div>", "</div>", "<span><p>", "<", "&", "<td>", "<!--"] {
            let html = bomb.repeat(200_000 / bomb.len());
            let start = std::time::Instant::now();
            let _ = cut(&html);
            assert!(start.elapsed().as_secs() < 10, "{bomb}: {:?}", start.elapsed());
        }
    }

    proptest::proptest! {
        #[test]
        fn no_html_panics(html in "(<[a-z/!]{0,5}( (style|class|id)=['\"]?[a-z:_;0 -]{0,12}['\"]?)?>|&[a-z#0-9]{0,6};?|[ a-zé\\n<>\"'=]){0,60}") {
            let _ = cut(&html);
        }
    }
}
