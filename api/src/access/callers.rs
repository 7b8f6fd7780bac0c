//! The caller of a request, found by token and remembered until something about callers changes.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use caseyos_shared::model::{KeyId, Role, Scope, SessionId, Settings, Ts, UserId, WorkspaceId};
use dashmap::DashMap;
use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::token;
use crate::clock::Clock;
use crate::store::access::{self, TokenKind, TokenOwner};
use crate::store::events::Actor;
use crate::store::{Db, StoreError};

/// A session ends after so long without use …
const IDLE: i64 = 7 * Ts::DAY;
/// … and after so long in any case.
const LONGEST: i64 = 30 * Ts::DAY;
/// How often the use of a key or session is written down.
const NOTE_USE: i64 = Ts::MINUTE;
/// How many requests may come at once, beyond the steady rate (the default limit's "bursts of 200" of 1,200 a minute).
const BURST_SHARE: u32 = 6;
/// How many tokens are remembered before the oldest memory is dropped.
const REMEMBERED: usize = 50_000;

/// A limiter that also tells what is left.
pub type Limiter = RateLimiter<NotKeyed, InMemoryState, governor::clock::DefaultClock, StateInformationMiddleware>;

/// Who calls. Cheap to clone.
#[derive(Clone)]
pub struct Caller(Arc<Inner>);

struct Inner {
    owner: TokenOwner,
    limiter: Arc<Limiter>,
    per_minute: u32,
}

/// What the limiter said to a request.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Requests a minute.
    pub per_minute: u32,
    /// How many may still come now.
    pub remaining: u32,
    /// Seconds until the next one is welcome, when this one was not.
    pub retry_after: Option<u64>,
}

impl Caller {
    fn new(owner: TokenOwner, limiter: Arc<Limiter>, per_minute: u32) -> Self {
        Self(Arc::new(Inner { owner, limiter, per_minute }))
    }

    /// The workspace that everything this caller does belongs to.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.0.owner.workspace
    }

    /// The person.
    #[must_use]
    pub fn person(&self) -> UserId {
        self.0.owner.person
    }

    /// The person's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.owner.name
    }

    /// The person's role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.0.owner.role
    }

    /// The scopes, when a key calls.
    #[must_use]
    pub fn scopes(&self) -> Option<&[Scope]> {
        match &self.0.owner.token {
            TokenKind::Key { scopes, .. } => Some(scopes),
            TokenKind::Session { .. } => None,
        }
    }

    /// The session, when a browser calls.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match &self.0.owner.token {
            TokenKind::Key { .. } => None,
            TokenKind::Session { id, .. } => Some(*id),
        }
    }

    /// The key, when a program calls.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        match &self.0.owner.token {
            TokenKind::Key { id, .. } => Some(*id),
            TokenKind::Session { .. } => None,
        }
    }

    /// The secret that a browser's forms must carry.
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        match &self.0.owner.token {
            TokenKind::Key { .. } => None,
            TokenKind::Session { csrf, .. } => Some(csrf),
        }
    }

    /// The workspace's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.owner.settings
    }

    /// The workspace's time zone.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.0.owner.time_zone
    }

    /// The caller as the actor of events.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person())
    }

    /// Counts a request against the limit.
    #[must_use]
    pub fn count_request(&self) -> Rate {
        check(&self.0.limiter, self.0.per_minute)
    }
}

/// A limiter of so many requests a minute.
#[must_use]
pub fn limiter(per_minute: u32) -> Limiter {
    let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(per_minute.get() / BURST_SHARE).unwrap_or(NonZeroU32::MIN);
    RateLimiter::direct(Quota::per_minute(per_minute).allow_burst(burst)).with_middleware()
}

/// Counts one request.
#[must_use]
pub fn check(limiter: &Limiter, per_minute: u32) -> Rate {
    match limiter.check() {
        Ok(state) => Rate { per_minute, remaining: state.remaining_burst_capacity(), retry_after: None },
        Err(not_until) => {
            let wait: Duration = not_until.wait_time_from(governor::clock::DefaultClock::default().now());
            Rate { per_minute, remaining: 0, retry_after: Some(wait.as_secs() + 1) }
        }
    }
}

/// The memory of callers, by the digest of their token.
#[derive(Default)]
pub struct Callers {
    known: DashMap<String, Entry>,
    /// The limiters of people and their limits: whoever is signed in with many browsers has one limit all the same.
    people: DashMap<(WorkspaceId, UserId), (Arc<Limiter>, u32)>,
}

struct Entry {
    generation: (u64, u64),
    caller: Caller,
    noted_at: Ts,
}

impl Callers {
    /// Finds who stands behind a token; `None` when nobody does.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn find(&self, db: &Db, clock: &Clock, token: &str) -> Result<Option<Caller>, StoreError> {
        let Some(workspace) = token::workspace_of(token) else { return Ok(None) };
        let digest = token::digest(token);
        let now = clock.now();
        let generation = db.changes().callers();
        if let Some(entry) = self.known.get(&digest)
            && entry.generation == generation
            && now.since(entry.noted_at) < NOTE_USE
        {
            return Ok(Some(entry.caller.clone()));
        }
        let owner = if token.starts_with(token::KEY_PREFIX) {
            access::key_owner(db, workspace, &digest).await?
        } else {
            access::session_owner(db, workspace, &digest, now).await?
        };
        let Some(owner) = owner else {
            self.known.remove(&digest);
            return Ok(None);
        };
        let caller =
            self.known.get(&digest).map(|entry| entry.caller.clone()).filter(|known| same(&known.0.owner, &owner));
        let caller = caller.unwrap_or_else(|| self.limited(owner));
        let noted_at = self.known.get(&digest).map(|entry| entry.noted_at).filter(|at| now.since(*at) < NOTE_USE);
        if noted_at.is_none() {
            note_use(db, &caller, now);
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
            self.people.clear();
        }
        self.known.insert(digest, Entry { generation, caller: caller.clone(), noted_at: noted_at.unwrap_or(now) });
        Ok(Some(caller))
    }
}

impl Callers {
    /// A caller with the limit of the key, or of the person whose session it is.
    fn limited(&self, owner: TokenOwner) -> Caller {
        let limits = owner.settings.limits;
        if matches!(owner.token, TokenKind::Key { .. }) {
            let per_minute = limits.requests_per_minute_key;
            return Caller::new(owner, Arc::new(limiter(per_minute)), per_minute);
        }
        let per_minute = limits.requests_per_minute_user;
        let new = || (Arc::new(limiter(per_minute)), per_minute);
        let mut shared = self.people.entry((owner.workspace, owner.person)).or_insert_with(new);
        if shared.1 != per_minute {
            *shared = new();
        }
        let limiter = Arc::clone(&shared.0);
        drop(shared);
        Caller::new(owner, limiter, per_minute)
    }
}

/// Whether a remembered caller, with its limiter's count, still stands for what the store says.
fn same(known: &TokenOwner, now: &TokenOwner) -> bool {
    let scopes = |owner: &TokenOwner| match &owner.token {
        TokenKind::Key { scopes, .. } => scopes.clone(),
        TokenKind::Session { .. } => Vec::new(),
    };
    known.role == now.role
        && known.name == now.name
        && known.settings == now.settings
        && known.time_zone == now.time_zone
        && scopes(known) == scopes(now)
}

/// Writes down, behind the request, that the token is in use; a session's end moves with it.
fn note_use(db: &Db, caller: &Caller, now: Ts) {
    let db = db.clone();
    let workspace = caller.workspace();
    let token = caller.0.owner.token.clone();
    tokio::spawn(async move {
        let noted = db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    match token {
                        TokenKind::Key { id, .. } => access::key_used(tx, workspace, id, now).await,
                        TokenKind::Session { id, created_at, .. } => {
                            access::session_seen(tx, workspace, id, now, extended(now, created_at)).await
                        }
                    }
                })
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "could not note the use of a token");
        }
    });
}

/// The end of a session that is used now: later, but never later than it may be in all.
fn extended(now: Ts, created_at: Ts) -> Ts {
    (now + IDLE).min(created_at + LONGEST)
}

/// When a session that begins now ends if it is not used.
#[must_use]
pub fn first_expiry(now: Ts) -> Ts {
    now + IDLE
}
