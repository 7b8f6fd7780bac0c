//! Nothing is left unfinished: what is not done is an issue, not a mark in a file.

use super::rust::has_word;
use super::tree::{Finding, Tree};

/// Spelt in two parts, so that this file does not find itself.
const WORDS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const MACROS: [&str; 3] = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("db", "g!(")];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !file.path.ends_with(".lock")) {
        for (index, line) in file.text.lines().enumerate() {
            let mark = WORDS
                .iter()
                .find(|word| whole(line, word))
                .or_else(|| MACROS.iter().find(|word| file.is(&["rs"]) && has_word(line, word)));
            if let Some(mark) = mark {
                findings.push(file.finding(index + 1, format!("`{mark}`: finish it or open an issue")));
            }
        }
    }
    findings
}

/// Whether the word stands alone in the line.
fn whole(line: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word)
        .any(|(at, _)| !part(line[..at].chars().next_back()) && !part(line[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_any_text_and_only_as_a_word() {
        let (word, call) = (WORDS[0], MACROS[2]);
        let tree = Tree::of(&[
            ("a.md", &format!("fine\n{word}: later\n")),
            ("b.rs", &format!("fn f() {{ {call}x) }}\n")),
            ("c.md", &format!("{word}S_{word} {call}x)\n")),
        ]);
        let found: Vec<(String, usize)> = check(&tree).into_iter().map(|f| (f.path, f.line)).collect();
        assert_eq!(found, [("a.md".to_owned(), 2), ("b.rs".to_owned(), 1)]);
    }
}
