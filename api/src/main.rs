//! The binary `caseyos`: one file per command under `cli`.

use std::process::ExitCode;

/// Requests allocate and free many small things on several threads; the system's allocator takes a tenth of their time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    caseyos_api::cli::run().await
}
