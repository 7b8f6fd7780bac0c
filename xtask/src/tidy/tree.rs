//! The files of the clone as texts, so that a check needs no disk and its test no clone.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;

/// One text file.
pub(super) struct File {
    /// From the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    /// Whether the name ends in one of these.
    pub(super) fn is(&self, endings: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
    }

    /// Whether it lies under this folder (`api/src/store/`) or is this file (`api/src/store.rs`).
    pub(super) fn under(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
    }

    /// The file's name without folder and ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }

    /// Whether it holds nothing but tests: `tests.rs`, `mail_tests.rs`, or anything in a folder `tests`.
    pub(super) fn is_test(&self) -> bool {
        self.stem() == "tests" || self.stem().ends_with("_tests") || self.path.contains("/tests/")
    }

    pub(super) fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, what: what.into() }
    }
}

/// A broken rule and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) path: String,
    /// From one; zero when it is about the whole file.
    pub(super) line: usize,
    pub(super) what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// All text files.
pub(super) struct Tree {
    pub(super) files: Vec<File>,
}

impl Tree {
    /// What git tracks or would track; files that are no UTF-8 text are left out.
    pub(super) fn of_clone(root: &Path) -> Result<Self> {
        let names = run::output(
            Command::new("git")
                .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
                .current_dir(root),
        )
        .context("tidy asks git which files belong to the project: run it in a clone")?;
        let mut files: Vec<File> = names
            .split('\0')
            .filter(|name| !name.is_empty())
            .filter_map(|name| Some(File { path: name.to_owned(), text: fs::read_to_string(root.join(name)).ok()? }))
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        Self { files: files.iter().map(file).collect() }
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// The Rust files that are built into the product.
    pub(super) fn product(&self) -> impl Iterator<Item = &File> {
        self.rust().filter(|file| !file.is_test())
    }

    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is(&["rs"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_its_files_and_its_module_file() {
        let tree = Tree::of(&[("api/src/store/db.rs", ""), ("api/src/store.rs", ""), ("api/src/stored.rs", "")]);
        let under: Vec<bool> = tree.files.iter().map(|file| file.under("api/src/store")).collect();
        assert_eq!(under, [true, true, false]);
    }

    #[test]
    fn a_file_of_tests_is_known_by_its_name() {
        let tree = Tree::of(&[("a/tests.rs", ""), ("a/b_tests.rs", ""), ("a/tests/b.rs", ""), ("a/testsuite.rs", "")]);
        let tests: Vec<bool> = tree.files.iter().map(File::is_test).collect();
        assert_eq!(tests, [true, true, true, false]);
    }

    #[test]
    fn this_clone_can_be_read() {
        let tree = Tree::of_clone(&crate::places::root()).unwrap();
        assert!(tree.text("xtask/src/tidy/tree.rs").is_some());
    }
}
