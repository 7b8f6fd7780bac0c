//! Urgency: obligation, rising along its service level and then flat; the most pressing clock counts.

use std::cmp::Reverse;

use crate::aps::answer::Tick;
use crate::aps::facts::{Clock, ClockKind};
use crate::aps::fixed::{self, ONE, Share};
use crate::aps::points::Points;
use crate::aps::words;
use crate::model::Ts;

fn pressure(clock: &Clock, at: Ts) -> Share {
    if at >= clock.due { ONE } else { fixed::progress(at.since(clock.start), clock.due.since(clock.start)) }
}

/// The points at a moment; with time they only rise.
pub(in crate::aps) fn points(clocks: &[Clock], weight: Points, at: Ts) -> Points {
    fixed::points(weight, clocks.iter().map(|clock| pressure(clock, at)).max().unwrap_or(0))
}

/// Whether this many points are at least 80 % of the weight (24 of 30, §5).
pub(in crate::aps) const fn presses(points: Points, weight: Points) -> bool {
    weight.0 > 0 && points.0 as i64 * 5 >= weight.0 as i64 * 4
}

/// The moment from which nothing changes any more: once one clock presses fully, the others add nothing.
pub(in crate::aps) fn settled(clocks: &[Clock]) -> Option<Ts> {
    clocks.iter().map(|clock| clock.due).min()
}

/// Why: the most pressing clock; of equals the one that is due first.
pub(in crate::aps) fn because(clocks: &[Clock], now: Ts) -> String {
    let most = clocks.iter().max_by_key(|clock| (pressure(clock, now), Reverse((clock.due, clock.kind))));
    let Some(clock) = most else { return "nothing presses".to_owned() };
    let whole = clock.due.since(clock.start);
    if now >= clock.due {
        return match clock.kind {
            ClockKind::WaitingForUs if whole <= 0 => "waiting for us".to_owned(),
            ClockKind::WaitingForUs => format!("waiting for us for more than {}", words::span(whole)),
            ClockKind::Promise => "the date we promised has come".to_owned(),
            ClockKind::Meeting => "the meeting has begun".to_owned(),
            ClockKind::CloseDate => "the close date has come".to_owned(),
            ClockKind::DueDate => "its due date has come".to_owned(),
        };
    }
    let left = words::span(clock.due.since(now));
    match clock.kind {
        ClockKind::WaitingForUs => {
            format!("waiting for us {} of {}", words::span(now.since(clock.start)), words::span(whole))
        }
        ClockKind::Promise => format!("promised, due in {left}"),
        ClockKind::Meeting => format!("meeting in {left}"),
        ClockKind::CloseDate => format!("the deal is to close in {left}"),
        ClockKind::DueDate => format!("due in {left}"),
    }
}

/// When the first clock will press fully.
pub(in crate::aps) fn tick(clocks: &[Clock], weight: Points, now: Ts) -> Option<Tick> {
    let clock = clocks.iter().min_by_key(|clock| (clock.due, clock.kind)).filter(|clock| clock.due > now)?;
    let (at, from, to) = (clock.due, points(clocks, weight, now), points(clocks, weight, clock.due));
    let because = match clock.kind {
        ClockKind::WaitingForUs => match clock.due.since(clock.start) {
            ..=0 => "they wait for us".to_owned(),
            whole => format!("they will have waited {}", words::span(whole)),
        },
        ClockKind::Promise => "the date we promised".to_owned(),
        ClockKind::Meeting => "the meeting begins".to_owned(),
        ClockKind::CloseDate => "the deal is to close".to_owned(),
        ClockKind::DueDate => "it is due".to_owned(),
    };
    (to != from).then(|| Tick { at, delta: Points(to.0 - from.0), to, because })
}
