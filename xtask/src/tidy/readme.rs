//! The first two commands a newcomer reads are the two that do everything.

use super::tree::{Finding, Tree};

const README: &str = "README.md";
const FIRST: [&str; 2] = ["cargo xtask up", "cargo xtask test"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(README) else {
        return vec![Finding { path: README.to_owned(), line: 0, what: "is missing".to_owned() }];
    };
    let commands = commands(text);
    FIRST
        .iter()
        .enumerate()
        .filter(|(index, command)| commands.get(*index).is_none_or(|(_, found)| found != *command))
        .map(|(index, command)| Finding {
            path: README.to_owned(),
            line: commands.get(index).map_or(0, |(line, _)| *line),
            what: format!("command {} of its blocks is `{command}`", index + 1),
        })
        .collect()
}

/// The cargo commands inside fenced blocks, with their lines.
fn commands(text: &str) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            continue;
        }
        let line = line.trim().trim_start_matches("$ ");
        if inside && line.starts_with("cargo ") {
            found.push((index + 1, line.split(" #").next().unwrap_or(line).trim_end()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_commands_come_first() {
        let good =
            "# CaseyOS\n```sh\ngit clone x\ncargo xtask up     # serves\ncargo xtask test\ncargo xtask doctor\n```\n";
        assert!(check(&Tree::of(&[(README, good)])).is_empty());
        let swapped = "```\ncargo xtask test\ncargo xtask up\n```\n";
        assert_eq!(check(&Tree::of(&[(README, swapped)])).len(), 2);
        let prose = "Run cargo xtask up and cargo xtask test.\n";
        assert_eq!(check(&Tree::of(&[(README, prose)])).len(), 2);
        assert_eq!(check(&Tree::of(&[])).len(), 1);
    }
}
