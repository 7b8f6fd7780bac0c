//! What every request handler, job and page shares.

use std::sync::Arc;
use std::time::Duration;

use caseyos_shared::model::Ts;
use dashmap::DashMap;
use tokio_util::sync::CancellationToken;

use crate::access::attempts::Attempts;
use crate::access::callers::{Callers, Limiter, Rate, check, limiter};
use crate::clock::Clock;
use crate::config::Config;
use crate::jobs::Heart;
use crate::metrics::Metrics;
use crate::queue::facts::CommonCache;
use crate::queue::today::TodayCache;
use crate::setup::SetupLink;
use crate::store::Db;
use crate::vault::Vault;

/// The shared state. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// The parts of [`App`].
pub struct Inner {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The configuration.
    pub config: Config,
    /// Whose token is whose.
    pub callers: Callers,
    /// Today's Moves, remembered.
    pub today: TodayCache,
    /// What the scores of each workspace share.
    pub common: CommonCache,
    /// The numbers for Prometheus.
    pub metrics: Metrics,
    /// Whether the job loop turns.
    pub heart: Heart,
    /// Encrypts secrets at rest.
    pub vault: Vault,
    /// The one-time set-up link, while nobody exists.
    pub setup: SetupLink,
    /// Who failed to sign in lately.
    pub attempts: Attempts,
    /// Ends when the process was told to stop: whatever streams without an end listens to it.
    pub stopping: CancellationToken,
    strangers: Strangers,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(db: Db, clock: Clock, config: Config, vault: Vault) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            config,
            callers: Callers::default(),
            today: TodayCache::default(),
            common: CommonCache::default(),
            metrics: Metrics::default(),
            heart: Heart::default(),
            vault,
            setup: SetupLink::default(),
            attempts: Attempts::default(),
            stopping: CancellationToken::new(),
            strangers: Strangers::default(),
        }))
    }

    /// Counts a request that nobody's token vouches for, by what it is and where it comes from.
    #[must_use]
    pub fn count_stranger(&self, door: Door, address: &str) -> Rate {
        self.strangers.count(door, address, self.clock.now())
    }
}

/// The places where strangers knock, each with its own patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// A sign-in or set-up attempt.
    SignIn,
    /// A public form.
    Form,
    /// A webhook.
    Hook,
    /// Anything else.
    Other,
}

impl Door {
    const fn per_minute(self) -> u32 {
        match self {
            Self::SignIn => 60,
            Self::Form => 120,
            Self::Hook => 60_000,
            Self::Other => 1_200,
        }
    }
}

/// Limiters per address, forgotten when they have been quiet.
#[derive(Default)]
struct Strangers {
    known: DashMap<(Door, String), (Arc<Limiter>, Ts)>,
}

/// How many addresses are remembered before the quiet ones are dropped.
const ADDRESSES: usize = 20_000;
/// After so long an address's limiter is full again, so forgetting it changes nothing.
const QUIET: Duration = Duration::from_secs(120);

impl Strangers {
    fn count(&self, door: Door, address: &str, now: Ts) -> Rate {
        if self.known.len() >= ADDRESSES {
            let quiet = now - i64::try_from(QUIET.as_millis()).unwrap_or(0);
            self.known.retain(|_, (_, seen)| *seen > quiet);
        }
        let per_minute = door.per_minute();
        let mut entry =
            self.known.entry((door, address.to_owned())).or_insert_with(|| (Arc::new(limiter(per_minute)), now));
        entry.1 = now;
        check(&entry.0, per_minute)
    }
}
