//! The clock is read in one file of the core and nowhere in the domain, which has no I/O either.

use super::rust::{Source, has_word};
use super::tree::{Finding, Tree};

const CLOCK: &str = "api/src/clock.rs";

/// Ways to read the time of day.
const TIME: [&str; 6] =
    ["SystemTime::now", "Utc::now", "Local::now", "Timestamp::now", "Zoned::now", "OffsetDateTime::now_utc"];

/// What else the domain must not touch: the world, chance, and anything that outlives a call.
const WORLD: [&str; 17] = [
    "Instant::now",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "Uuid::new_v7",
    "rand::",
    "getrandom::",
    "static mut ",
    "thread_local!",
    "println!",
    "eprintln!",
    "tokio::",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.product() {
        let domain = file.under("shared/src");
        let core = file.under("api/src") && file.path != CLOCK;
        if !domain && !core {
            continue;
        }
        let source = Source::of(&file.text);
        for (line, code) in source.lines() {
            for word in TIME.iter().filter(|word| has_word(code, word)) {
                let mend = if domain { "take `now` as a parameter" } else { "ask the clock of api/src/clock.rs" };
                findings.push(file.finding(line, format!("`{word}`: {mend}")));
            }
            if domain {
                for word in WORLD.iter().filter(|word| has_word(code, word)) {
                    findings.push(file.finding(line, format!("`{word}`: the domain is pure, take it as a parameter")));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_read_in_one_file() {
        let now = "fn f() { jiff::Timestamp::now(); }\n";
        let tree =
            Tree::of(&[(CLOCK, now), ("api/src/main.rs", now), ("shared/src/lib.rs", now), ("xtask/src/main.rs", now)]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["api/src/main.rs", "shared/src/lib.rs"]);
    }

    #[test]
    fn the_domain_touches_no_world_outside_its_tests() {
        let text = "use std::fs;\nfn f() { Instant::now() }\n#[cfg(test)]\nmod tests { use std::env; }\n";
        let tree = Tree::of(&[("shared/src/a.rs", text), ("api/src/a.rs", text)]);
        let found: Vec<(String, usize)> = check(&tree).into_iter().map(|f| (f.path, f.line)).collect();
        assert_eq!(found, [("shared/src/a.rs".to_owned(), 1), ("shared/src/a.rs".to_owned(), 2)]);
    }
}
