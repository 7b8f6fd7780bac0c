//! Fatigue: more touches in seven days than the cap, or a colleague already at it, take points away.

use crate::aps::answer::Tick;
use crate::aps::facts::Fatigue;
use crate::aps::fixed::{self, ONE, Share};
use crate::aps::points::Points;
use crate::aps::words;
use crate::model::Ts;

/// How long a touch is felt.
const FELT: i64 = 7 * Ts::DAY;

/// What a colleague at it counts for.
const COLLEAGUE: Share = ONE / 2;

/// The touches over the cap, each as the moment from which it is over no longer, soonest first.
///
/// Those are the *oldest* ones: when the oldest touch leaves the seven days, there is one less over the cap.
#[derive(Debug)]
pub(in crate::aps) struct Over {
    until: Vec<Ts>,
    cap: u32,
    colleague: bool,
}

impl Over {
    pub(in crate::aps) fn of(fatigue: &Fatigue, now: Ts) -> Self {
        let felt = |touched: &Ts| *touched + FELT > now;
        let cap = usize::try_from(fatigue.cap).unwrap_or(usize::MAX);
        let count = fatigue.touched_at.iter().filter(|touched| felt(touched)).count();
        let mut until = Vec::new();
        if count > cap {
            until.extend(fatigue.touched_at.iter().filter(|touched| felt(touched)).map(|touched| *touched + FELT));
            until.sort_unstable();
            until.truncate(count - cap);
        }
        Self { until, cap: fatigue.cap, colleague: fatigue.colleague.is_some() }
    }

    fn count(&self, at: Ts) -> usize {
        self.until.len() - self.until.partition_point(|until| *until <= at)
    }

    /// The points at a moment from `now` on; with time they only rise.
    ///
    /// As many over the cap as the cap allows cost the whole weight, a colleague half of it.
    pub(in crate::aps) fn points(&self, weight: Points, at: Ts) -> Points {
        let over = i64::try_from(self.count(at)).unwrap_or(i64::MAX);
        let share = fixed::progress(over, i64::from(self.cap.max(1)));
        fixed::points(weight, share + if self.colleague { COLLEAGUE } else { 0 })
    }

    /// The moment from which nothing changes any more.
    pub(in crate::aps) fn settled(&self) -> Option<Ts> {
        self.until.last().copied()
    }

    /// Why.
    pub(in crate::aps) fn because(&self, fatigue: &Fatigue, now: Ts) -> String {
        let over = self.count(now) as u64;
        let touches = (over > 0).then(|| {
            let all = words::count(over.saturating_add(u64::from(self.cap)), "touch", "touches");
            format!("{all} in 7 days, {} over the cap", over)
        });
        let colleague = fatigue.colleague.as_ref().map(|name| match name.trim() {
            "" => "a colleague is already at it".to_owned(),
            name => format!("{name} is already at it"),
        });
        [touches, colleague].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// When the next touch over the cap is a week old.
    pub(in crate::aps) fn tick(&self, weight: Points, now: Ts) -> Option<Tick> {
        let from = self.points(weight, now);
        let (at, to) = self
            .until
            .iter()
            .filter(|at| **at > now)
            .map(|at| (*at, self.points(weight, *at)))
            .find(|(_, to)| *to != from)?;
        Some(Tick { at, delta: Points(to.0 - from.0), to, because: "the oldest touch is a week old".to_owned() })
    }
}
