//! The one place that reads the clock and makes ids.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use caseyos_shared::model::Ts;
use uuid::Uuid;

/// A clock that tests can move; in production it is the system's.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Ts {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ts::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)) + self.ahead.load(Ordering::Relaxed)
    }

    /// Moves this clock, and every clone of it, forward by so many milliseconds (backward if negative).
    pub fn advance(&self, millis: i64) {
        self.ahead.fetch_add(millis, Ordering::Relaxed);
    }
}

/// A new UUIDv7: sorts by the time it was made.
#[must_use]
pub fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// A new id of any kind.
#[must_use]
pub fn new_id<T>(make: impl FnOnce(Uuid) -> T) -> T {
    make(new_uuid())
}
