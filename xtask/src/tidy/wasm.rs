//! Each test program of the domain hands its `#[test]` functions to the runner in Node when it is built for wasm32.

use super::rust::Source;
use super::tree::{Finding, Tree};

const EXTERN: &str = "extern crate caseyos_wasm_test;";

/// Without the line such a program builds for wasm32, runs no test there, and says nothing.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let program = |path: &str| {
        path == "shared/src/lib.rs"
            || path.strip_prefix("shared/tests/").is_some_and(|rest| !rest.contains('/') || rest.ends_with("/main.rs"))
    };
    tree.rust()
        .filter(|file| program(&file.path) && !Source::of(&file.text).code.contains(EXTERN))
        .map(|file| {
            let lines = format!("#[cfg(target_arch = \"wasm32\")] #[macro_use] {EXTERN}");
            file.finding(1, format!("its tests do not run on wasm32: add `{lines}`"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_program_without_the_runner_is_found() {
        let tree = Tree::of(&[
            ("shared/src/lib.rs", &format!("//! It.\n{EXTERN}\n")),
            ("shared/tests/it/main.rs", &format!("//! It.\n// {EXTERN}\n")),
            ("shared/tests/it/mail.rs", "//! It.\n"),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["shared/tests/it/main.rs"]);
    }
}
