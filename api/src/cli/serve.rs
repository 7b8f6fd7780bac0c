//! `caseyos serve`: the pages, the API and the job loop in one process, until it is told to stop.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::{Failure, open, say};
use crate::app::App;
use crate::jobs::Jobs;
use crate::request_counts;
use crate::store::access;

/// How long requests that are under way may take to end once the process was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often the metrics' buffers are drained, whether anybody reads them or not.
const UPKEEP: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8000")]
    addr: SocketAddr,
    /// Serve only; `caseyos work` elsewhere works the jobs.
    #[arg(long)]
    no_jobs: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    // The port before the database: whoever comes second must not touch what the first one serves.
    let listener = TcpListener::bind(args.addr).await.map_err(|error| cannot_listen(args.addr, &error))?;
    let address = listener.local_addr().map_err(|error| cannot_listen(args.addr, &error))?;
    let app = open::for_service(Some(&format!("http://{}", reachable(address)))).await?;
    open::tidy(&app).await?;
    let jobs = (!args.no_jobs).then(|| Jobs::start(&app));
    tracing::info!(%address, engine = app.db.engine(), jobs = !args.no_jobs, "CaseyOS serves");
    let upkeep = tokio::spawn(keep_up(app.clone()));
    let served = announce_and_serve(&app, listener, address).await;
    upkeep.abort();
    if let Err(error) = request_counts::write_down(&app).await {
        tracing::warn!(%error, "the last requests could not be counted");
    }
    if let Some(jobs) = jobs {
        jobs.stop(&app).await;
    }
    app.db.close().await;
    served
}

async fn announce_and_serve(app: &App, listener: TcpListener, address: SocketAddr) -> Result<(), Failure> {
    say(&format!("CaseyOS listens on http://{}", reachable(address)))?;
    if !access::somebody_exists(&app.db).await? {
        let token = app.setup.renew(app.clock.now());
        say(&format!("Set-up: {}/setup?token={token}", app.config.public_url))?;
    }
    serve(app, listener).await
}

/// Serves until the process is told to stop; then no new connection is taken, and those that are open get a while.
async fn serve(app: &App, listener: TcpListener) -> Result<(), Failure> {
    let listener = listener.tap_io(|connection| {
        // Without it small answers wait for the other side's acknowledgement; a connection that has just gone says no.
        let _gone = connection.set_nodelay(true);
    });
    let service = crate::http::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let stopping = app.stopping.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move { stopping.cancelled().await });
    let mut server = tokio::spawn(async move { server.await });
    let told = tokio::select! {
        told = told_to_stop() => told,
        ended = &mut server => return ended_early(ended),
    };
    tracing::info!("CaseyOS stops");
    app.stopping.cancel();
    if tokio::time::timeout(GRACE, &mut server).await.is_err() {
        tracing::warn!("some requests did not end in time and are cut off");
        server.abort();
    }
    told
}

fn ended_early(ended: Result<std::io::Result<()>, tokio::task::JoinError>) -> Result<(), Failure> {
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::io("the server ended", &error)),
        Err(error) => Err(Failure::Failed(format!("the server ended: {error}"))),
    }
}

async fn keep_up(app: App) {
    let mut tick = tokio::time::interval(UPKEEP);
    let mut counted = Instant::now();
    loop {
        tick.tick().await;
        app.metrics.upkeep();
        app.forget_the_quiet();
        if counted.elapsed() >= request_counts::EVERY {
            counted = Instant::now();
            if let Err(error) = request_counts::write_down(&app).await {
                tracing::warn!(%error, "requests could not be counted, and will be the next time");
            }
        }
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn told_to_stop() -> Result<(), Failure> {
    let failed = |error| Failure::io("cannot wait for signals", &error);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            told = tokio::signal::ctrl_c() => told.map_err(failed),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}

/// The address as one types it into a browser on this machine: "every interface" is no place to go to.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_unspecified() => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()),
        _ => address,
    }
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Failed(format!(
            "port {} is in use; stop the other program, or choose another address with --addr",
            address.port()
        )),
        std::io::ErrorKind::PermissionDenied => {
            Failure::Failed(format!("this user may not listen on {address}; choose a port above 1023 with --addr"))
        }
        _ => Failure::io(format!("cannot listen on {address}"), error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_announced_as_this_machine() {
        assert_eq!(reachable("0.0.0.0:80".parse().unwrap()).to_string(), "127.0.0.1:80");
        assert_eq!(reachable("[::]:80".parse().unwrap()).to_string(), "127.0.0.1:80");
        assert_eq!(reachable("192.0.2.1:80".parse().unwrap()).to_string(), "192.0.2.1:80");
    }

    #[test]
    fn a_port_in_use_is_said_so_with_what_to_do() {
        let failure = cannot_listen("127.0.0.1:8000".parse().unwrap(), &std::io::ErrorKind::AddrInUse.into());
        assert!(failure.to_string().contains("port 8000 is in use"), "{failure}");
        assert!(failure.to_string().contains("--addr"), "{failure}");
    }
}
