//! A mailbox in mbox form, read as a stream: memory holds one message, however many gigabytes there are.

use std::io::{self, BufRead, Read};

/// A message with more bytes than this is skipped with a reason; its attachments would not be kept anyway.
pub const MAX_MESSAGE: usize = 50 << 20;
/// A line is read in pieces of this size, so that a file without line breaks can't fill the memory.
const PIECE: u64 = 64 << 10;

/// One message as it stands in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where its first byte stands (that of the `From ` line), counted from the beginning of the file.
    pub offset: u64,
    /// The number of its first line, from 1.
    pub line: u64,
    /// How many bytes it takes in the file.
    pub size: u64,
    /// What it is: its bytes without the `From ` line, or why they are missing.
    pub content: Content,
}

/// What an entry of a mailbox holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The message.
    Whole(Vec<u8>),
    /// The message, but the file ends in the middle of it.
    Truncated(Vec<u8>),
    /// It was larger than `MAX_MESSAGE`.
    TooLarge,
}

/// Splits a mailbox into its messages.
///
/// A message begins with a `From ` line that has a time and a year in it, or any `From ` line behind an empty line
/// that names an address; `>From ` in bodies is unescaped (mboxrd). LF and CRLF are both read.
#[derive(Debug)]
pub struct Mbox<R> {
    reader: R,
    /// The message so far.
    buffer: Vec<u8>,
    offset: u64,
    line: u64,
    /// Where the message in `buffer` began; none before the first.
    start: Option<(u64, u64)>,
    limit: usize,
    failed: bool,
}

impl<R: BufRead> Mbox<R> {
    /// Reads from where `reader` stands.
    pub fn new(reader: R) -> Self {
        Self::with_limit(reader, MAX_MESSAGE)
    }

    /// As `new`, with another limit for the size of a message, in bytes.
    pub fn with_limit(reader: R, limit: usize) -> Self {
        Self { reader, buffer: Vec::with_capacity(64 << 10), offset: 0, line: 0, start: None, limit, failed: false }
    }

    /// How many bytes were read so far.
    #[must_use]
    pub const fn bytes_read(&self) -> u64 {
        self.offset
    }

    fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        let mut at_line_start = true;
        let mut blank = self.start.is_none();
        let mut too_large = false;
        loop {
            let from = self.buffer.len();
            let read = (&mut self.reader).take(PIECE).read_until(b'\n', &mut self.buffer)? as u64;
            if read == 0 {
                return Ok(self.finish(too_large));
            }
            let (offset, line) = (self.offset, self.line);
            self.offset += read;
            let piece = self.buffer.get(from..).unwrap_or(&[]);
            let ends = piece.last() == Some(&b'\n');
            self.line += u64::from(ends);
            if at_line_start {
                if piece.first() == Some(&b'F') && is_from_line(piece, blank || self.start.is_none()) {
                    let previous = self.start.replace((offset, line + 1));
                    self.buffer.truncate(from);
                    if let Some((begin, first)) = previous {
                        return Ok(Some(self.take(begin, first, offset, too_large, false)));
                    }
                    self.buffer.clear();
                    blank = false;
                    continue;
                }
                if piece.first() == Some(&b'>') && is_escaped(piece) {
                    self.buffer.remove(from);
                }
                blank = matches!(self.buffer.get(from..), Some(b"\n" | b"\r\n"));
            }
            at_line_start = ends;
            if self.start.is_none() && !blank {
                // Text before the first `From ` line: a mailbox whose first line was lost, or a single message.
                self.start = Some((offset, line + 1));
            } else if self.start.is_none() || too_large {
                self.buffer.clear();
            }
            if self.buffer.len() > self.limit {
                too_large = true;
                self.buffer = Vec::with_capacity(64 << 10);
            }
        }
    }

    fn finish(&mut self, too_large: bool) -> Option<Entry> {
        let (begin, first) = self.start.take()?;
        let end = self.offset;
        let cut = self.buffer.last() != Some(&b'\n') || is_unfinished(&self.buffer);
        Some(self.take(begin, first, end, too_large, cut))
    }

    fn take(&mut self, offset: u64, line: u64, end: u64, too_large: bool, cut: bool) -> Entry {
        let mut bytes = std::mem::take(&mut self.buffer);
        self.buffer.reserve(bytes.len().min(1 << 20));
        // The empty line before the next `From ` line belongs to the format.
        if bytes.ends_with(b"\r\n\r\n") {
            bytes.truncate(bytes.len() - 2);
        } else if bytes.ends_with(b"\n\n") {
            bytes.truncate(bytes.len() - 1);
        }
        let content = match (too_large, cut) {
            (true, _) => Content::TooLarge,
            (false, true) => Content::Truncated(bytes),
            (false, false) => Content::Whole(bytes),
        };
        Entry { offset, line, size: end.saturating_sub(offset), content }
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let entry = self.next_entry().transpose();
        self.failed = matches!(entry, Some(Err(_)));
        entry
    }
}

/// `From ` and a sender and a date: "From anna@x Mon Mar  2 10:00:00 2026", "From 17@xxx Mon Mar 02 10:00:00 +0000 2026".
/// Behind an empty line (`blank`) an address alone will do; "From now on …" never does.
pub(super) fn is_from_line(line: &[u8], blank: bool) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let rest = rest.trim_ascii();
    if rest.len() > 1_000 {
        return false;
    }
    let mut time = false;
    let mut year = false;
    for word in rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
        time |= digits >= 3 && word.contains(&b':') && word.iter().all(|byte| byte.is_ascii_digit() || *byte == b':');
        year |= word.len() == 4 && digits == 4 && matches!(word.first(), Some(b'1' | b'2'));
    }
    (time && year)
        || (blank && !rest.contains(&b' ') && (rest.contains(&b'@') || rest == b"-" || rest == b"MAILER-DAEMON"))
}

/// `>From `, `>>From ` …: mboxrd puts one `>` more before lines that could open a message.
fn is_escaped(line: &[u8]) -> bool {
    let bare = line.iter().position(|byte| *byte != b'>').and_then(|at| line.get(at..)).unwrap_or(&[]);
    bare.starts_with(b"From ")
}

/// Whether a message stops before its headers or its last part do.
pub(super) fn is_unfinished(bytes: &[u8]) -> bool {
    let end = [&b"\n\n"[..], b"\n\r\n"]
        .iter()
        .filter_map(|gap| bytes.windows(gap.len()).position(|window| window == *gap))
        .min();
    let Some(end) = end else { return true };
    let headers = bytes.get(..end).unwrap_or(&[]);
    let headers = String::from_utf8_lossy(headers).replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let Some(content) =
        headers.lines().find(|line| line.get(..13).is_some_and(|name| name.eq_ignore_ascii_case("content-type:")))
    else {
        return false;
    };
    let lower = content.to_ascii_lowercase();
    let Some(at) = lower.find("multipart/").and_then(|_| lower.find("boundary=")) else {
        return false;
    };
    let value = content.get(at + 9..).unwrap_or("").trim_start();
    let boundary = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(""),
        None => value.split([';', ' ', '\t']).next().unwrap_or(""),
    };
    let closing = format!("--{boundary}--");
    !boundary.is_empty()
        && !bytes.get(end..).unwrap_or(&[]).windows(closing.len()).any(|window| window == closing.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<Entry> {
        Mbox::new(text.as_bytes()).map(Result::unwrap).collect()
    }

    fn body(entry: &Entry) -> &str {
        match &entry.content {
            Content::Whole(bytes) | Content::Truncated(bytes) => std::str::from_utf8(bytes).unwrap(),
            Content::TooLarge => "too large",
        }
    }

    const ONE: &str = "From a@x Mon Mar  2 10:00:00 2026\nSubject: 1\n\none\n\n";
    const TWO: &str = "From 17@xxx Mon Mar 02 10:00:00 +0000 2026\nSubject: 2\n\ntwo\n\n";

    #[test]
    fn messages_are_split_with_their_places() {
        let entries = split(&format!("{ONE}{TWO}"));
        assert_eq!(
            entries.iter().map(|entry| (entry.offset, entry.line, entry.size)).collect::<Vec<_>>(),
            [(0, 1, ONE.len() as u64), (ONE.len() as u64, 6, TWO.len() as u64)]
        );
        assert_eq!(entries.iter().map(body).collect::<Vec<_>>(), ["Subject: 1\n\none\n", "Subject: 2\n\ntwo\n"]);
        assert!(entries.iter().all(|entry| matches!(entry.content, Content::Whole(_))));
    }

    #[test]
    fn windows_line_ends_are_read() {
        let entries = split(&format!("{ONE}{TWO}").replace('\n', "\r\n"));
        assert_eq!(entries.len(), 2);
        assert_eq!(body(&entries[0]), "Subject: 1\r\n\r\none\r\n");
    }

    #[test]
    fn from_in_a_body_opens_no_message() {
        let text = ONE.replace("one", "From now on we meet at 10.\n\nFrom Monday on too\n>From here\n>>From there\n");
        let entries = split(&text);
        assert_eq!(entries.len(), 1);
        assert!(body(&entries[0]).contains("\nFrom here\n>From there\n"), "{}", body(&entries[0]));
    }

    #[test]
    fn a_from_line_needs_no_empty_line_before_it() {
        assert_eq!(split(&format!("{}{TWO}", ONE.trim_end_matches('\n').to_owned() + "\n")).len(), 2);
    }

    #[test]
    fn a_file_that_ends_early_says_so() {
        let multipart =
            "From a@x Mon Mar  2 10:00:00 2026\nContent-Type: multipart/mixed;\n boundary=\"q q\"\n\n--q q\n\nhi\n";
        for cut in [&ONE[..ONE.len() - 4], "From a@x Mon Mar  2 10:00:00 2026\nSubject: cut", multipart] {
            assert!(matches!(split(cut)[0].content, Content::Truncated(_)), "{cut}");
        }
        assert!(matches!(split(&format!("{multipart}--q q--\n"))[0].content, Content::Whole(_)));
    }

    #[test]
    fn too_large_a_message_is_skipped_and_the_next_is_read() {
        let large = ONE.replace("one", &"x".repeat(300_000));
        let text = format!("{large}{TWO}");
        let entries: Vec<Entry> = Mbox::with_limit(text.as_bytes(), 100_000).map(Result::unwrap).collect();
        assert_eq!(entries[0].content, Content::TooLarge);
        assert_eq!((body(&entries[1]), entries[1].offset), ("Subject: 2\n\ntwo\n", large.len() as u64));
    }

    #[test]
    fn nothing_is_no_message() {
        assert!(split("").is_empty());
        assert!(split("\n\n").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn sizes_add_up_to_the_file(parts in proptest::collection::vec("(From a@x Mon Mar  2 10:00:00 2026\n|Subject: x\r?\n|\r?\n|>From y\n|[ -~]{0,20}\n?){0,8}", 0..6)) {
            let text = parts.concat();
            let entries = split(&text);
            for pair in entries.windows(2) {
                proptest::prop_assert_eq!(pair[0].offset + pair[0].size, pair[1].offset);
            }
            if let Some(last) = entries.last() {
                proptest::prop_assert_eq!(last.offset + last.size, text.len() as u64);
            }
        }
    }
}
