//! Where things are: the clone, cargo, the target folder, and the cache outside the clone.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run;

/// The workspace's root: the folder above this crate.
pub(crate) fn root() -> PathBuf {
    let here =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// The cargo that started this program.
pub(crate) fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// The folder for tools and packages that one clone after the other can use.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = if let Some(dir) = set("XDG_CACHE_HOME") {
        dir
    } else if let Some(dir) = set("LOCALAPPDATA") {
        dir
    } else {
        set("HOME")
            .context("neither XDG_CACHE_HOME nor HOME is set, so there is no place for tools: set one")?
            .join(".cache")
    };
    let dir = base.join("caseyos");
    std::fs::create_dir_all(&dir)
        .with_context(|| format!("cannot make {}: set XDG_CACHE_HOME to a folder you may write to", dir.display()))?;
    Ok(dir)
}

fn set(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// What cargo knows of the workspace and, with `deps`, of every crate it is built from.
pub(crate) fn metadata(deps: bool) -> Result<Value> {
    let mut command = run::cargo(["metadata", "--format-version", "1"]);
    if !deps {
        command.arg("--no-deps");
    }
    serde_json::from_str(&run::output(&mut command)?).context("`cargo metadata` printed no JSON")
}

/// The folder that cargo builds into.
pub(crate) fn target() -> Result<PathBuf> {
    let metadata = metadata(false)?;
    let dir = metadata["target_directory"].as_str().context("`cargo metadata` names no target folder")?;
    Ok(PathBuf::from(dir))
}

/// The built `caseyos`, `profile` being `debug` or `release`.
pub(crate) fn caseyos(profile: &str) -> Result<PathBuf> {
    Ok(target()?.join(profile).join(format!("caseyos{}", env::consts::EXE_SUFFIX)))
}
