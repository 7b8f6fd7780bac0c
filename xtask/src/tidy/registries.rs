//! A registry is a plain list in alphabetical order between two marks.

use super::tree::{Finding, Tree};

const BEGIN: &str = "// registry:begin";
const END: &str = "// registry:end";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let mut begun: Option<usize> = None;
        let mut last: Option<(usize, &str)> = None;
        for (index, line) in file.text.lines().enumerate() {
            let entry = line.trim();
            let indent = line.len() - line.trim_start().len();
            if entry == BEGIN {
                begun = Some(index + 1);
                last = None;
            } else if entry == END {
                if begun.take().is_none() {
                    findings.push(file.finding(index + 1, format!("`{END}` without `{BEGIN}`")));
                }
            } else if begun.is_some() && entry.starts_with(|c: char| c.is_alphanumeric() || "_\"&".contains(c)) {
                // Deeper lines belong to the entry above them.
                match last {
                    Some((depth, _)) if indent > depth => continue,
                    Some((_, before)) if key(entry) < key(before) => {
                        findings.push(file.finding(index + 1, format!("`{entry}` belongs before `{before}`")));
                    }
                    _ => {}
                }
                last = Some((indent, entry));
            }
        }
        if let Some(line) = begun {
            findings.push(file.finding(line, format!("`{BEGIN}` without `{END}`")));
        }
    }
    findings
}

/// The lines of a text that stand between the marks.
pub(super) fn entries(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().map(str::trim).filter(move |line| {
        inside = (inside || *line == BEGIN) && *line != END;
        inside && *line != BEGIN
    })
}

/// A text with a registry of these lines.
#[cfg(test)]
pub(super) fn of(lines: &str) -> String {
    format!("mod z;\n{BEGIN}\n{lines}{END}\nmod a;\n")
}

/// What an entry is ordered by: its text without `pub`, `mod` and punctuation at its end.
fn key(entry: &str) -> &str {
    let entry = ["pub(crate) ", "pub(super) ", "pub ", "mod "]
        .iter()
        .fold(entry, |entry, word| entry.strip_prefix(word).unwrap_or(entry));
    entry.trim_end_matches([',', ';'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(body: &str) -> Vec<String> {
        check(&Tree::of(&[("a.rs", &of(body))])).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn entries_stand_in_alphabetical_order() {
        assert!(what("    form::SOURCE,\n    form_mail::SOURCE,\n    hook::SOURCE,\n").is_empty());
        assert_eq!(
            what("    hook::SOURCE,\n    form::SOURCE,\n"),
            ["a.rs:4: `form::SOURCE,` belongs before `hook::SOURCE,`"]
        );
    }

    #[test]
    fn only_the_first_line_of_an_entry_counts() {
        assert!(what("a(\n    z,\n    b,\n)\n// comment\nc()\n").is_empty());
    }

    #[test]
    fn only_what_stands_between_the_marks_is_an_entry() {
        assert_eq!(entries(&of("  b,\n  c,\n")).collect::<Vec<_>>(), ["b,", "c,"]);
    }

    #[test]
    fn a_registry_that_is_not_closed_is_found() {
        let findings = check(&Tree::of(&[("a.rs", &format!("{BEGIN}\na\n")), ("b.rs", &format!("{END}\n"))]));
        assert_eq!(findings.len(), 2);
    }
}
