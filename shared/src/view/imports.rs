//! Imports: what was taken, what could not be, and what each column of a new file means.

use crate::capture::fields::Field;
use crate::model::{ImportId, Verdict};
use crate::view::card::Chip;
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
    /// Whether it ended before its time.
    pub failed: bool,
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
    if counts.seen == 0 {
        return "Nothing read".to_owned();
    }
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

/// The list, with the forms that start one.
#[derive(Debug, Clone, Default)]
pub struct ImportList {
    /// The imports, newest first.
    pub rows: Vec<ImportRow>,
    /// Where the next page is.
    pub next: Option<String>,
    /// Whether the reader may import.
    pub may_write: bool,
    /// What is wrong with what was sent, by field.
    pub errors: Vec<(String, String)>,
    /// The addresses that were typed, where the form is shown again.
    pub me: String,
}

/// What became of one line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line, or the number of the message.
    pub line: i64,
    /// What became of it.
    pub verdict: Chip,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// The signal's address, where it became one.
    pub signal: Option<String>,
    /// Who it is about, with the contact's address on the site.
    pub who: Option<(String, String)>,
    /// The moves it led to, by address.
    pub moves: Vec<String>,
}

/// What became of several lines, for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What became of them.
    pub verdict: Chip,
    /// Why.
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// One import's page.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// The line of the list, again.
    pub row: ImportRow,
    /// What one of its lines is called: "Row" or "Message".
    pub noun: &'static str,
    /// Why it did not come to its end, if it did not.
    pub failed: Option<String>,
    /// What was noticed on the way.
    pub notes: Vec<String>,
    /// How many could not be read.
    pub bad: i64,
    /// What became of most lines.
    pub reasons: Vec<Reason>,
    /// The word of the verdict that is looked at; empty for all.
    pub verdict: String,
    /// The lines of this page, in the file's order.
    pub lines: Vec<Line>,
    /// Where the next page is.
    pub next: Option<String>,
    /// Whether more will happen by itself.
    pub under_way: bool,
}

/// The verdicts that a ledger's lines are filtered by: word and name.
pub const VERDICTS: [(&str, &str); 8] = [
    ("", "All"),
    ("moved", words::verdict(Verdict::Moved)),
    ("merged", words::verdict(Verdict::Merged)),
    ("no_move", words::verdict(Verdict::NoMove)),
    ("waiting", words::verdict(Verdict::Waiting)),
    ("failed", words::verdict(Verdict::Failed)),
    ("known", "Repeats a line"),
    ("bad", "Not taken"),
];

/// The badge of a line's verdict, by its word.
#[must_use]
pub fn chip(word: &str) -> Chip {
    let name = VERDICTS.iter().find(|(known, _)| *known == word).map_or(word, |(_, name)| name);
    let tone = match word {
        "moved" | "merged" => "good",
        "bad" | "failed" => "bad",
        _ => "",
    };
    Chip::toned(name, tone)
}

/// A column of a file that is about to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub header: String,
    /// Some of its values.
    pub samples: Vec<String>,
    /// The word of the field it was taken for; empty keeps it as an attribute.
    pub field: String,
}

/// What a file would become, before it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingPreview {
    /// The file's name.
    pub file: String,
    /// Under which token the server holds the file.
    pub upload: String,
    /// How many rows it has, by what would become of them.
    pub rows: String,
    /// Its columns, or the first of them.
    pub columns: Vec<Column>,
    /// How many columns there are beyond those.
    pub more_columns: i64,
    /// The header of the column that says what came of each lead; empty when none does.
    pub outcome: String,
    /// Why no row of it can be taken, if so.
    pub missing: Option<String>,
    /// The first rows that cannot be taken.
    pub problems: Vec<Bad>,
    /// How many more there are.
    pub more_problems: i64,
    /// What is wrong with what was chosen, by field.
    pub errors: Vec<(String, String)>,
}

/// How many rows a file has, by what would become of them.
#[must_use]
pub fn outlook(counts: Counts) -> String {
    let mut parts = vec![format!("{} good", words::number(counts.added))];
    if counts.known > 0 {
        parts.push(format!("{} repeated", words::number(counts.known)));
    }
    if counts.bad > 0 {
        parts.push(format!("{} cannot be taken", words::number(counts.bad)));
    }
    format!("{}: {}", words::count(counts.seen, "row", "rows"), parts.join(", "))
}

/// What a field is called where somebody chooses it.
#[must_use]
pub const fn field_name(field: Field) -> &'static str {
    match field {
        Field::Email => "E-mail address",
        Field::Name => "Whole name",
        Field::FirstName => "First name",
        Field::LastName => "Last name",
        Field::Company => "Company",
        Field::Website => "Company’s website",
        Field::Title => "Job title",
        Field::Phone => "Telephone",
        Field::City => "City",
        Field::Country => "Country",
        Field::LinkedinUrl => "LinkedIn profile",
        Field::Source => "Where the lead came from",
        Field::DoNotEmail => "Do not e-mail",
        Field::DoNotCall => "Do not call",
        Field::Amount => "Deal’s amount",
        Field::Currency => "Currency",
        Field::CloseDate => "Expected close",
        Field::Stage => "Deal’s stage",
        Field::OwnerEmail => "Owner’s e-mail address",
        Field::Notes => "Notes or message",
        Field::TimeZone => "Time zone",
        Field::OccurredAt => "When it came in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_says_what_was_kept_and_leaves_out_what_did_not_happen() {
        let of = |seen, added, known, bad| result(Counts { seen, added, known, bad }, ("row", "rows"));
        assert_eq!(of(2_000, 1_990, 4, 6), "2,000 rows: 1,990 new, 4 known already, 6 could not be read");
        assert_eq!(of(1, 1, 0, 0), "1 row: 1 new");
        assert_eq!(of(0, 0, 0, 0), "Nothing read");
    }

    #[test]
    fn the_outlook_counts_what_would_become_of_the_rows() {
        assert_eq!(
            outlook(Counts { seen: 9, added: 6, known: 1, bad: 2 }),
            "9 rows: 6 good, 1 repeated, 2 cannot be taken"
        );
    }

    #[test]
    fn every_field_and_verdict_has_a_name_of_its_own() {
        let names: std::collections::HashSet<_> = Field::ALL.iter().map(|field| field_name(*field)).collect();
        assert_eq!(names.len(), Field::ALL.len());
        for verdict in Verdict::ALL {
            assert!(VERDICTS.iter().any(|(word, _)| *word == verdict.as_str()), "{verdict}");
        }
        assert_eq!(chip("bad"), Chip::toned("Not taken", "bad"));
    }
}
