//! What the commands need from outside: how it is found, and how it is got where it is missing.

pub(crate) mod apt;
pub(crate) mod cc;
pub(crate) mod chromium;
pub(crate) mod node;
pub(crate) mod pages;
pub(crate) mod postgres;
pub(crate) mod rust;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_target;

use std::env;
use std::path::PathBuf;

/// The first program of this name on PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// The first run of digits and dots in a version's line, as numbers: `v20.19.2` is 20, 19, 2.
pub(crate) fn version(text: &str) -> Vec<u32> {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let rest = &text[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    rest[..end].split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version("v20.19.2\n"), [20, 19, 2]);
        assert_eq!(version("rustc 1.95.0 (59807616e 2026-04-14)"), [1, 95, 0]);
        assert!(version("rustc 1.100.0") > version("1.95"));
        assert!(version("none").is_empty());
    }
}
