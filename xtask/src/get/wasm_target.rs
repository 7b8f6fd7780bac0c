//! A compiler for wasm32-unknown-unknown: rustup's target, or Debian's compiler with a standard library built once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{apt, rust, version, which};
use crate::{places, run};

/// The target's triple.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages for it.
pub(crate) const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// A stack of 2 MiB, which is what a native test thread has; the linker's own default is half of it.
const STACK: &str = "-Clink-arg=-zstack-size=2097152";

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// A compiler that builds for wasm32.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The one in use has the target.
    Ordinary,
    /// Debian's, with the standard library in this folder of the cache.
    Debian { sysroot: PathBuf, linker: PathBuf },
}

impl Toolchain {
    /// A cargo command that builds for wasm32 with it.
    pub(crate) fn cargo(&self, verb: &str) -> Command {
        let mut flags = STACK.to_owned();
        let mut command = match self {
            Self::Ordinary => run::cargo([verb]),
            Self::Debian { sysroot, linker } => {
                flags.push_str(&format!(" --sysroot {}", sysroot.display()));
                let mut command = Command::new(CARGO);
                command
                    .arg(verb)
                    .current_dir(places::root())
                    .env("RUSTC", RUSTC)
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                clean(&mut command);
                command
            }
        };
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
        command.args(["--target", TARGET]);
        command
    }
}

/// Takes away what the cargo that runs this program set for a compiler of its own.
fn clean(command: &mut Command) {
    run::forget_this_crate(command);
    for name in ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "RUSTUP_TOOLCHAIN", "CARGO", "RUSTDOC"] {
        command.env_remove(name);
    }
}

/// The toolchain, when it is here.
pub(crate) fn find() -> Result<Option<Toolchain>> {
    if rust::sysroot()?.join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(Some(Toolchain::Ordinary));
    }
    if !Path::new(RUSTC).is_file() || !Path::new(CARGO).is_file() {
        return Ok(None);
    }
    let sysroot = sysroot(&debian_version()?)?;
    Ok(match linker() {
        Some(linker) if library(&sysroot).is_dir() => Some(Toolchain::Debian { sysroot, linker }),
        _ => None,
    })
}

/// The toolchain; gets it where it is missing.
pub(crate) fn get() -> Result<Toolchain> {
    if let Some(toolchain) = find()? {
        return Ok(toolchain);
    }
    if which("rustup").is_some() {
        run::say(&format!("the target {TARGET} is missing, asking rustup"));
        if run::run(Command::new("rustup").args(["target", "add", TARGET]).env("RUST_BACKTRACE", "0")).is_ok() {
            return Ok(Toolchain::Ordinary);
        }
    }
    run::say("rustup cannot give the target, trying Debian's compiler");
    debian().with_context(|| format!("no compiler for {TARGET}: the ordinary way is `rustup target add {TARGET}`"))
}

fn debian() -> Result<Toolchain> {
    let source = Path::new("/usr/lib/rustlib/src/rust/library/std");
    if !Path::new(RUSTC).is_file() || !Path::new(CARGO).is_file() || !source.is_dir() {
        apt::install(&PACKAGES, "Debian's Rust for WASM")?;
    }
    let found = debian_version()?;
    if version(&found) < version(rust::OLDEST) {
        bail!("Debian's compiler is {found}, Rust {} is needed", rust::OLDEST);
    }
    if linker().is_none() {
        apt::install(&["lld"], "a linker for WASM (rust-lld or wasm-ld)")?;
    }
    let linker = linker().context("neither rust-lld nor wasm-ld was found")?;
    let sysroot = sysroot(&found)?;
    if !library(&sysroot).is_dir() {
        build_std(&sysroot)?;
    }
    Ok(Toolchain::Debian { sysroot, linker })
}

/// The version of Debian's compiler, such as 1.96.0.
fn debian_version() -> Result<String> {
    let mut command = Command::new(RUSTC);
    command.arg("--version");
    clean(&mut command);
    let text = run::output(&mut command)?;
    Ok(text.split_whitespace().nth(1).unwrap_or("unknown").to_owned())
}

fn sysroot(version: &str) -> Result<PathBuf> {
    Ok(places::cache()?.join(format!("wasm-std-{version}")))
}

fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

fn linker() -> Option<PathBuf> {
    let rustup = || {
        let lld = rust::sysroot().ok()?.join("lib/rustlib").join(rust::host().ok()?).join("bin/rust-lld");
        lld.is_file().then_some(lld)
    };
    rustup().or_else(|| which("wasm-ld"))
}

/// Builds the standard library for wasm32 (with `test`, which test programs link) into a folder that rustc accepts.
fn build_std(sysroot: &Path) -> Result<()> {
    run::say(&format!("building the standard library for {TARGET}, once (one to two minutes)"));
    let work = tempfile::tempdir_in(places::cache()?).context("cannot write to the cache folder")?;
    let source = work.path().join("empty");
    fs::create_dir_all(source.join("src"))?;
    fs::write(source.join("src/lib.rs"), "")?;
    fs::write(
        source.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    let mut command = Command::new(CARGO);
    command
        .args(["build", "-Zbuild-std=std,panic_abort,test", "--release", "--target", TARGET])
        .current_dir(&source)
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", work.path().join("target"));
    clean(&mut command);
    run::run(&mut command)?;
    let staged = work.path().join("sysroot");
    fs::create_dir_all(library(&staged))?;
    for entry in fs::read_dir(work.path().join("target").join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(&path, library(&staged).join(name))?;
        }
    }
    // Whole or not at all: a half-copied library would be found by the next run.
    fs::rename(&staged, sysroot).with_context(|| format!("cannot make {}", sysroot.display()))
}
