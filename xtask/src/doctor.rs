//! `cargo xtask doctor`: what is here, what is missing, what it is for and how to get it.

use anyhow::{Result, bail};
use serde_json::json;

use crate::get::{apt, cc, chromium, node, postgres, rust, version, wasm_bindgen, wasm_target, which};

struct Thing {
    name: &'static str,
    /// What was found.
    here: Option<String>,
    /// Which commands need it.
    used_for: &'static str,
    /// How to get it; what `cargo xtask` gets by itself says so.
    get: String,
    /// Whether `cargo xtask up` needs it.
    needed: bool,
}

pub(crate) fn doctor(args: &[String]) -> Result<()> {
    let as_json = match args {
        [] => false,
        [only] if only == "--json" => true,
        _ => bail!("usage: cargo xtask doctor [--json]"),
    };
    let things = look();
    let ready = ready(&things);
    if as_json {
        println!("{:#}", to_json(&things));
    } else {
        print!("{}", table(&things));
        println!();
        println!("{}", if ready { "`cargo xtask up` can run." } else { "`cargo xtask up` cannot run yet." });
    }
    if !ready {
        let missing: Vec<&str> =
            things.iter().filter(|thing| thing.needed && thing.here.is_none()).map(|thing| thing.name).collect();
        bail!("missing: {}", missing.join(", "));
    }
    Ok(())
}

fn look() -> Vec<Thing> {
    let by_test = |step: &str, packages: &[&str]| {
        if apt::may() {
            format!("`cargo xtask test {step}` gets it")
        } else {
            format!("Debian: `sudo {}`", apt::by_hand(packages))
        }
    };
    let path = |path: std::path::PathBuf| path.display().to_string();
    vec![
        Thing {
            name: "Rust",
            here: rust::found().ok().filter(|found| version(found) >= version(rust::OLDEST)),
            used_for: "everything",
            get: format!("Rust {} or newer: https://rustup.rs", rust::OLDEST),
            needed: true,
        },
        Thing {
            name: "C compiler",
            here: cc::find().map(path),
            used_for: "everything",
            get: format!("Debian: `sudo {}`", apt::by_hand(&cc::PACKAGES)),
            needed: true,
        },
        Thing {
            name: "Node",
            here: node::find(),
            used_for: "test wasm, test pages, shots",
            get: node::HOW.to_owned(),
            needed: false,
        },
        Thing {
            name: "npm",
            here: which("npm").map(path),
            used_for: "test pages, shots",
            get: "comes with Node".to_owned(),
            needed: false,
        },
        Thing {
            name: "WASM target",
            here: wasm_target::find().ok().flatten().map(|toolchain| match toolchain {
                wasm_target::Toolchain::Ordinary => wasm_target::TARGET.to_owned(),
                wasm_target::Toolchain::Debian { sysroot, .. } => path(sysroot),
            }),
            used_for: "test wasm",
            get: format!("`rustup target add {}`, or {}", wasm_target::TARGET, by_test("wasm", &wasm_target::PACKAGES)),
            needed: false,
        },
        Thing {
            name: "wasm-bindgen",
            here: wasm_bindgen::find().ok().flatten().map(path),
            used_for: "test wasm",
            get: "`cargo xtask test wasm` gets it".to_owned(),
            needed: false,
        },
        Thing {
            name: "PostgreSQL",
            here: postgres::find().map(path),
            used_for: "test postgres",
            get: by_test("postgres", &postgres::PACKAGES),
            needed: false,
        },
        Thing {
            name: "Chromium",
            here: chromium::find().map(path),
            used_for: "test pages, shots",
            get: by_test("pages", &chromium::PACKAGES),
            needed: false,
        },
        Thing {
            name: "cargo-deny",
            here: which("cargo-deny").map(path),
            used_for: "test deny (optional)",
            get: "`cargo install cargo-deny --locked`".to_owned(),
            needed: false,
        },
    ]
}

fn ready(things: &[Thing]) -> bool {
    things.iter().all(|thing| thing.here.is_some() || !thing.needed)
}

fn table(things: &[Thing]) -> String {
    let mut text = format!("{:<13} {:<8} {:<29} found, or how to get it\n", "what", "", "needed for");
    for thing in things {
        let (word, tail) = match &thing.here {
            Some(found) => ("here", found),
            None => ("missing", &thing.get),
        };
        text.push_str(&format!("{:<13} {word:<8} {:<29} {tail}\n", thing.name, thing.used_for));
    }
    text
}

fn to_json(things: &[Thing]) -> serde_json::Value {
    let rows: Vec<_> = things
        .iter()
        .map(|thing| {
            json!({
                "name": thing.name,
                "found": thing.here,
                "needed_for": thing.used_for,
                "needed_to_run": thing.needed,
                "get": thing.get,
            })
        })
        .collect();
    json!({ "ready": ready(things), "things": rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(name: &'static str, here: bool, needed: bool) -> Thing {
        Thing { name, here: here.then(|| "1.0".to_owned()), used_for: "up", get: "by hand".to_owned(), needed }
    }

    #[test]
    fn only_what_running_needs_decides() {
        assert!(ready(&[thing("Rust", true, true), thing("Node", false, false)]));
        assert!(!ready(&[thing("Rust", false, true), thing("Node", true, false)]));
    }

    #[test]
    fn what_is_missing_says_how_to_get_it() {
        let table = table(&[thing("Rust", true, true), thing("Node", false, false)]);
        assert!(table.contains("1.0") && table.contains("missing") && table.contains("by hand"), "{table}");
        let json = to_json(&[thing("Node", false, false)]);
        assert_eq!(json["ready"], true);
        assert_eq!(json["things"][0]["found"], serde_json::Value::Null);
    }
}
