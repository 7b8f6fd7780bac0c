//! The binary `caseyos`: one file per command under `cli`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    caseyos_api::cli::run().await
}
