//! Migrations are numbered from one without gaps; two files share a number only as twins for the two engines.

use std::collections::BTreeMap;

use super::tree::{File, Finding, Tree};

const ENGINES: [&str; 2] = ["postgres", "sqlite"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut numbers: BTreeMap<u32, Vec<&File>> = BTreeMap::new();
    for file in tree.files.iter().filter(|file| file.under("migrations") && file.is(&["sql"])) {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse() {
            Ok(number) if name[digits.len()..].starts_with('_') => numbers.entry(number).or_default().push(file),
            _ => findings.push(file.finding(0, "a migration is called NNNN_what_it_does.sql")),
        }
    }
    for ((number, files), expected) in numbers.iter().zip(1..) {
        if *number != expected {
            findings.push(files[0].finding(0, format!("number {expected} is missing before it")));
            break;
        }
    }
    for files in numbers.values().filter(|files| files.len() > 1) {
        let twins =
            files.len() == 2 && ENGINES.iter().all(|engine| files.iter().any(|file| file.path.contains(engine)));
        if !twins {
            findings.push(files[1].finding(0, "its number is taken; twins name their engine, sqlite and postgres"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(names: &[&str]) -> Vec<String> {
        let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, "")).collect();
        check(&Tree::of(&files)).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn numbers_have_no_gap() {
        assert!(what(&["migrations/0001_a.sql", "migrations/0002_b.sql"]).is_empty());
        assert_eq!(
            what(&["migrations/0001_a.sql", "migrations/0003_c.sql"]),
            ["migrations/0003_c.sql: number 2 is missing before it"]
        );
    }

    #[test]
    fn a_number_is_shared_by_the_twins_of_two_engines_only() {
        assert!(what(&["migrations/0001_a.sqlite.sql", "migrations/0001_a.postgres.sql"]).is_empty());
        assert_eq!(what(&["migrations/0001_a.sql", "migrations/0001_b.sql"]).len(), 1);
    }

    #[test]
    fn a_name_begins_with_its_number() {
        assert_eq!(what(&["migrations/first.sql"]).len(), 1);
    }
}
