//! SQL stays in the store, HTML in the views and pages, waiting in the connectors' kit.

use super::rust::{Source, has_word};
use super::tree::{File, Finding, Tree};

/// How a statement begins, and what else it must hold to be one (English begins with these words too).
const STATEMENTS: [(&str, &str); 14] = [
    ("select ", " from "),
    ("select 1", ""),
    ("insert into ", ""),
    ("insert or ", " into "),
    ("update ", " set "),
    ("delete from ", ""),
    ("create table ", ""),
    ("create index ", ""),
    ("create unique index ", ""),
    ("alter table ", ""),
    ("drop table ", ""),
    ("pragma ", ""),
    ("vacuum", ""),
    ("with ", " as (select "),
];

/// Waiting and trying again, which are layers around a connector.
const WAITS: [&str; 5] = ["sleep(", "sleep_until(", "interval(", ".retry(", "for attempt in"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.product().filter(|file| in_a_room(file)) {
        let source = Source::of(&file.text);
        if !file.under("api/src/store") {
            sql(file, &source, &mut findings);
        }
        if !file.under("shared/src/view") && !file.under("api/src/web") {
            html(file, &source, &mut findings);
        }
        if file.under("api/src/connectors") && !file.under("api/src/connectors/kit") {
            for (line, code) in source.lines() {
                for word in
                    WAITS.iter().filter(|word| has_word(code, word) || word.starts_with('.') && code.contains(**word))
                {
                    findings.push(
                        file.finding(line, format!("`{word}`: waiting and trying again belong to connectors/kit")),
                    );
                }
            }
        }
    }
    findings
}

fn in_a_room(file: &File) -> bool {
    ["api/src", "edge/src", "extension/src", "gmail-addon/src", "shared/src"].iter().any(|room| file.under(room))
}

fn sql(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    for (line, text) in source.strings() {
        if is_statement(text) {
            let start: String = text.trim().chars().take(40).collect();
            findings.push(file.finding(line, format!("SQL outside api/src/store: {start}")));
        }
    }
    for (line, code) in source.lines() {
        if has_word(code, "sqlx::") || has_word(code, "rusqlite::") {
            findings.push(file.finding(line, "the database's own types stay inside api/src/store"));
        }
    }
}

/// Whether a text is SQL: all lower or all upper case at its key words, as nobody begins a sentence.
fn is_statement(text: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ") + " ";
    STATEMENTS.iter().any(|(begin, with)| {
        let lower = text.starts_with(begin) && text.contains(with);
        let upper = text.starts_with(&begin.to_uppercase()) && text.contains(&with.to_uppercase());
        lower || upper
    })
}

fn html(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    const WHERE: &str = "HTML belongs to shared/src/view and api/src/web";
    for (line, code) in source.lines() {
        if has_word(code, "html!") {
            findings.push(file.finding(line, WHERE));
        }
    }
    for (line, text) in source.strings() {
        if text.contains("<div") {
            findings.push(file.finding(line, WHERE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_statement_is_told_from_a_sentence() {
        for sql in [
            "select id\n  from moves",
            "SELECT 1",
            "insert into moves (id) values ($1)",
            "update moves set state = $1",
            "pragma data_version",
            "with due as (select id from moves) select 1",
        ] {
            assert!(is_statement(sql), "{sql}");
        }
        for words in [
            "Select a file from your computer",
            "select a file",
            "select",
            "update needed",
            "with care",
            "deleted from here",
        ] {
            assert!(!is_statement(words), "{words}");
        }
    }

    #[test]
    fn sql_is_for_the_store() {
        let text = "fn f() { q(\"delete from moves\") }\n// select 1 from x\nuse sqlx::Row;\n";
        assert_eq!(lines("api/src/http/moves.rs", text), [1, 3]);
        assert_eq!(lines("shared/src/model/moves.rs", text), [1, 3]);
        assert!(lines("api/src/store/moves.rs", text).is_empty());
        assert!(lines("xtask/src/tidy/leaks.rs", text).is_empty());
    }

    #[test]
    fn html_is_for_views_and_pages() {
        let text = "fn f() { html! { p {} } }\nfn g() -> &str { \"<div>\" }\n#[cfg(test)]\nmod tests { const A: &str = \"<div>\"; }\n";
        assert_eq!(lines("api/src/http/moves.rs", text), [1, 2]);
        assert!(lines("api/src/web/today.rs", text).is_empty());
        assert!(lines("shared/src/view/html.rs", text).is_empty());
    }

    #[test]
    fn a_connector_does_not_wait() {
        let text =
            "async fn f() { tokio::time::sleep(d).await; }\nfn g() { for attempt in 0..3 {} }\nfn asleep(x: u8) {}\n";
        assert_eq!(lines("api/src/connectors/gmail.rs", text), [1, 2]);
        assert!(lines("api/src/connectors/kit/retry.rs", text).is_empty());
    }
}
