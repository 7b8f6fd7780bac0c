//! The C compiler: SQLite and the cryptography are compiled from C.

use std::env;
use std::path::PathBuf;

use anyhow::Result;

use super::{apt, which};

/// The packages that bring one on Debian.
pub(crate) const PACKAGES: [&str; 2] = ["gcc", "libc6-dev"];

/// The compiler that `CC` names, or the system's.
pub(crate) fn find() -> Option<PathBuf> {
    if let Ok(cc) = env::var("CC")
        && let Some(program) = cc.split_whitespace().next()
    {
        return which(program).or_else(|| Some(PathBuf::from(program)).filter(|path| path.is_file()));
    }
    ["cc", "gcc", "clang", "cl"].into_iter().find_map(which)
}

pub(crate) fn get() -> Result<()> {
    match find() {
        Some(_) => Ok(()),
        None => apt::install(&PACKAGES, "a C compiler"),
    }
}
