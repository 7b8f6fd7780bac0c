//! PostgreSQL's wake-ups: what other processes wrote reaches this one's caches and loops.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{PgConnection, PgPool};

use super::changes::Changes;
use super::error::StoreError;

/// How long to wait before listening again after the connection was lost.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Follows the channel for as long as the pool is open.
pub(super) async fn follow(pool: &PgPool, changes: Arc<Changes>) -> Result<(), StoreError> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen("caseyos").await?;
    let pool = pool.clone();
    tokio::spawn(async move {
        while !pool.is_closed() {
            match listener.try_recv().await {
                Ok(Some(notification)) => hear(notification.payload(), &changes),
                // The connection was lost and is made again by itself; what was said meanwhile is unknown.
                Ok(None) => changes.everything_changed(),
                // A command is done, and closed its pool: there is nothing to say about that.
                Err(_) if pool.is_closed() => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot listen to PostgreSQL");
                    changes.everything_changed();
                    tokio::time::sleep(LISTEN_AGAIN).await;
                }
            }
        }
    });
    Ok(())
}

fn hear(word: &str, changes: &Changes) {
    match word.split_once(' ') {
        Some(("queue", id)) => {
            if let Ok(workspace) = id.parse() {
                changes.queue_changed(workspace);
            }
        }
        _ if word == "keys" => changes.keys_changed(),
        _ if word == "work" => changes.work_added(),
        _ => changes.everything_changed(),
    }
}

/// Keeps a connection open, and so its advisory locks held, until the process ends.
pub(super) fn keep(connection: PgConnection) {
    tokio::spawn(async move {
        let _held = connection;
        std::future::pending::<()>().await;
    });
}
