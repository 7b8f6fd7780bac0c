//! Imports: what was taken, what could not be, and what each column of a new file means.

use crate::model::ImportId;
use crate::view::time::When;
use crate::view::words;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its id.
    pub id: ImportId,
    /// The file's name.
    pub file: String,
    /// "Leads" or "Mail".
    pub kind: String,
    /// What came of it: "2,000 rows: 1,990 new, 4 known already, 6 could not be read".
    pub result: String,
    /// Whether it is still running.
    pub running: bool,
    /// Whether something could not be read.
    pub bad: bool,
    /// When it began.
    pub when: When,
}

/// The counts of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows or messages that were looked at.
    pub seen: i64,
    /// New ones.
    pub added: i64,
    /// Ones that were here already.
    pub known: i64,
    /// Ones that could not be read.
    pub bad: i64,
}

/// The counts in words.
#[must_use]
pub fn result(counts: Counts, noun: (&str, &str)) -> String {
    let mut parts = vec![format!("{} new", words::number(counts.added))];
    if counts.known > 0 {
        parts.push(format!("{} known already", words::number(counts.known)));
    }
    if counts.bad > 0 {
        parts.push(format!("{} could not be read", words::number(counts.bad)));
    }
    format!("{}: {}", words::count(counts.seen, noun.0, noun.1), parts.join(", "))
}

/// A row or message that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// Its line or number in the file.
    pub line: i64,
    /// Why.
    pub reason: String,
}

/// The list, with the form that starts one.
#[derive(Debug, Clone, Default)]
pub struct ImportList {
    /// The imports, newest first.
    pub rows: Vec<ImportRow>,
    /// Whether the reader may import.
    pub may_write: bool,
}

/// One import's page.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// The line of the list, again.
    pub row: ImportRow,
    /// What was noticed on the way.
    pub notes: Vec<String>,
    /// What could not be read, in the file's order.
    pub problems: Vec<Bad>,
    /// How many more there are.
    pub more_problems: i64,
}

/// A column of a file that is about to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub header: String,
    /// Some of its values.
    pub samples: Vec<String>,
    /// The field it was taken for; empty keeps it as an attribute.
    pub field: String,
}

/// What a file would become, before it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingPreview {
    /// The file's name.
    pub file: String,
    /// Under which token the server holds the file.
    pub upload: String,
    /// How many rows it has, as far as was looked.
    pub rows: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The fields there are: word and name.
    pub fields: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_says_what_was_kept_and_leaves_out_what_did_not_happen() {
        let of = |seen, added, known, bad| result(Counts { seen, added, known, bad }, ("row", "rows"));
        assert_eq!(of(2_000, 1_990, 4, 6), "2,000 rows: 1,990 new, 4 known already, 6 could not be read");
        assert_eq!(of(1, 1, 0, 0), "1 row: 1 new");
    }
}
