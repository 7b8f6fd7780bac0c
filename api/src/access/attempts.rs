//! How often somebody failed to sign in with an e-mail address lately: guessing is slow however many addresses it comes from.

use caseyos_shared::model::Ts;
use dashmap::DashMap;

/// So many attempts …
const ATTEMPTS: usize = 10;
/// … in so long; then the address waits.
const WINDOW: i64 = 15 * Ts::MINUTE;
/// How many addresses are remembered; beyond, those that come new wait together.
const REMEMBERED: usize = 50_000;

/// The memory of attempts, by e-mail address.
#[derive(Default)]
pub struct Attempts(DashMap<String, Vec<Ts>>);

impl Attempts {
    /// Counts an attempt before it is made, so that many at once are counted too.
    ///
    /// # Errors
    /// The seconds until the next one is welcome.
    pub fn begin(&self, email: &str, now: Ts) -> Result<(), u64> {
        let crowded = self.0.len() >= REMEMBERED && !self.0.contains_key(email);
        let mut times = self.0.entry(if crowded { String::new() } else { email.to_owned() }).or_default();
        times.retain(|at| now.since(*at) < WINDOW);
        if times.len() < ATTEMPTS {
            times.push(now);
            return Ok(());
        }
        let wait = times.first().map_or(0, |first| (*first + WINDOW).since(now));
        Err(u64::try_from(wait / Ts::SECOND).unwrap_or(0) + 1)
    }

    /// Forgets the addresses that have been quiet; to be called now and then.
    pub fn forget_the_quiet(&self, now: Ts) {
        self.0.retain(|_, times| times.last().is_some_and(|last| now.since(*last) < WINDOW));
    }

    /// Forgets what was counted: somebody proved to be who they say.
    pub fn succeeded(&self, email: &str) {
        self.0.remove(email);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_attempt_waits_and_a_success_forgets() {
        let attempts = Attempts::default();
        let now = Ts::from_millis(0);
        for n in 0..10 {
            assert_eq!(attempts.begin("ann@example.com", now + n), Ok(()));
        }
        assert_eq!(attempts.begin("ann@example.com", now + Ts::MINUTE), Err(14 * 60 + 1));
        assert_eq!(attempts.begin("bob@example.com", now + Ts::MINUTE), Ok(()));
        assert_eq!(attempts.begin("ann@example.com", now + WINDOW), Ok(()), "the first of them is forgotten by now");
        attempts.succeeded("ann@example.com");
        for n in 0..10 {
            assert_eq!(attempts.begin("ann@example.com", now + WINDOW + n), Ok(()));
        }
    }
}
