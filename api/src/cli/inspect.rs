//! `caseyos inspect`: what the domain makes of an input, as JSON. Touches no database.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Failure, say};
use crate::signals::mail;

/// The most that is read of an input.
const LIMIT: u64 = 64 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A mail: who wrote it, and which part of it is the answer, the quotes and the signature.
    Mail {
        /// An .eml, .html or .txt file, or `-` for standard input.
        file: PathBuf,
    },
}

#[expect(clippy::unused_async, reason = "every command has the same form")]
pub(super) async fn run(args: Args) -> Result<(), Failure> {
    match args.what {
        What::Mail { file } => {
            let (bytes, name) = read(&file)?;
            let inspected = mail::inspect(&bytes, name.as_deref());
            let text = serde_json::to_string_pretty(&inspected)
                .map_err(|error| Failure::Failed(format!("cannot write the answer: {error}")))?;
            say(&text)
        }
    }
}

/// The bytes of a file or of standard input, and the file's name.
fn read(path: &Path) -> Result<(Vec<u8>, Option<String>), Failure> {
    let mut bytes = Vec::new();
    let failed = |error| Failure::io(format!("cannot read {}", path.display()), &error);
    if path == Path::new("-") {
        std::io::stdin().lock().take(LIMIT).read_to_end(&mut bytes).map_err(failed)?;
        return Ok((bytes, None));
    }
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LIMIT).read_to_end(&mut bytes).map_err(failed)?;
    Ok((bytes, path.file_name().map(|name| name.to_string_lossy().into_owned())))
}
