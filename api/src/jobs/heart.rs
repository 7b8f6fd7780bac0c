//! Whether the job loops turn: each beats once a round, and readiness listens to the slowest.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use caseyos_shared::model::Ts;

/// A loop that has not beaten for so long is stuck.
const STUCK: i64 = 30 * Ts::SECOND;

/// How many loops there are.
pub(super) const LOOPS: usize = 3;

/// The loops' pulse.
#[derive(Default)]
pub struct Heart {
    expected: AtomicBool,
    beats: [AtomicI64; LOOPS],
    planned_until: AtomicI64,
}

impl Heart {
    /// Says that this process runs the loop.
    pub fn start(&self, now: Ts) {
        (0..LOOPS).for_each(|which| self.beat(which, now));
        self.expected.store(true, Ordering::Release);
    }

    /// Says that it no longer does: it was asked to stop.
    pub fn stop(&self) {
        self.expected.store(false, Ordering::Release);
    }

    /// Whether this process runs the loops.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.expected.load(Ordering::Acquire)
    }

    /// One of the loops turned a round.
    pub fn beat(&self, which: usize, now: Ts) {
        if let Some(beat) = self.beats.get(which) {
            beat.store(now.millis(), Ordering::Release);
        }
    }

    /// Whether schedules have to be planned now.
    #[must_use]
    pub fn plans(&self, now: Ts) -> bool {
        now.millis() >= self.planned_until.load(Ordering::Acquire)
    }

    /// Says that schedules are planned until then.
    pub fn planned(&self, until: Ts) {
        self.planned_until.store(until.millis(), Ordering::Release);
    }

    /// What is wrong with it, if this process is to run the loop.
    #[must_use]
    pub fn complaint(&self, now: Ts) -> Option<String> {
        let oldest = self.beats.iter().map(|beat| beat.load(Ordering::Acquire)).min().unwrap_or(0);
        let late = now.millis() - oldest;
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
        heart.beat(0, now + STUCK);
        heart.beat(1, now + STUCK);
        assert!(heart.complaint(now + STUCK + 1).is_some(), "one loop that is stuck is not hidden by the others");
        heart.beat(2, now + STUCK);
        assert_eq!(heart.complaint(now + STUCK + 1), None);
        heart.stop();
        assert_eq!(heart.complaint(now + 9 * STUCK), None);
    }
}
