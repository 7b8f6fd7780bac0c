//! Arrows point one way: between the crates, and between the rooms of the core.

use serde_json::Value;

use super::rust::{Source, has_word};
use super::tree::{Finding, Tree};

/// Each crate of the workspace and the crates of the workspace that it may be built from.
const CRATES: [(&str, &[&str]); 7] = [
    ("caseyos-api", &["caseyos-gmail-addon", "caseyos-shared"]),
    ("caseyos-edge", &["caseyos-gmail-addon", "caseyos-shared"]),
    ("caseyos-extension", &["caseyos-shared"]),
    ("caseyos-gmail-addon", &["caseyos-shared"]),
    ("caseyos-shared", &[]),
    ("caseyos-wasm-test", &[]),
    ("xtask", &[]),
];

/// Any crate's tests may use it: it is no part of what is built.
const FOR_TESTS: &str = "caseyos-wasm-test";

/// Each room of the core and the rooms above it, which it must not know.
const ROOMS: [(&str, &[&str]); 7] = [
    ("api/src/agents", &["http", "web"]),
    ("api/src/connectors", &["agents", "execution", "http", "jobs", "queue", "signals", "web"]),
    ("api/src/execution", &["http", "web"]),
    ("api/src/jobs", &["http", "web"]),
    ("api/src/queue", &["http", "web"]),
    ("api/src/signals", &["http", "web"]),
    ("api/src/store", &["agents", "connectors", "execution", "http", "jobs", "queue", "signals", "web"]),
];

pub(super) fn between_crates(metadata: &Value) -> Vec<Finding> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours: Vec<&Value> = packages.iter().filter(|package| package["source"].is_null()).collect();
    let names: Vec<&str> = ours.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut findings = Vec::new();
    for package in ours {
        let name = package["name"].as_str().unwrap_or_default();
        let mut report = |what: String| findings.push(Finding { path: name.to_owned(), line: 0, what });
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| *known == name) else {
            report("a new crate: say in xtask/src/tidy/arrows.rs which crates it may be built from".to_owned());
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"] == "dev" && (to == FOR_TESTS || to == name);
            if names.contains(&to) && !allowed.contains(&to) && !for_tests {
                report(format!("must not be built from {to}"));
            }
        }
    }
    findings
}

pub(super) fn inside_the_core(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.product() {
        let Some((room, above)) = ROOMS.iter().find(|(room, _)| file.under(room)) else {
            continue;
        };
        let source = Source::of(&file.text);
        for (line, code) in source.lines() {
            for name in above.iter().filter(|name| names(code, name)) {
                findings.push(file.finding(line, format!("{room} must not know {name}")));
            }
        }
    }
    findings
}

/// Whether the code names this room: `crate::web`, but not `crate::website`.
fn names(code: &str, room: &str) -> bool {
    let path = format!("crate::{room}");
    code.match_indices(&path).any(|(at, _)| {
        let after = code[at + path.len()..].chars().next();
        has_word(&code[at..], "crate::") && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, dependencies: Value) -> Value {
        json!({ "name": name, "source": null, "dependencies": dependencies })
    }

    #[test]
    fn the_domain_is_built_from_no_crate_of_the_house() {
        let metadata = json!({ "packages": [
            package("caseyos-api", json!([{ "name": "caseyos-shared", "kind": null }, { "name": "serde", "kind": null }])),
            package("caseyos-shared", json!([{ "name": "caseyos-api", "kind": null }, { "name": FOR_TESTS, "kind": "dev" }])),
            package(FOR_TESTS, json!([])),
        ] });
        let findings = between_crates(&metadata);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].to_string(), "caseyos-shared: must not be built from caseyos-api");
    }

    #[test]
    fn a_new_crate_must_say_its_arrows() {
        let findings = between_crates(&json!({ "packages": [package("caseyos-new", json!([]))] }));
        assert!(findings[0].what.contains("arrows.rs"), "{findings:?}");
    }

    #[test]
    fn the_store_does_not_know_the_pages() {
        let tree = Tree::of(&[
            ("api/src/store/moves.rs", "use crate::web::page;\nuse crate::website;\n// crate::web\n"),
            ("api/src/web/page.rs", "use crate::store::moves;\n"),
        ]);
        let findings = inside_the_core(&tree);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].to_string(), "api/src/store/moves.rs:1: api/src/store must not know web");
    }
}
