//! `caseyos work`: the job loop alone, beside any number of servers and other workers.

use super::{Failure, open, serve};
use crate::jobs::Jobs;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_: Args) -> Result<(), Failure> {
    let app = open::for_service(None).await?;
    open::tidy(&app).await?;
    let jobs = Jobs::start(&app);
    tracing::info!(engine = app.db.engine(), "CaseyOS works");
    serve::told_to_stop().await?;
    tracing::info!("CaseyOS stops");
    jobs.stop(&app).await;
    app.db.close().await;
    Ok(())
}
