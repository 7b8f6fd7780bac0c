//! One transaction on either engine, and what has to happen when it commits.

use std::collections::BTreeMap;

use caseyos_shared::model::{UserId, WorkspaceId};
use sqlx::{Postgres, SqliteConnection};

use super::changes::Changes;
use super::error::StoreError;
use super::events::NewEvent;
use super::receipts::NewReceipt;

/// A transaction. Functions of the store take it by `&mut` and so compose.
pub struct Tx {
    pub(super) conn: Conn,
    pub(super) effects: Effects,
}

pub(super) enum Conn {
    Sqlite(Box<SqliteConnection>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Runs the same body over the connection of either engine.
macro_rules! on_tx {
    ($tx:expr, $conn:ident => $body:expr) => {
        match &mut $tx.conn {
            $crate::store::tx::Conn::Sqlite(conn) => {
                let $conn = &mut **conn;
                $body
            }
            $crate::store::tx::Conn::Postgres(conn) => {
                let $conn = &mut **conn;
                $body
            }
        }
    };
}
pub(super) use on_tx;

/// What a transaction gathers on its way and writes or tells once, at its end: many writes that are committed
/// together then share one statement for their events and one for each counter.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) events: Vec<NewEvent>,
    receipts: Vec<NewReceipt>,
    counts: Vec<Count>,
    queues: Vec<WorkspaceId>,
    keys: bool,
    work: bool,
}

struct Count {
    workspace: WorkspaceId,
    assignee: Option<UserId>,
    ready: i64,
    urgent: i64,
}

/// A place to which the effects can be cut back when a write fails.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    events: usize,
    receipts: usize,
    counts: usize,
    queues: usize,
    keys: bool,
    work: bool,
}

impl Effects {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            events: self.events.len(),
            receipts: self.receipts.len(),
            counts: self.counts.len(),
            queues: self.queues.len(),
            keys: self.keys,
            work: self.work,
        }
    }

    pub(super) fn cut_back(&mut self, mark: Mark) {
        self.events.truncate(mark.events);
        self.receipts.truncate(mark.receipts);
        self.counts.truncate(mark.counts);
        self.queues.truncate(mark.queues);
        self.keys = mark.keys;
        self.work = mark.work;
    }

    /// Tells the process's caches and loops what was committed.
    pub(super) fn announce(&mut self, changes: &Changes) {
        self.queues.sort_unstable();
        self.queues.dedup();
        for workspace in self.queues.drain(..) {
            changes.queue_changed(workspace);
        }
        if std::mem::take(&mut self.keys) {
            changes.keys_changed();
        }
        if std::mem::take(&mut self.work) {
            changes.work_added();
        }
    }
}

impl Tx {
    pub(super) fn sqlite(connection: SqliteConnection) -> Self {
        Self { conn: Conn::Sqlite(Box::new(connection)), effects: Effects::default() }
    }

    pub(super) fn postgres(transaction: sqlx::Transaction<'static, Postgres>) -> Self {
        Self { conn: Conn::Postgres(transaction), effects: Effects::default() }
    }

    /// Records an event; it gets its number when the transaction ends.
    pub fn emit(&mut self, event: NewEvent) {
        self.queue_touched(event.workspace);
        self.effects.events.push(event);
    }

    /// Issues a receipt; it gets its place in the chain when the transaction ends.
    pub fn issue(&mut self, receipt: NewReceipt) {
        self.effects.receipts.push(receipt);
    }

    /// Says that what a queue of this workspace shows may be different now.
    pub fn queue_touched(&mut self, workspace: WorkspaceId) {
        if self.effects.queues.last() != Some(&workspace) {
            self.effects.queues.push(workspace);
        }
    }

    /// Says that keys, sessions, people or settings changed: whoever remembers a caller must look again.
    pub fn callers_touched(&mut self) {
        self.effects.keys = true;
    }

    /// Says that there is work for the job loop.
    pub fn work_added(&mut self) {
        self.effects.work = true;
    }

    /// Changes the number of waiting and urgent moves in one queue; `None` is everybody's.
    pub fn count(&mut self, workspace: WorkspaceId, assignee: Option<UserId>, ready: i64, urgent: i64) {
        if ready != 0 || urgent != 0 {
            self.effects.counts.push(Count { workspace, assignee, ready, urgent });
        }
    }

    /// Writes what was gathered; the last thing before a commit.
    pub(super) async fn flush(&mut self) -> Result<(), StoreError> {
        let mut sums: BTreeMap<(WorkspaceId, Option<UserId>), (i64, i64)> = BTreeMap::new();
        for count in self.effects.counts.drain(..) {
            let sum = sums.entry((count.workspace, count.assignee)).or_default();
            sum.0 += count.ready;
            sum.1 += count.urgent;
        }
        for ((workspace, assignee), (ready, urgent)) in sums {
            let assignee = assignee.map(|id| id.to_string()).unwrap_or_default();
            on_tx!(self, conn => sqlx::query(
                "insert into queue_count (workspace_id, assignee_id, ready, urgent) values ($1, $2, $3, $4)
                 on conflict (workspace_id, assignee_id) do update
                 set ready = queue_count.ready + excluded.ready, urgent = queue_count.urgent + excluded.urgent",
            )
            .bind(workspace.to_string())
            .bind(assignee)
            .bind(ready)
            .bind(urgent)
            .execute(conn)
            .await
            .map(drop))?;
        }
        let events = std::mem::take(&mut self.effects.events);
        super::events::append(self, events).await?;
        // After the events: whoever takes the ends of both takes them in this order, so that two writes never wait for each other.
        let receipts = std::mem::take(&mut self.effects.receipts);
        super::receipts::append(self, receipts).await?;
        self.tell_other_processes().await
    }

    /// PostgreSQL's other processes hear of a commit by NOTIFY (https://www.postgresql.org/docs/current/sql-notify.html);
    /// SQLite's see `pragma data_version` move.
    async fn tell_other_processes(&mut self) -> Result<(), StoreError> {
        let Conn::Postgres(transaction) = &mut self.conn else { return Ok(()) };
        self.effects.queues.sort_unstable();
        self.effects.queues.dedup();
        let mut words: Vec<String> = self.effects.queues.iter().map(|id| format!("queue {id}")).collect();
        if self.effects.keys {
            words.push("keys".to_owned());
        }
        if self.effects.work {
            words.push("work".to_owned());
        }
        for word in words {
            sqlx::query("select pg_notify('caseyos', $1)").bind(word).execute(&mut **transaction).await?;
        }
        Ok(())
    }

    pub(super) async fn commit(mut self, changes: &Changes) -> Result<(), StoreError> {
        if let Conn::Postgres(transaction) = self.conn {
            transaction.commit().await?;
            self.effects.announce(changes);
        }
        Ok(())
    }
}

impl Conn {
    /// The SQLite connection, where there is one.
    pub(super) fn as_sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match self {
            Self::Sqlite(conn) => Some(conn),
            Self::Postgres(_) => None,
        }
    }
}
