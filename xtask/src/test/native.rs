//! The step `native`: the tests of all crates, on SQLite.

use anyhow::Result;

use super::Ended;
use crate::run;

pub(super) fn native() -> Result<Ended> {
    run::run(&mut run::cargo(["test", "--workspace", "--no-run"]))?;
    run::within(
        run::TESTS,
        run::cargo(["test", "--workspace", "--no-fail-fast"]).env_remove("CASEYOS_TEST_POSTGRES_URL"),
    )?;
    Ok(Ended::Passed)
}
