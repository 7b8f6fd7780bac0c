//! Intent: the interest they showed, fading: 1 − Π(1 − w·2^(−age/half-life)) over groups, the strongest of each.

use crate::aps::answer::Tick;
use crate::aps::facts::Intent;
use crate::aps::fixed::{self, HALF_LIVES, ONE, Share};
use crate::aps::intent::{Group, Kind, kinds};
use crate::aps::points::Points;
use crate::aps::words;
use crate::model::Ts;

/// The latest signal of each kind that counts: of two of a kind, the later is the stronger at every moment, so the
/// others need no look.
#[derive(Debug)]
pub(in crate::aps) struct Interest {
    latest: Vec<(&'static Kind, Ts)>,
}

impl Interest {
    pub(in crate::aps) fn of(signals: &[Intent], now: Ts) -> Self {
        let mut latest: Vec<(&'static Kind, Ts)> = Vec::new();
        for rule in kinds().iter().filter(|rule| rule.weight_bp > 0) {
            let of_kind = signals.iter().filter(|signal| signal.kind == rule.kind);
            let Some(at) = of_kind.map(|signal| signal.occurred_at).max() else { continue };
            if strength(rule, at, now) > 0 {
                latest.push((rule, at));
            }
        }
        Self { latest }
    }

    fn share(&self, at: Ts) -> Share {
        let mut strongest = [0; Group::COUNT];
        for (rule, occurred_at) in &self.latest {
            let group = &mut strongest[rule.group as usize];
            *group = strength(rule, *occurred_at, at).max(*group);
        }
        ONE - strongest.iter().fold(ONE, |left, strength| fixed::times(left, ONE - strength))
    }

    /// The points at a moment from `now` on; with time they only fall.
    pub(in crate::aps) fn points(&self, weight: Points, at: Ts) -> Points {
        if self.latest.is_empty() { Points::ZERO } else { fixed::points(weight, self.share(at)) }
    }

    /// The moment from which nothing changes any more.
    pub(in crate::aps) fn settled(&self) -> Option<Ts> {
        self.latest.iter().map(|(rule, at)| *at + HALF_LIVES * rule.half_life).max()
    }

    /// Those that count now, strongest first, one of each group.
    fn counting(&self, now: Ts) -> Vec<(&'static Kind, Ts)> {
        let mut counting = self.latest.clone();
        counting.sort_by_key(|(rule, at)| std::cmp::Reverse(strength(rule, *at, now)));
        let mut seen = [false; Group::COUNT];
        counting.retain(|(rule, _)| !std::mem::replace(&mut seen[rule.group as usize], true));
        counting
    }

    /// Why: the two strongest, and how many more.
    pub(in crate::aps) fn because(&self, now: Ts) -> String {
        let counting = self.counting(now);
        let told = counting.iter().take(2).map(|(rule, at)| format!("{} {}", rule.words, words::ago(now.since(*at))));
        let told = told.collect::<Vec<_>>().join(", ");
        match counting.len().saturating_sub(2) {
            0 => told,
            more => format!("{told}, and {more} more"),
        }
    }

    /// When half of the strongest signal will have faded.
    pub(in crate::aps) fn tick(&self, weight: Points, now: Ts) -> Option<Tick> {
        let (rule, occurred_at) = *self.counting(now).first()?;
        let at = now.max(occurred_at) + rule.half_life;
        let (from, to) = (self.points(weight, now), self.points(weight, at));
        let because = "interest fades unless they do something new".to_owned();
        (to != from).then(|| Tick { at, delta: Points(to.0 - from.0), to, because })
    }
}

fn strength(rule: &Kind, occurred_at: Ts, at: Ts) -> Share {
    fixed::times(fixed::of_bp(rule.weight_bp), fixed::halving(at.since(occurred_at), rule.half_life))
}
