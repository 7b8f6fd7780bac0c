//! The text of a mail becomes what its sender wrote, what they quoted and their signature.

mod attribution;
mod card_words;
mod header_block;
mod header_words;
mod signature;
mod tagline;
mod words;

/// A mail's text in its three parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// What the sender wrote, closing formula and device line included, without empty lines around it.
    pub reply: String,
    /// What they quoted or forwarded, with its attribution; none when nothing was.
    pub quoted: Option<String>,
    /// The signature block, with its delimiter; none when there is none.
    pub signature: Option<String>,
}

impl Reply {
    /// The reply without the line that a device adds ("Sent from my iPhone"): for showing, not for keeping.
    #[must_use]
    pub fn without_tagline(&self) -> &str {
        tagline::strip(&self.reply)
    }
}

/// Whether a line is a formula that closes a mail ("Best regards", "Viele Grüße"); if so, whether it says more than that, such as
/// a name ("Thanks, Alex").
#[must_use]
pub fn closing(line: &str) -> Option<bool> {
    signature::closing(line.trim())
}

/// To whom a line belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The sender's own words.
    Reply,
    /// Somebody's words, quoted or forwarded.
    Quoted,
    /// The sender's signature block.
    Signature,
}

/// What is known of a line before its words are read. Plain text knows nothing; HTML has containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// Nothing.
    #[default]
    Plain,
    /// In a container that a mail client made for quotes.
    Quoted,
    /// From here on everything is quoted: Outlook opens a quote and never closes it.
    QuotedFromHere,
    /// In a `blockquote` that says no more: a quote if it is the last one, or if an attribution stands above it.
    MaybeQuoted,
    /// In a `blockquote` that people make by hand too: a quote only if an attribution stands above it.
    Indented,
    /// In a container that a mail client made for signatures.
    Signature,
    /// A ruled line across the page.
    Rule,
}

/// A line and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its text; a line break at its end is ignored.
    pub text: &'a str,
    /// What its container says.
    pub mark: Mark,
}

/// Cuts a plain text (§9: a closing formula is part of the reply, a signature block after it is not; a header block
/// with nothing above it is the mail's own). Takes time linear in the text.
#[must_use]
pub fn cut(text: &str) -> Reply {
    let (lines, parts) = divide(text);
    join(&lines, &parts)
}

/// Cuts lines of which something is known already, such as those of an HTML body.
#[must_use]
pub fn cut_lines(lines: &[Line<'_>]) -> Reply {
    let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
    let mut marks: Vec<Mark> = lines.iter().map(|line| line.mark).collect();
    settle(&texts, &mut marks);
    join(&texts, &assign(&texts, &marks))
}

/// The pieces of a text in order, each with its part: put together again they are the text, byte for byte.
#[must_use]
pub fn parts(text: &str) -> Vec<(Part, &str)> {
    let (lines, parts) = divide(text);
    parts.into_iter().zip(lines).collect()
}

fn divide(text: &str) -> (Vec<&str>, Vec<Part>) {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    split_shared_lines(&mut lines);
    let marks = vec![Mark::Plain; lines.len()];
    let parts = assign(&lines, &marks);
    (lines, parts)
}

/// "Sounds good On Tue, Anna wrote:" is two lines for us.
fn split_shared_lines(lines: &mut Vec<&str>) {
    let mut splits = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.len() > 12
            && line.contains("On ")
            && !is_quote(line)
            && let Some(cut) = attribution::begins_inside(line, lines.get(at + 1..).unwrap_or(&[]))
        {
            splits.push((at, cut));
        }
    }
    if splits.is_empty() {
        return;
    }
    let mut whole = Vec::with_capacity(lines.len() + splits.len());
    let mut pending = splits.into_iter().peekable();
    for (at, line) in lines.iter().enumerate() {
        match pending.next_if(|(index, _)| *index == at) {
            Some((_, cut)) => {
                let (reply, rest) = line.split_at(cut);
                whole.push(reply);
                whole.push(rest);
            }
            None => whole.push(line),
        }
    }
    *lines = whole;
}

/// Decides what the unsure marks of HTML mean.
fn settle(lines: &[&str], marks: &mut [Mark]) {
    // A mail that begins with a forwarded message, or is nothing but a hand-made quote, is that message.
    if let Some(first) = lines.iter().position(|line| !is_blank(line)) {
        let rest = lines.get(first..).unwrap_or(&[]);
        let own = header_block::is_divider(lines.get(first).unwrap_or(&"")) || header_block::length(rest) > 0;
        let unsure = matches!(
            marks.get(first),
            Some(Mark::MaybeQuoted | Mark::Indented | Mark::Signature | Mark::QuotedFromHere)
        );
        if own || unsure {
            let opening = marks.get(first).copied();
            for mark in marks.iter_mut().skip(first).take_while(|mark| Some(**mark) == opening) {
                *mark = Mark::Plain;
            }
        }
    }
    let last = marks.iter().rposition(|mark| *mark == Mark::MaybeQuoted);
    let mut at = 0;
    while at < marks.len() {
        let Some(mark @ (Mark::MaybeQuoted | Mark::Indented)) = marks.get(at).copied() else {
            at += 1;
            continue;
        };
        let end = (at..marks.len()).find(|&index| marks.get(index) != Some(&mark)).unwrap_or(marks.len());
        let is_last = mark == Mark::MaybeQuoted && last.is_some_and(|last| (at..end).contains(&last));
        let settled = if is_last || announced(lines, at) || opens_with_announcement(lines, at, end) {
            Mark::Quoted
        } else {
            Mark::Plain
        };
        for mark in marks.iter_mut().take(end).skip(at) {
            *mark = settled;
        }
        at = end;
    }
}

/// Whether the last words before line `at` say whose words follow.
fn announced(lines: &[&str], at: usize) -> bool {
    let above: Vec<usize> =
        (0..at).rev().take(16).filter(|&index| lines.get(index).is_some_and(|line| !is_blank(line))).take(3).collect();
    above.iter().any(|&start| attribution::length(lines.get(start..at).unwrap_or(&[]), |_| false) > 0)
        || above.first().is_some_and(|&start| header_block::is_divider(lines.get(start).unwrap_or(&"")))
}

fn opens_with_announcement(lines: &[&str], at: usize, end: usize) -> bool {
    (at..end).find(|&index| lines.get(index).is_some_and(|line| !is_blank(line))).is_some_and(|start| {
        let inside = lines.get(start..end).unwrap_or(&[]);
        attribution::length(inside, |_| false) > 0
            || header_block::length(inside) > 0
            || header_block::is_divider(lines.get(start).unwrap_or(&""))
    })
}

/// Gives every line its part.
fn assign(lines: &[&str], marks: &[Mark]) -> Vec<Part> {
    let mut parts = vec![Part::Reply; lines.len()];
    let quote = |at: usize| {
        marks.get(at) == Some(&Mark::Quoted)
            || (marks.get(at) == Some(&Mark::Plain) && lines.get(at).is_some_and(|line| is_quote(line)))
    };
    let closings = attribution::distances(lines);
    let mut spoken = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let blank = is_blank(line);
        if quote(at) {
            if let Some(part) = parts.get_mut(at) {
                *part = Part::Quoted;
            }
            at += 1;
            continue;
        }
        if blank && marks.get(at) != Some(&Mark::Rule) {
            if at > 0 && parts.get(at - 1) == Some(&Part::Quoted) {
                parts[at] = Part::Quoted;
            }
            at += 1;
            continue;
        }
        if spoken && marks.get(at) == Some(&Mark::QuotedFromHere) {
            fill(&mut parts, at, lines.len());
            break;
        }
        let rest = lines.get(at..).unwrap_or(&[]);
        let near = closings.get(at).is_some_and(|distance| attribution::is_near(*distance));
        let attributed = if near && marks.get(at) != Some(&Mark::Signature) {
            attribution::length(rest, |index| quote(at + index))
        } else {
            0
        };
        if attributed > 0 {
            let end = at + attributed;
            fill(&mut parts, at, end);
            at = end;
            match (at..lines.len()).find(|&index| lines.get(index).is_some_and(|line| !is_blank(line))) {
                Some(next) if quote(next) => {}
                Some(next) if is_odd_quote(lines.get(next).unwrap_or(&"")) => at = odd_quotes(lines, &mut parts, next),
                Some(_) if spoken => {
                    fill(&mut parts, at, lines.len());
                    break;
                }
                _ => {}
            }
            continue;
        }
        if let Some(block) = announcement(lines, marks, at) {
            if spoken && !followed_by_quotes(lines, at + block, &quote) {
                fill(&mut parts, at, lines.len());
                break;
            }
            if spoken {
                fill(&mut parts, at, at + block);
            }
            at += block;
            continue;
        }
        if spoken && ends_the_mail(lines, at) {
            fill(&mut parts, at + 1, lines.len());
            break;
        }
        spoken |= !blank && (is_prose(line) || !signature::is_rule(line.trim()));
        at += 1;
    }
    join_torn_quotes(lines, &mut parts, &quote);
    sign(lines, marks, &mut parts);
    parts
}

/// A device line between empty lines with more text below: some phones quote without saying so.
fn ends_the_mail(lines: &[&str], at: usize) -> bool {
    let empty = |at: usize| lines.get(at).is_none_or(|line| is_blank(line));
    if at == 0
        || lines.get(at).is_none_or(|line| line.len() < 8)
        || !empty(at - 1)
        || !empty(at + 1)
        || !lines.get(at).is_some_and(|line| tagline::is(line))
    {
        return false;
    }
    (at + 1..lines.len().min(at + 8)).find(|&index| !empty(index)).and_then(|index| lines.get(index)).is_some_and(
        |next| {
            !tagline::is(next)
                && !is_quote(next)
                && !signature::is_rule(next.trim())
                && !signature::is_small_print(next)
        },
    )
}

fn fill(parts: &mut [Part], from: usize, to: usize) {
    for part in parts.iter_mut().take(to).skip(from) {
        *part = Part::Quoted;
    }
}

/// How many lines from `at` on announce another mail: a ruled line, a divider, a header block, in this order.
fn announcement(lines: &[&str], marks: &[Mark], at: usize) -> Option<usize> {
    let line = lines.get(at)?;
    if is_prose(line) && line.is_ascii() && !line.contains(':') {
        return None;
    }
    let block = |at: usize| -> usize {
        let rest = lines.get(at..).unwrap_or(&[]);
        if header_block::is_divider(lines.get(at).unwrap_or(&"")) {
            let next =
                (at + 1..lines.len().min(at + 4)).find(|&index| lines.get(index).is_some_and(|line| !is_blank(line)));
            let headers = next.map_or(0, |next| match header_block::length(lines.get(next..).unwrap_or(&[])) {
                0 => 0,
                length => next - at + length,
            });
            return headers.max(1);
        }
        header_block::length(rest)
    };
    if marks.get(at) == Some(&Mark::Rule) || (!is_prose(line) && signature::is_rule(line.trim())) {
        let next = (at + 1..lines.len().min(at + 5)).find(|&index| {
            lines.get(index).is_some_and(|line| !is_blank(line)) || marks.get(index) == Some(&Mark::Rule)
        })?;
        let length = block(next);
        return (length > 0).then_some(next - at + length);
    }
    let length = block(at);
    (length > 0).then_some(length)
}

fn followed_by_quotes(lines: &[&str], from: usize, quote: &impl Fn(usize) -> bool) -> bool {
    (from..lines.len()).find(|&index| lines.get(index).is_some_and(|line| !is_blank(line))).is_some_and(quote)
}

/// Whether nothing is to be seen on the line.
fn is_blank(line: &str) -> bool {
    match line.trim_ascii_start().as_bytes().first() {
        None => true,
        Some(byte) => !byte.is_ascii() && line.trim().is_empty(),
    }
}

/// Cheap look at the first byte: a line that begins with an ASCII letter or digit draws no rule and opens no divider.
fn is_prose(line: &str) -> bool {
    line.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
}

/// "> quoted", but not ">>> look here <<<".
fn is_quote(line: &str) -> bool {
    if is_prose(line) {
        return false;
    }
    let line = line.trim_start();
    line.starts_with('>') && !(line.starts_with(">>>") && line.trim_end().ends_with("<<"))
}

/// "| quoted" and "AB> quoted": only behind an attribution.
fn is_odd_quote(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('|')
        || line
            .split_once('>')
            .is_some_and(|(who, _)| (1..=12).contains(&who.len()) && who.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn odd_quotes(lines: &[&str], parts: &mut [Part], from: usize) -> usize {
    let end = (from..lines.len())
        .find(|&at| lines.get(at).is_some_and(|line| !is_blank(line) && !is_odd_quote(line)))
        .unwrap_or(lines.len());
    fill(parts, from.saturating_sub(1), end);
    end
}

/// A quoted line that a mail program broke leaves its rest without a mark; it is still quoted.
fn join_torn_quotes(lines: &[&str], parts: &mut [Part], quote: &impl Fn(usize) -> bool) {
    for at in 1..lines.len().saturating_sub(1) {
        if parts.get(at) != Some(&Part::Reply) || !is_quote(lines.get(at - 1).unwrap_or(&"")) || !quote(at + 1) {
            continue;
        }
        let (Some(above), Some(line)) = (lines.get(at - 1), lines.get(at)) else {
            continue;
        };
        let line = line.trim();
        let torn =
            above.trim_end().chars().count() >= 58 && line.chars().count() < 50 && line.starts_with(char::is_lowercase);
        let link = !line.contains(' ') && (line.ends_with(')') || line.ends_with('>')) && !line.is_empty();
        let link = link || (line.starts_with("(http") && line.split_whitespace().count() <= 2);
        if torn || link {
            parts[at] = Part::Quoted;
        }
    }
}

/// Finds the signature in every run of the sender's own lines.
fn sign(lines: &[&str], marks: &[Mark], parts: &mut [Part]) {
    let has_words = |at: usize, parts: &[Part]| {
        parts.get(at) == Some(&Part::Reply)
            && marks.get(at) != Some(&Mark::Signature)
            && lines.get(at).is_some_and(|line| !is_blank(line))
    };
    if !(0..lines.len()).any(|at| has_words(at, parts)) {
        return;
    }
    for (at, mark) in marks.iter().enumerate() {
        if *mark == Mark::Signature && parts.get(at) == Some(&Part::Reply) {
            parts[at] = Part::Signature;
        }
    }
    let mut spoken = false;
    let mut at = 0;
    while at < lines.len() {
        if parts.get(at) != Some(&Part::Reply) {
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|&index| parts.get(index) != Some(&Part::Reply)).unwrap_or(lines.len());
        let run = lines.get(at..end).unwrap_or(&[]);
        let start = at + signature::start(run, spoken);
        for part in parts.iter_mut().take(end).skip(start) {
            *part = Part::Signature;
        }
        spoken |= run.iter().any(|line| !is_blank(line));
        at = end;
    }
}

fn join(lines: &[&str], parts: &[Part]) -> Reply {
    let mut texts = [String::new(), String::new(), String::new()];
    for (line, part) in lines.iter().zip(parts) {
        if let Some(text) = texts.get_mut(*part as usize) {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    // Indentation of the first line is left out with the empty lines: nobody means it.
    let [reply, quoted, signature] = texts.map(|text| text.trim().to_owned());
    let some = |text: String| if text.is_empty() { None } else { Some(text) };
    Reply { reply, quoted: some(quoted), signature: some(signature) }
}

#[cfg(test)]
mod tests;
