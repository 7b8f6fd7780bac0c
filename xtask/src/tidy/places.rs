//! No file names a place that only one machine has: its folders, or the registry it happens to use.

use super::tree::{Finding, Tree};

/// Spelt in two parts, so that this file does not find itself.
const FOLDERS: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
];
const REGISTRIES: [&str; 4] = [
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("index.", "crates.io"),
    concat!("\"resolved\": \"", "http"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            let place = FOLDERS
                .iter()
                .find(|place| absolute(line, place))
                .or_else(|| REGISTRIES.iter().find(|place| line.contains(**place)));
            if let Some(place) = place {
                findings.push(file.finding(index + 1, format!("`{place}` is a place of one machine")));
            }
        }
    }
    findings
}

/// Whether the folder starts a path, and is not part of an address such as example.com/home/.
fn absolute(line: &str, folder: &str) -> bool {
    line.match_indices(folder)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-/*}".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_machine_is_found_and_an_address_is_not() {
        let folder = FOLDERS[0];
        let tree = Tree::of(&[
            ("a.md", &format!("see {folder}me/x\n")),
            ("b.md", &format!("see https://example.com{folder}page and ..{folder}x\n")),
            ("package-lock.json", &format!("{}s://x/y.tgz\"\n", REGISTRIES[3])),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["a.md", "package-lock.json"]);
    }
}
