//! What has changed lately: generation numbers for caches and wake-ups for loops and live pages.

use std::sync::atomic::{AtomicU64, Ordering};

use caseyos_shared::model::WorkspaceId;
use dashmap::DashMap;
use tokio::sync::watch;

/// The process's memory of changes. A cache keeps the generation that it read *before* it asked the database,
/// and is valid as long as the number is the same.
pub struct Changes {
    queues: DashMap<WorkspaceId, u64>,
    everything: AtomicU64,
    callers: AtomicU64,
    tick: watch::Sender<u64>,
    work: watch::Sender<u64>,
    write_failed: std::sync::Mutex<Option<String>>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            queues: DashMap::new(),
            everything: AtomicU64::new(0),
            callers: AtomicU64::new(0),
            tick: watch::Sender::new(0),
            work: watch::Sender::new(0),
            write_failed: std::sync::Mutex::new(None),
        }
    }
}

impl Changes {
    /// The generation of a workspace's queue.
    #[must_use]
    pub fn queue(&self, workspace: WorkspaceId) -> (u64, u64) {
        (self.everything.load(Ordering::Acquire), self.queues.get(&workspace).map_or(0, |generation| *generation))
    }

    /// The generation of keys, sessions, people and settings.
    #[must_use]
    pub fn callers(&self) -> (u64, u64) {
        (self.everything.load(Ordering::Acquire), self.callers.load(Ordering::Acquire))
    }

    /// Wakes whenever a queue or the events of any workspace may have changed.
    #[must_use]
    pub fn ticks(&self) -> watch::Receiver<u64> {
        self.tick.subscribe()
    }

    /// Wakes whenever there is new work for the job loop.
    #[must_use]
    pub fn work(&self) -> watch::Receiver<u64> {
        self.work.subscribe()
    }

    /// Says that a queue may show something else now.
    pub fn queue_changed(&self, workspace: WorkspaceId) {
        *self.queues.entry(workspace).or_default() += 1;
        self.tick.send_modify(|count| *count += 1);
    }

    pub(super) fn keys_changed(&self) {
        self.callers.fetch_add(1, Ordering::AcqRel);
    }

    /// Wakes the job loop.
    pub fn work_added(&self) {
        self.work.send_modify(|count| *count += 1);
    }

    /// Why the last group of writes was not committed; `None` when it was.
    #[must_use]
    pub fn why_writes_fail(&self) -> Option<String> {
        self.write_failed.lock().ok().and_then(|why| why.clone())
    }

    /// Remembers how the last group of writes went.
    pub(super) fn writes_went(&self, failure: Option<String>) {
        if let Ok(mut why) = self.write_failed.lock() {
            *why = failure;
        }
    }

    /// Another process wrote, and nobody knows what: everything remembered is in doubt.
    pub(super) fn everything_changed(&self) {
        self.everything.fetch_add(1, Ordering::AcqRel);
        self.tick.send_modify(|count| *count += 1);
        self.work_added();
    }
}
