//! Whether the job loop turns: it beats once a round, and readiness listens.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use caseyos_shared::model::Ts;

/// A loop that has not beaten for so long is stuck.
const STUCK: i64 = 30 * Ts::SECOND;

/// The loop's pulse.
#[derive(Default)]
pub struct Heart {
    expected: AtomicBool,
    beat: AtomicI64,
    planned_until: AtomicI64,
}

impl Heart {
    /// Says that this process runs the loop.
    pub fn start(&self, now: Ts) {
        self.beat(now);
        self.expected.store(true, Ordering::Release);
    }

    /// Says that it no longer does: it was asked to stop.
    pub fn stop(&self) {
        self.expected.store(false, Ordering::Release);
    }

    /// One round was turned.
    pub fn beat(&self, now: Ts) {
        self.beat.store(now.millis(), Ordering::Release);
    }

    /// Whether schedules have to be planned now; then they are planned until `next`.
    #[must_use]
    pub fn plans(&self, now: Ts, next: Ts) -> bool {
        if now.millis() < self.planned_until.load(Ordering::Acquire) {
            return false;
        }
        self.planned_until.store(next.millis(), Ordering::Release);
        true
    }

    /// What is wrong with it, if this process is to run the loop.
    #[must_use]
    pub fn complaint(&self, now: Ts) -> Option<String> {
        let late = now.millis() - self.beat.load(Ordering::Acquire);
        (self.expected.load(Ordering::Acquire) && late > STUCK)
            .then(|| format!("has not turned for {} s", late / Ts::SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_loop_that_should_turn_and_does_not_is_complained_about() {
        let heart = Heart::default();
        let now = Ts::from_millis(1_000_000);
        assert_eq!(heart.complaint(now), None);
        heart.start(now);
        assert_eq!(heart.complaint(now + STUCK), None);
        assert!(heart.complaint(now + STUCK + 1).is_some());
        heart.beat(now + STUCK);
        assert_eq!(heart.complaint(now + STUCK + 1), None);
        heart.stop();
        assert_eq!(heart.complaint(now + 9 * STUCK), None);
    }
}
