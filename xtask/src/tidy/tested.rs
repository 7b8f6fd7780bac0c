//! Whatever plugs into a registry has a test of its own: sources, connectors, agents, actions.

use super::registries;
use super::rust::Source;
use super::tree::{File, Finding, Tree};

const ROOMS: [&str; 4] = ["api/src/agents", "api/src/connectors", "api/src/execution/actions", "api/src/signals"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|file| ROOMS.iter().any(|room| plugs_in(tree, file, room)))
        .filter(|file| !has_tests(&file.text) && !has_test_file(tree, file.stem()))
        .map(|file| {
            let what = format!("has no test: write some in it, or api/tests/it/{}.rs", file.stem());
            file.finding(0, what)
        })
        .collect()
}

/// Whether the file lies in this room and one of the room's registries names it.
fn plugs_in(tree: &Tree, file: &File, room: &str) -> bool {
    let name = file.path.strip_prefix(room).and_then(|rest| rest.strip_prefix('/'));
    name.is_some_and(|name| !name.contains('/'))
        && ["mod.rs", "registry.rs"]
            .iter()
            .filter_map(|registry| tree.text(&format!("{room}/{registry}")))
            .flat_map(registries::entries)
            .any(|entry| {
                let mut words = entry.split(|c: char| !c.is_alphanumeric() && c != '_');
                words.any(|word| word == file.stem())
            })
}

fn has_tests(text: &str) -> bool {
    let code = Source::of(text).code;
    ["#[test]", "#[tokio::test"].iter().any(|mark| code.contains(mark))
}

fn has_test_file(tree: &Tree, stem: &str) -> bool {
    tree.rust().any(|file| file.under("api/tests/it") && file.stem() == stem && has_tests(&file.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_a_test_is_found() {
        let tested = "#[cfg(test)]\nmod tests {\n #[test]\n fn a() {}\n}\n";
        let registry = registries::of("    &form::Form,\n    &hook::Hook,\n    &mail::Mail,\n");
        let tree = Tree::of(&[
            ("api/src/signals/helper.rs", ""),
            ("api/src/signals/mod.rs", &registry),
            ("api/src/signals/form.rs", tested),
            ("api/src/signals/hook.rs", ""),
            ("api/src/signals/mail.rs", "// #[test]\n"),
            ("api/tests/it/signals/hook.rs", "#[tokio::test]\nasync fn a() {}\n"),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["api/src/signals/mail.rs"]);
    }
}
