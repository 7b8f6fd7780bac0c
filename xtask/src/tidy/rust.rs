//! Just enough of Rust's grammar to tell code from literals, comments and test modules.

/// A source text taken apart. Lines count from one.
pub(super) struct Source {
    /// The text with comments and the insides of literals blanked, line for line.
    pub(super) code: String,
    /// The string literals with the lines they start on.
    pub(super) literals: Vec<(usize, String)>,
    /// Per line (from zero), whether it belongs to a `#[cfg(test)]` item.
    tests: Vec<bool>,
}

impl Source {
    pub(super) fn of(text: &str) -> Self {
        let (code, literals) = take_apart(text);
        let tests = test_lines(&code);
        Self { code, literals, tests }
    }

    /// Whether the line is test code.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.tests.get(line.saturating_sub(1)).copied().unwrap_or(false)
    }

    /// The lines of code outside tests, with their numbers.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(|(line, _)| !self.is_test(*line))
    }

    /// The string literals outside tests.
    pub(super) fn strings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.literals.iter().map(|(line, text)| (*line, text.as_str())).filter(|(line, _)| !self.is_test(*line))
    }
}

/// Whether `word` stands in `line` with no part of an identifier directly before it.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_'))
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl Reader<'_> {
    /// Takes `bytes` bytes as code.
    fn keep(&mut self, bytes: usize) {
        let (head, tail) = self.rest.split_at(bytes);
        self.line += head.matches('\n').count();
        self.code.push_str(head);
        self.rest = tail;
    }

    /// Takes `bytes` bytes and leaves only their line ends in the code.
    fn blank(&mut self, bytes: usize) {
        let (head, tail) = self.rest.split_at(bytes);
        for c in head.chars() {
            self.code.push(if c == '\n' { '\n' } else { ' ' });
        }
        self.line += head.matches('\n').count();
        self.rest = tail;
    }

    /// Takes a literal of `open` bytes, then text up to `end`, then `close` bytes.
    fn literal(&mut self, open: usize, end: usize, close: usize) {
        self.literals.push((self.line, self.rest[open..end].to_owned()));
        self.blank((end + close).min(self.rest.len()));
    }
}

fn take_apart(text: &str) -> (String, Vec<(usize, String)>) {
    let mut reader = Reader { rest: text, line: 1, code: String::with_capacity(text.len()), literals: Vec::new() };
    let mut previous = ' ';
    while let Some(c) = reader.rest.chars().next() {
        let rest = reader.rest;
        let in_word = previous.is_alphanumeric() || previous == '_';
        previous = c;
        if rest.starts_with("//") {
            reader.blank(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            reader.blank(block_comment(rest));
        } else if c == '"' {
            reader.literal(1, string_end(rest, 1), 1);
        } else if !in_word && let Some((open, end, close)) = prefixed(rest) {
            reader.literal(open, end, close);
        } else if c == '\'' {
            reader.blank(character(rest));
        } else {
            reader.keep(c.len_utf8());
        }
    }
    (reader.code, reader.literals)
}

/// The length of a block comment, which may hold others.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Where the text of a string literal ends that starts at `from`.
fn string_end(rest: &str, from: usize) -> usize {
    let mut escaped = false;
    for (at, c) in rest[from..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return from + at,
            _ => {}
        }
    }
    rest.len()
}

/// A literal with a prefix (`r"…"`, `br#"…"#`, `b"…"`, `c"…"`): where its text starts and ends, and how long its end is.
fn prefixed(rest: &str) -> Option<(usize, usize, usize)> {
    let letters = rest.bytes().take_while(|byte| b"brc".contains(byte)).take(2).count();
    let raw = rest[..letters].ends_with('r');
    let hashes = if raw { rest[letters..].bytes().take_while(|byte| *byte == b'#').count() } else { 0 };
    let open = letters + hashes + 1;
    if letters == 0 || !rest[letters + hashes..].starts_with('"') {
        return None;
    }
    if !raw {
        return Some((open, string_end(rest, open), 1));
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let end = rest[open..].find(&close).map_or(rest.len(), |at| open + at);
    Some((open, end, close.len()))
}

/// The length of a character literal, or of the quote of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    let Some((_, first)) = chars.next() else {
        return 1;
    };
    if first == '\\' {
        // The escaped character itself may be a quote.
        return chars.skip(1).find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1);
    }
    match chars.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}

/// Per line, whether it belongs to an item behind `#[cfg(test)]`.
fn test_lines(code: &str) -> Vec<bool> {
    const MARK: &str = "#[cfg(test)]";
    let mut lines = vec![false; code.lines().count()];
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        let end = start + MARK.len() + item_length(&code[start + MARK.len()..]);
        let first = code[..start].matches('\n').count();
        let last = code[..end].matches('\n').count();
        for line in lines.iter_mut().take(last + 1).skip(first) {
            *line = true;
        }
        from = end;
    }
    lines
}

/// The length of an item: to the brace that closes it, or to its semicolon.
fn item_length(code: &str) -> usize {
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(text: &str) -> Vec<(usize, String)> {
        Source::of(text).literals
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        let source = Source::of("let a = \"x{\"; // {\n/* { /* { */ } */ let b = '{';\n");
        assert!(!source.code.contains('{') && !source.code.contains('}'), "{}", source.code);
        assert_eq!(source.code.lines().count(), 2);
        assert!(source.code.contains("let b"));
    }

    #[test]
    fn every_kind_of_string_is_found_on_its_line() {
        let text = "a(\"one\\\"\");\nb(r#\"two \" \"#);\nc(b\"three\", br\"four\\\");\n";
        let expected = [(1, "one\\\""), (2, "two \" "), (3, "three"), (3, "four\\")];
        assert_eq!(literals(text), expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn a_lifetime_opens_no_literal_and_an_escaped_quote_closes_none() {
        let source = Source::of("fn f<'a>(x: &'a str) { g('\\'', '\"', 'é', \"s\") }");
        assert_eq!(source.literals, [(1, "s".to_owned())]);
        assert!(source.code.contains("str) { g("), "{}", source.code);
    }

    #[test]
    fn an_identifier_that_ends_in_r_is_no_prefix() {
        assert_eq!(literals("let for_bar = br; f(\"x\")"), [(1, "x".to_owned())]);
    }

    #[test]
    fn test_modules_are_known_to_their_closing_brace() {
        let source = Source::of(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { \"}\"; }\n}\nfn c() {}\n#[cfg(test)]\nuse x;\nfn d() {}\n",
        );
        let lines: Vec<usize> = source.lines().map(|(line, _)| line).collect();
        assert_eq!(lines, [1, 6, 9]);
    }

    #[test]
    fn a_word_is_not_found_inside_another() {
        assert!(has_word("a sqlx::query", "sqlx::"));
        assert!(!has_word("my_sqlx::query", "sqlx::"));
    }
}
