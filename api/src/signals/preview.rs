//! What a lead list would become, before anything of it is kept.

use std::path::Path;

use caseyos_shared::capture::fields::Field;
use serde_json::Value;

use super::csv_rows::CsvRows;
use super::leads::{LeadFile, LeadsError, try_out};
use crate::store::imports::{Counts, Problem};

/// Rows that are shown.
const SHOWN: usize = 10;
/// Problems that are named.
const NAMED: usize = 20;
/// Rows among which a column's samples are looked for, and how many and how long they are.
const LOOKED_AT: usize = 50;
const SAMPLES: usize = 3;
const SAMPLE: usize = 60;

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it was taken for; none is an attribute.
    pub field: Option<Field>,
    /// Some of its values.
    pub samples: Vec<String>,
}

/// What a file would become.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Its columns, in its order.
    pub columns: Vec<Column>,
    /// What is missing to tell who the rows are about, if anything.
    pub missing: Option<String>,
    /// The cells of the first rows that can be taken.
    pub rows: Vec<Value>,
    /// The first lines that cannot be taken.
    pub problems: Vec<Problem>,
    /// Its rows by what would become of them; known are those that repeat an earlier one.
    pub counts: Counts,
    /// How the file was read.
    pub notes: Vec<String>,
}

/// Reads the file to its end without keeping anything of it.
///
/// # Errors
/// [`LeadsError`]
pub fn preview(path: &Path, maps: &[String], outcome: Option<&str>) -> Result<Preview, LeadsError> {
    let mut file = LeadFile::open_at(path, maps, outcome)?;
    let samples = samples(path)?;
    let columns = file.mapping().columns().iter().zip(samples);
    let columns =
        columns.map(|(column, samples)| Column { name: column.name.clone(), field: column.field, samples }).collect();
    let (missing, notes) = (file.mapping().missing(), file.notes());
    let mut problems = Vec::new();
    let counts = try_out(&mut file, |problem| {
        if problems.len() < NAMED {
            problems.push(problem.clone());
        }
    });
    let mut again = LeadFile::open_at(path, maps, outcome)?;
    let rows = std::iter::from_fn(|| again.next_lead())
        .filter_map(|(_, lead)| lead.ok())
        .take(SHOWN)
        .map(|lead| lead.cells)
        .collect();
    Ok(Preview { columns, missing, rows, problems, counts, notes })
}

/// Some values of each column: the first that differ.
fn samples(path: &Path) -> Result<Vec<Vec<String>>, LeadsError> {
    let file = CsvRows::open(path)?;
    let mut samples: Vec<Vec<String>> = vec![Vec::new(); file.headers().len()];
    for row in file.take(LOOKED_AT).flatten() {
        for (samples, cell) in samples.iter_mut().zip(&row.fields) {
            let cell = shortened(cell.trim());
            if !cell.is_empty() && samples.len() < SAMPLES && !samples.contains(&cell) {
                samples.push(cell);
            }
        }
    }
    Ok(samples)
}

fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(SAMPLE) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or(cell)),
        None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_show_values_that_differ_also_where_no_row_can_be_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "who,colour\nAnn,red\nBob,red\nCy,\n").unwrap();
        let seen = preview(&path, &[], None).unwrap();
        assert_eq!(seen.columns[0].samples, ["Ann", "Bob", "Cy"]);
        assert_eq!(seen.columns[1].samples, ["red"]);
        assert!(seen.missing.is_some());
        assert_eq!((seen.counts.seen, seen.counts.bad), (3, 3));
        let mapped = preview(&path, &["who=name".to_owned(), "colour=company".to_owned()], None).unwrap();
        assert_eq!((mapped.missing, mapped.counts.added, mapped.rows.len()), (None, 2, 2));
    }
}
