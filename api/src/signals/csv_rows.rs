//! CSV files as they are in the world, one row at a time: any encoding, any delimiter, and each bad row with its line and reason.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use caseyos_shared::capture::email::EmailAddress;
use caseyos_shared::capture::fields::unique_names;

pub use super::csv_lines::Encoding;
use super::csv_lines::Lines;
use super::csv_records::{Records, delimiter_of};

/// A row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// One cell for each header; the missing ones of a short row are empty.
    pub fields: Vec<String>,
}

/// A row that could not be read. The rows after it can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadRow {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// What is wrong with it: a sentence.
    pub reason: String,
}

/// Why a file is no table of rows.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// It could not be read.
    #[error("The file cannot be read: {0}.")]
    Io(#[from] io::Error),
    /// Nothing in it.
    #[error("The file is empty: the first line should name the columns.")]
    Empty,
    /// Column names and nothing else.
    #[error("The file has column names but no rows below them.")]
    NoRows,
    /// The header itself cannot be read.
    #[error("The line of column names (line {line}) cannot be read: {reason}")]
    Header {
        /// Its line.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The first line is somebody's data.
    #[error(
        "The first line has the e-mail address \"{0}\" where a column name should be: add a first line that names the columns."
    )]
    NoHeader(String),
    /// A workbook or an archive.
    #[error("This is {0}, not a CSV file: save it as CSV (UTF-8) and try again.")]
    NotCsv(&'static str),
}

/// A CSV file being read. As an iterator it gives the rows in the file's order; after a read error it gives that error once and ends.
pub struct CsvRows {
    records: Records,
    headers: Vec<String>,
    /// The first row, which was read to know that there is one.
    first: Option<Result<Row, BadRow>>,
}

impl CsvRows {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read or holds no rows under a header.
    pub fn open(path: &Path) -> Result<Self, BadFile> {
        Self::new(File::open(path)?)
    }

    /// Reads from anything that gives bytes.
    ///
    /// # Errors
    /// As [`CsvRows::open`].
    pub fn new(reader: impl Read + Send + 'static) -> Result<Self, BadFile> {
        let (lines, sample) = Lines::new(reader)?;
        if sample.starts_with(b"PK\x03\x04") {
            return Err(BadFile::NotCsv("an Excel workbook or another archive"));
        }
        if sample.starts_with(b"%PDF-") {
            return Err(BadFile::NotCsv("a PDF"));
        }
        if lines.encoding == Encoding::Windows1252 && sample.starts_with("ÐÏ\u{11}à".as_bytes()) {
            return Err(BadFile::NotCsv("an old Excel workbook"));
        }
        let (declared, delimiter) = delimiter_of(&sample);
        let mut records = Records::new(lines, delimiter);
        if declared {
            records.skip_line()?;
        }
        let header = match records.next() {
            None => return Err(records.failure.take().map_or(BadFile::Empty, BadFile::Io)),
            Some(Err(bad)) => {
                return Err(records
                    .failure
                    .take()
                    .map_or(BadFile::Header { line: bad.line, reason: bad.reason }, BadFile::Io));
            }
            Some(Ok(header)) => header,
        };
        if let Some(address) = header.fields.iter().find(|name| name.parse::<EmailAddress>().is_ok()) {
            return Err(BadFile::NoHeader(address.trim().to_owned()));
        }
        let mut rows = Self { records, headers: unique_names(&header.fields), first: None };
        rows.first = rows.next();
        if rows.first.is_none() {
            return Err(BadFile::NoRows);
        }
        Ok(rows)
    }

    /// The column names: none empty, no two alike.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// How the file is encoded.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.records.lines.encoding
    }

    /// What stands between its fields.
    #[must_use]
    pub const fn delimiter(&self) -> char {
        self.records.delimiter as char
    }

    /// How many lines of a UTF-8 file were not UTF-8 and have been read as Windows-1252, so far: worth telling whoever imports it.
    #[must_use]
    pub const fn fallback_lines(&self) -> u64 {
        self.records.lines.fallbacks
    }

    /// How many lines have been read so far, some of them ahead of the rows given.
    #[must_use]
    pub const fn lines_read(&self) -> u64 {
        self.records.lines.number
    }

    fn fit(&self, mut row: Row) -> Result<Row, BadRow> {
        let wanted = self.headers.len();
        if row.fields.len() > wanted {
            let surplus = row.fields.split_off(wanted);
            if surplus.iter().any(|cell| !cell.trim().is_empty()) {
                let reason = format!("The row has {} fields and the header only {wanted}.", wanted + surplus.len());
                return Err(BadRow { line: row.line, reason });
            }
        }
        row.fields.resize(wanted, String::new());
        Ok(row)
    }
}

impl Iterator for CsvRows {
    type Item = Result<Row, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        match self.records.next()? {
            Ok(row) => Some(self.fit(row)),
            Err(bad) => Some(Err(bad)),
        }
    }
}

#[cfg(test)]
#[path = "csv_rows_tests.rs"]
mod tests;
