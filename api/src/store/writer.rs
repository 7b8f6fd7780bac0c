//! SQLite's single writer: what is queued together is committed together.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::changes::Changes;
use super::error::StoreError;
use super::tx::Tx;

/// How many writes may share one commit. More would make the first of them wait for the last.
const GROUP: usize = 128;
/// How many writes may wait; then callers wait too.
const QUEUE: usize = 1024;
/// How often the writer looks whether another process wrote, while it has nothing else to do.
const LOOK_AROUND: Duration = Duration::from_millis(200);

/// The handle to the writing task.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Write(Box<dyn Write>),
    Stop(oneshot::Sender<()>),
}

/// A write that waits for its turn, and then for its commit.
trait Write: Send {
    /// Does the work inside its savepoint; answers whether it may be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Answers the caller: what the work said, or why it is not durable.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Work<T, E, F> {
    work: Option<F>,
    answer: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Write for Work<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            self.answer = Some(super::db::unless_it_panics(work, tx).await);
            matches!(self.answer, Some(Ok(_)))
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let answer = match (self.answer, committed) {
            (Some(Err(error)), _) => Err(error),
            (Some(answer), Ok(())) => answer,
            (None, Ok(())) => Err(E::from(StoreError::Busy)),
            (_, Err(error)) => Err(E::from(error)),
        };
        // A caller that went away has nobody to tell; the write stands.
        let _gone = self.caller.send(answer);
    }
}

impl Writer {
    pub(super) fn start(connection: SqliteConnection, changes: Arc<Changes>) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE);
        tokio::spawn(keep_writing(Tx::sqlite(connection), messages, changes));
        Self { queue }
    }

    pub(super) async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let work = Message::Write(Box::new(Work { work: Some(work), answer: None, caller }));
        if self.queue.send(work).await.is_err() {
            return Err(E::from(StoreError::Other("the database is closed".to_owned())));
        }
        answer.await.unwrap_or_else(|_| Err(E::from(StoreError::Other("the database was closed".to_owned()))))
    }

    /// Finishes what is queued and ends the task.
    pub(super) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            let _already_gone = stopped.await;
        }
    }
}

async fn keep_writing(mut tx: Tx, mut messages: mpsc::Receiver<Message>, changes: Arc<Changes>) {
    let mut group = Vec::with_capacity(GROUP);
    let mut version = data_version(&mut tx).await;
    let mut looked = Instant::now();
    let mut stopping = None;
    while stopping.is_none() {
        if let Ok(0) = tokio::time::timeout(LOOK_AROUND, messages.recv_many(&mut group, GROUP)).await {
            break;
        }
        // The number moves only by other connections' commits, and every commit of this process is made here.
        if looked.elapsed() >= LOOK_AROUND {
            looked = Instant::now();
            let now = data_version(&mut tx).await;
            if now != version {
                version = now;
                changes.everything_changed();
            }
        }
        let mut writes: Vec<Box<dyn Write>> = Vec::with_capacity(group.len());
        for message in group.drain(..) {
            match message {
                Message::Write(write) => writes.push(write),
                Message::Stop(done) => stopping = Some(done),
            }
        }
        if !writes.is_empty() {
            commit_together(&mut tx, writes, &changes).await;
        }
    }
    if let super::tx::Conn::Sqlite(connection) = tx.conn {
        let _closed = sqlx::Connection::close(*connection).await;
    }
    if let Some(done) = stopping {
        let _gone = done.send(());
    }
}

async fn commit_together(tx: &mut Tx, mut writes: Vec<Box<dyn Write>>, changes: &Changes) {
    let committed = match execute(tx, "begin immediate; savepoint w").await {
        Err(error) => Err(error),
        Ok(()) => run_all(tx, &mut writes).await,
    };
    match committed {
        Ok(()) => {
            changes.writes_went(None);
            tx.effects.announce(changes);
            for write in writes {
                write.answer(Ok(()));
            }
        }
        Err(error) => {
            // Where the error has ended the transaction already, there is nothing left to roll back.
            let _ended = execute(tx, "rollback").await;
            tx.effects = super::tx::Effects::default();
            changes.writes_went(Some(error.to_string()));
            // For whoever reads a server's log; each caller is told below, and a command says it in its own words.
            tracing::info!(error = %error, writes = writes.len(), "a group of writes was not committed");
            for write in writes {
                write.answer(Err(error.clone()));
            }
        }
    }
}

async fn run_all(tx: &mut Tx, writes: &mut [Box<dyn Write>]) -> Result<(), StoreError> {
    for write in writes {
        let mark = tx.effects.mark();
        if write.run(tx).await {
            // One trip for both: the end of this write's savepoint and the beginning of the next one's.
            execute(tx, "release w; savepoint w").await?;
        } else {
            tx.effects.cut_back(mark);
            // Errors such as a full disk end the whole transaction (https://www.sqlite.org/lang_transaction.html §3.2): this fails then.
            execute(tx, "rollback to w").await?;
        }
    }
    tx.flush().await?;
    execute(tx, "commit").await
}

async fn execute(tx: &mut Tx, sql: &'static str) -> Result<(), StoreError> {
    if let Some(connection) = tx.conn.as_sqlite() {
        sqlx::raw_sql(sql).execute(connection).await?;
    }
    Ok(())
}

async fn data_version(tx: &mut Tx) -> i64 {
    match tx.conn.as_sqlite() {
        Some(connection) => sqlx::query_scalar("pragma data_version").fetch_one(connection).await.unwrap_or(-1),
        None => -1,
    }
}
