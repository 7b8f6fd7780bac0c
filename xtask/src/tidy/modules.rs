//! Every file of Rust says in one sentence what it is, and no file of code is long.

use super::tree::{Finding, Tree};

/// The most lines a file may have.
const LINES: usize = 600;
const CODE: [&str; 7] = ["rs", "mjs", "js", "css", "sql", "html", "sh"];

pub(super) fn sentence(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|file| {
            let first = file.text.lines().next().unwrap_or_default();
            first.strip_prefix("//!").is_none_or(|sentence| sentence.trim().is_empty())
        })
        .map(|file| file.finding(1, "the first line is a `//!` sentence that says what the file is"))
        .collect()
}

pub(super) fn length(tree: &Tree) -> Vec<Finding> {
    tree.files
        .iter()
        .filter(|file| file.is(&CODE))
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > LINES).then(|| file.finding(LINES + 1, format!("{lines} lines; {LINES} at most, take it apart")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_sentence_is_found() {
        let tree =
            Tree::of(&[("a.rs", "//! What it is.\n"), ("b.rs", "fn main() {}\n"), ("c.rs", "//!\n"), ("d.md", "x")]);
        let found: Vec<String> = sentence(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["b.rs", "c.rs"]);
    }

    #[test]
    fn a_file_of_600_lines_passes_and_one_more_does_not() {
        let tree = Tree::of(&[
            ("a.rs", &"x\n".repeat(LINES)),
            ("b.css", &"x\n".repeat(LINES + 1)),
            ("c.md", &"x\n".repeat(LINES + 1)),
        ]);
        let found: Vec<String> = length(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["b.css"]);
    }
}
