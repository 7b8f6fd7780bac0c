//! Today's Moves and the badge, answered from memory while nothing of that queue has changed.

use std::hash::Hash;
use std::sync::Arc;

use bytes::Bytes;
use caseyos_shared::model::{Badge, Move, Today, Ts, UserId, WorkspaceId};
use dashmap::DashMap;
use sha2::{Digest, Sha256};

use super::action::on_the_wire;
use crate::access::token::hex;
use crate::app::App;
use crate::store::StoreError;
use crate::store::moves::{StoredMove, best_moves, count_waiting};

/// How many answers are remembered before all are dropped; each is a few kilobytes.
const REMEMBERED: usize = 10_000;
/// An answer is made anew after so long even if nothing changed, so that `generated_at` is never old.
const OLDEST: i64 = 5 * Ts::SECOND;

/// An answer as bytes, with its entity tag.
#[derive(Clone)]
pub struct Answer {
    /// The JSON.
    pub body: Bytes,
    /// The entity tag, with quotes; it leaves out `generated_at`.
    pub etag: String,
}

#[derive(Clone)]
struct Remembered {
    generation: (u64, u64),
    made_at: Ts,
    answer: Answer,
}

/// What was answered last, by queue; and who is reading it anew.
#[derive(Default)]
pub struct TodayCache {
    today: Cache<(WorkspaceId, UserId, i64)>,
    badge: Cache<(WorkspaceId, UserId)>,
}

/// Answers of one kind. While one request reads a queue anew the others that ask for it wait: each takes the first answer whose reading
/// began after it asked, so a hundred requests after a change cost one or two readings.
struct Cache<K> {
    known: DashMap<K, Remembered>,
    readers: DashMap<K, Arc<tokio::sync::Mutex<()>>>,
}

impl<K: Hash + Eq> Default for Cache<K> {
    fn default() -> Self {
        Self { known: DashMap::new(), readers: DashMap::new() }
    }
}

impl<K: Hash + Eq + Copy> Cache<K> {
    /// The remembered answer, if nothing has changed since, or what `read` answers.
    async fn get<F>(&self, app: &App, key: K, workspace: WorkspaceId, read: F) -> Result<Answer, StoreError>
    where
        F: AsyncFnOnce(Ts) -> Result<Answer, StoreError>,
    {
        let asked_at = app.db.changes().queue(workspace);
        if let Some(answer) = self.since(&key, asked_at, app.clock.now()) {
            return Ok(answer);
        }
        let reader = Arc::clone(self.readers.entry(key).or_default().value());
        let _turn = reader.lock().await;
        let now = app.clock.now();
        if let Some(answer) = self.since(&key, asked_at, now) {
            return Ok(answer);
        }
        // The generation before the rows: a write in between makes the memory stale at once, never fresh by mistake.
        let generation = app.db.changes().queue(workspace);
        let answer = read(now).await?;
        if self.known.len() >= REMEMBERED {
            self.known.clear();
            self.readers.clear();
        }
        self.known.insert(key, Remembered { generation, made_at: now, answer: answer.clone() });
        Ok(answer)
    }

    /// The remembered answer, if its reading saw everything that was written before `asked_at`.
    fn since(&self, key: &K, asked_at: (u64, u64), now: Ts) -> Option<Answer> {
        self.known
            .get(key)
            .filter(|known| known.generation.0 >= asked_at.0 && known.generation.1 >= asked_at.1)
            .filter(|known| (0..OLDEST).contains(&now.since(known.made_at)))
            .map(|known| known.answer.clone())
    }
}

/// Today's Moves as stored rows, for pages.
///
/// # Errors
/// When the store cannot answer.
pub async fn todays_rows(
    app: &App,
    workspace: WorkspaceId,
    person: UserId,
    limit: i64,
) -> Result<(Vec<StoredMove>, Badge), StoreError> {
    let rows = best_moves(&app.db, workspace, person, limit).await?;
    let (pending, urgent) = count_waiting(&app.db, workspace, person).await?;
    Ok((rows, Badge { pending, urgent }))
}

/// `GET /api/command-queue/today`.
///
/// # Errors
/// When the store cannot answer.
pub async fn today(app: &App, workspace: WorkspaceId, person: UserId, limit: i64) -> Result<Answer, StoreError> {
    let read = async |now| {
        let (rows, badge) = todays_rows(app, workspace, person, limit).await?;
        let items: Vec<Move> = rows.into_iter().map(on_the_wire).collect();
        let tag = tag(&(&items, badge.pending));
        Ok(answer(&Today { items, pending: badge.pending, generated_at: now }, tag))
    };
    app.today.today.get(app, (workspace, person, limit), workspace, read).await
}

/// `GET /api/command-queue/badge`.
///
/// # Errors
/// When the store cannot answer.
pub async fn badge(app: &App, workspace: WorkspaceId, person: UserId) -> Result<Answer, StoreError> {
    let read = async |_| {
        let (pending, urgent) = count_waiting(&app.db, workspace, person).await?;
        let badge = Badge { pending, urgent };
        Ok(answer(&badge, tag(&badge)))
    };
    app.today.badge.get(app, (workspace, person), workspace, read).await
}

fn answer(value: &impl serde::Serialize, etag: String) -> Answer {
    // Plain data with text keys; writing it cannot fail.
    Answer { body: serde_json::to_vec(value).unwrap_or_default().into(), etag }
}

/// A strong entity tag of what the value says.
#[must_use]
pub fn tag(value: &impl serde::Serialize) -> String {
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    format!("\"{}\"", hex(&Sha256::digest(&bytes)[..12]))
}
