//! `cargo xtask dist`: the release binary and its SHA-256 into dist/.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{get, no_arguments, places, run};

/// The largest release binary that may leave the house, in bytes.
const LIMIT: u64 = 40 * 1024 * 1024;

pub(crate) fn dist(args: &[String]) -> Result<()> {
    no_arguments("dist", args)?;
    run::run(&mut run::cargo(["build", "--release", "--locked", "--bin", "caseyos"]))?;
    let binary = places::caseyos("release")?;
    let bytes = fs::read(&binary).with_context(|| format!("cannot read {}", binary.display()))?;
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("caseyos-{version}-{}{}", get::rust::host()?, std::env::consts::EXE_SUFFIX);
    let dir = places::root().join("dist");
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let to = dir.join(&name);
    // Copied, not written: the copy keeps the right to be executed.
    fs::copy(&binary, &to).with_context(|| format!("cannot write {}", to.display()))?;
    let line = format!("{}  {name}\n", hex(&bytes));
    let sums = dir.join(format!("{name}.sha256"));
    fs::write(&sums, &line).with_context(|| format!("cannot write {}", sums.display()))?;
    let size = bytes.len() as u64;
    print!("{line}");
    run::say(&format!("dist/{name}: {size} bytes"));
    if size > LIMIT {
        bail!("the binary has {size} bytes, the limit is {LIMIT}: `cargo bloat` and `cargo tree -d` show what grew");
    }
    Ok(())
}

/// The SHA-256 of these bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_what_sha256sum_prints() {
        assert_eq!(hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
