//! The step `wasm`: the domain builds for wasm32-unknown-unknown, and its own tests pass there, in Node.

use anyhow::Result;

use super::Ended;
use crate::get::{node, wasm_bindgen, wasm_target};
use crate::run;

pub(super) fn wasm() -> Result<Ended> {
    node::check()?;
    let toolchain = wasm_target::get()?;
    let runner = wasm_bindgen::get()?;
    // By itself first: the tests' own dependencies must not lend the domain a clock or random numbers.
    run::run(toolchain.cargo("build").args(["--package", "caseyos-shared"]))?;
    run::run(toolchain.cargo("test").args(["--package", "caseyos-shared", "--no-run"]))?;
    run::within(
        run::TESTS,
        toolchain
            .cargo("test")
            .args(["--package", "caseyos-shared", "--no-fail-fast"])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
            .env("WASM_BINDGEN_TEST_ONLY_NODE", "1")
            .env("RUST_BACKTRACE", "0"),
    )?;
    Ok(Ended::Passed)
}
