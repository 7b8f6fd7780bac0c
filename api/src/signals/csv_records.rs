//! The records of a CSV text: where each one ends, whatever its quotes do, and what stands between its fields.

use std::collections::VecDeque;
use std::io;

use csv::{ReaderBuilder, StringRecord, Terminator};

use super::csv_lines::{Line, Lines, MAX_RECORD};
use super::csv_rows::{BadRow, Row};

/// How many bytes of whole records are parsed at once.
const BATCH: usize = 64 * 1024;
/// How many records of the beginning the delimiter is chosen by.
const SNIFFED: usize = 50;

/// What stands between the fields, and whether a first line `sep=;` says so.
pub(super) fn delimiter_of(sample: &[u8]) -> (bool, u8) {
    let first_line = sample.split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter @ (b',' | b';' | b'|')] = first_line {
        return (true, *delimiter);
    }
    // `sep=` and a tab loses the tab to trimming.
    if first_line.eq_ignore_ascii_case(b"sep=") {
        return (true, b'\t');
    }
    // Of equals the one that is seldom part of a text wins.
    let mut best = (0, b',');
    for delimiter in [b'\t', b';', b'|', b','] {
        let mut counts = field_counts(sample, delimiter).into_iter();
        let header = counts.next().unwrap_or(1);
        let (mut rows, mut alike) = (1, 1);
        for count in counts {
            rows += 1;
            alike += usize::from(count == header);
        }
        let score = (header - 1) * 1_000 * alike / rows;
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    (false, best.1)
}

/// How many fields each of the first records has with this delimiter; the last, which may be cut off, only when it is the only one.
fn field_counts(sample: &[u8], delimiter: u8) -> Vec<usize> {
    let mut counts = Vec::new();
    let mut state = State::Start;
    let (mut fields, mut blank) = (1, true);
    for &b in sample {
        state = state.after(b, delimiter);
        if state == State::End {
            if !blank {
                counts.push(fields);
            }
            if counts.len() == SNIFFED {
                return counts;
            }
            (state, fields, blank) = (State::Start, 1, true);
            continue;
        }
        fields += usize::from(state == State::Start && b == delimiter);
        blank &= b.is_ascii_whitespace();
    }
    if counts.is_empty() && !blank {
        counts.push(fields);
    }
    counts
}

/// Where in a record the scanner is. The same rules as the csv crate's: a quote opens only at a field's beginning, `""` inside is a quote, and what
/// follows a closing quote belongs to the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Bare,
    Quoted,
    QuoteInQuoted,
    End,
}

impl State {
    const fn after(self, b: u8, delimiter: u8) -> Self {
        match (self, b) {
            (Self::Start, b'"') | (Self::QuoteInQuoted, b'"') => Self::Quoted,
            (Self::Quoted, b'"') => Self::QuoteInQuoted,
            (Self::Quoted, _) => Self::Quoted,
            (_, b'\n') => Self::End,
            (_, b) if b == delimiter => Self::Start,
            _ => Self::Bare,
        }
    }
}

/// What a line does to the record that it belongs to.
struct Scan {
    /// Where the scanner is at its end.
    state: State,
    /// Whether the last quote on it that opened a field was opened here.
    opened: bool,
    /// Whether a quote that an earlier line opened is closed here with text right behind it: then it was never meant to be open, and this
    /// is the opening quote of another field.
    stray: bool,
}

fn scan(mut state: State, line: &str, delimiter: u8) -> Scan {
    let (mut opened, mut stray) = (false, false);
    for &b in line.as_bytes() {
        opened |= state == State::Start && b == b'"';
        let after = state.after(b, delimiter);
        stray |= !opened && state == State::QuoteInQuoted && after == State::Bare && !b.is_ascii_whitespace();
        state = after;
    }
    Scan { state, opened, stray }
}

/// A line that has to be read again; without its text it was too long.
struct Kept {
    number: u64,
    text: Option<String>,
}

/// The records of a file: whole ones are collected and parsed by the batch.
pub(super) struct Records {
    pub(super) lines: Lines,
    pub(super) delimiter: u8,
    line: String,
    /// Lines to read again, before the file's next.
    again: VecDeque<Kept>,
    /// An error that comes behind the lines to read again.
    pending: Option<io::Error>,
    batch: Vec<u8>,
    /// The line on which each record of the batch begins.
    begins: Vec<u64>,
    ready: VecDeque<Result<Row, BadRow>>,
    /// What comes behind the batch.
    bad: Option<BadRow>,
    /// Why the file could not be read to its end.
    pub(super) failure: Option<io::Error>,
    ended: bool,
}

impl Records {
    pub(super) fn new(lines: Lines, delimiter: u8) -> Self {
        Self {
            lines,
            delimiter,
            line: String::new(),
            again: VecDeque::new(),
            pending: None,
            batch: Vec::with_capacity(BATCH * 2),
            begins: Vec::new(),
            ready: VecDeque::new(),
            bad: None,
            failure: None,
            ended: false,
        }
    }

    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        self.lines.next(&mut self.line).map(|_| ())
    }

    pub(super) fn next(&mut self) -> Option<Result<Row, BadRow>> {
        while self.ready.is_empty() && !self.ended {
            self.fill();
        }
        self.ready.pop_front()
    }

    /// Collects whole records until the batch is full, something is wrong or the file ends, and parses them.
    fn fill(&mut self) {
        while self.batch.len() < BATCH && self.bad.is_none() && !self.ended {
            match self.next_line() {
                Ok((_, Line::End)) => self.ended = true,
                Ok((number, Line::TooLong)) => self.bad = Some(too_long(number)),
                Ok((number, Line::Read)) => self.take_record(number),
                Err(error) => {
                    let reason = format!("The file cannot be read from here on: {error}.");
                    self.bad = Some(BadRow { line: self.lines.number + 1, reason });
                    self.failure = Some(error);
                    self.ended = true;
                }
            }
        }
        self.parse();
        self.ready.extend(self.bad.take().map(Err));
    }

    /// Puts the next line into `self.line` and answers its number.
    fn next_line(&mut self) -> io::Result<(u64, Line)> {
        match self.again.pop_front() {
            Some(Kept { number, text: Some(text) }) => {
                self.line = text;
                return Ok((number, Line::Read));
            }
            Some(Kept { number, text: None }) => return Ok((number, Line::TooLong)),
            None => {}
        }
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let line = self.lines.next(&mut self.line)?;
        Ok((self.lines.number, line))
    }

    /// Takes the record that begins with the line in `self.line`, with as many lines as its quotes span. When a quote is never closed only the
    /// lines up to it are lost, with a reason; those behind it are read again as rows of their own. They open no quote themselves, or they
    /// would have closed this one, so no line is read more than twice.
    fn take_record(&mut self, first: u64) {
        if self.line.trim().is_empty() {
            return;
        }
        let begin = self.batch.len();
        self.batch.extend_from_slice(self.line.as_bytes());
        if self.line.contains('"')
            && scan(State::Start, &self.line, self.delimiter).state == State::Quoted
            && let Err(reason) = self.take_lines(first, begin)
        {
            self.bad = Some(BadRow { line: first, reason });
            self.batch.truncate(begin);
            return;
        }
        if self.batch[begin..].contains(&0) {
            let reason = "The row has NUL bytes in it: the file is damaged here, or is no text.".to_owned();
            self.bad = Some(BadRow { line: first, reason });
            self.batch.truncate(begin);
            return;
        }
        if self.batch.ends_with(b"\r") {
            self.batch.pop();
        }
        self.batch.push(b'\n');
        self.begins.push(first);
    }

    /// Takes the lines behind a record's first one that a quote left open, until it is closed; or says why it is not.
    fn take_lines(&mut self, first: u64, begin: usize) -> Result<(), String> {
        let mut state = State::Quoted;
        let mut opened_on = first;
        let mut later: Vec<Kept> = Vec::new();
        let why = loop {
            if self.batch.len() - begin > MAX_RECORD {
                break "not closed within a megabyte".to_owned();
            }
            match self.next_line() {
                Ok((number, Line::Read)) => {
                    let scan = scan(state, &self.line, self.delimiter);
                    self.batch.push(b'\n');
                    self.batch.extend_from_slice(self.line.as_bytes());
                    later.push(Kept { number, text: Some(std::mem::take(&mut self.line)) });
                    if scan.stray {
                        break format!("not closed before the next one, on line {number}");
                    }
                    if scan.state != State::Quoted {
                        return Ok(());
                    }
                    state = scan.state;
                    opened_on = if scan.opened { number } else { opened_on };
                }
                Ok((number, Line::TooLong)) => {
                    later.push(Kept { number, text: None });
                    break "not closed within a megabyte".to_owned();
                }
                Ok((_, Line::End)) => break "not closed in the rest of the file".to_owned(),
                Err(error) => {
                    self.pending = Some(error);
                    break "not closed in what can be read of the file".to_owned();
                }
            }
        };
        for kept in later.into_iter().rev().filter(|kept| kept.number > opened_on) {
            self.again.push_front(kept);
        }
        let lost =
            if opened_on > first { format!(" Lines {first} to {opened_on} are left out.") } else { String::new() };
        Err(format!("The quote that opens on line {opened_on} is {why}.{lost}"))
    }

    /// Parses the batch; rows whose cells are all empty are passed over like blank lines.
    fn parse(&mut self) {
        if self.begins.is_empty() {
            return;
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(self.batch.len())
            .from_reader(self.batch.as_slice());
        let mut record = StringRecord::new();
        for &line in &self.begins {
            match reader.read_record(&mut record) {
                Ok(true) if record.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(true) => self.ready.push_back(Ok(Row { line, fields: record.iter().map(str::to_owned).collect() })),
                Ok(false) => break,
                Err(error) => {
                    self.ready.push_back(Err(BadRow { line, reason: format!("The row cannot be read: {error}.") }))
                }
            }
        }
        self.batch.clear();
        self.begins.clear();
    }
}

fn too_long(line: u64) -> BadRow {
    BadRow { line, reason: "The line is longer than a megabyte.".to_owned() }
}
