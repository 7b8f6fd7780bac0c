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
use crate::signals::arrivals::Arrivals;
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
    /// The signals that wait to be written.
    pub arrivals: Arrivals,
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
            arrivals: Arrivals::default(),
            attempts: Attempts::default(),
            stopping: CancellationToken::new(),
            strangers: Strangers::default(),
        }))
    }

    /// Forgets the addresses and sign-in attempts that have been quiet; to be called now and then.
    pub fn forget_the_quiet(&self) {
        let now = self.clock.now();
        self.strangers.forget_the_quiet(now);
        self.attempts.forget_the_quiet(now);
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

/// How many addresses are remembered; beyond, all strangers share one limiter a door, so that no flood of addresses fills the memory.
const ADDRESSES: usize = 100_000;
/// After so long an address's limiter is full again, so forgetting it changes nothing.
const QUIET: Duration = Duration::from_secs(120);

impl Strangers {
    fn forget_the_quiet(&self, now: Ts) {
        let quiet = now - i64::try_from(QUIET.as_millis()).unwrap_or(0);
        self.known.retain(|_, (_, seen)| *seen > quiet);
    }

    fn count(&self, door: Door, address: &str, now: Ts) -> Rate {
        let network = network(address);
        let crowded = self.known.len() >= ADDRESSES && !self.known.contains_key(&(door, network.clone()));
        let address = if crowded { String::new() } else { network };
        let per_minute = door.per_minute();
        let mut entry = self.known.entry((door, address)).or_insert_with(|| (Arc::new(limiter(per_minute)), now));
        entry.1 = now;
        check(&entry.0, per_minute)
    }
}

/// What one stranger can be told apart by: an IPv4 address, or the /64 that an IPv6 host gets for itself (RFC 6177).
fn network(address: &str) -> String {
    match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_an_address_or_a_network_of_one_host() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network("unknown"), "unknown");
    }

    #[test]
    fn addresses_are_forgotten_when_they_are_quiet() {
        let strangers = Strangers::default();
        let now = Ts::from_millis(0);
        strangers.count(Door::Form, "192.0.2.7", now);
        strangers.forget_the_quiet(now + Ts::MINUTE);
        assert_eq!(strangers.known.len(), 1);
        strangers.forget_the_quiet(now + 3 * Ts::MINUTE);
        assert!(strangers.known.is_empty());
    }
}
