//! The dashboard: what matters now.

use crate::model::{Act, Ts};
use crate::view::card::MoveCard;
use crate::view::chart::Chart;
use crate::view::detail::{happened, happened_often};
use crate::view::time::{Clockface, When};
use crate::view::today::Step;
use crate::view::words;

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it counts.
    pub label: String,
    /// The figure.
    pub value: String,
    /// Where to look at what it counts.
    pub href: String,
    /// Whether it asks to be looked at.
    pub warn: bool,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Who did what.
    pub text: String,
    /// The move or thing it happened to.
    pub about: Option<(String, String)>,
    /// When.
    pub when: When,
}

/// What was done, so that a run of the same can be told as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A move was made, out of what this source brought.
    Made(String),
    /// Somebody did this to a move.
    Did(String, Act),
    /// Anything else, in a sentence.
    Else(String),
}

/// A deed at its time.
#[derive(Debug, Clone)]
pub struct Happened {
    /// What was done.
    pub deed: Deed,
    /// The move or thing it was done to: title and address.
    pub about: Option<(String, String)>,
    /// When.
    pub at: Ts,
}

/// From how many on a run of the same is told as one.
const RUN: usize = 3;

/// What happened lately, newest first, at most so many lines: a run of the same is one of them. `cut` says that there
/// is more before the oldest.
#[must_use]
pub fn lately(all: &[Happened], cut: bool, lines: usize, clock: &Clockface) -> Vec<Activity> {
    let mut told = Vec::new();
    for run in all.chunk_by(|a, b| a.deed.is_like(&b.deed)) {
        let reaches_the_end = run.as_ptr_range().end == all.as_ptr_range().end;
        if run.len() >= RUN
            && let Some(text) = together(run, cut && reaches_the_end)
        {
            told.push(Activity { text, about: None, when: clock.when(run[0].at) });
        } else {
            told.extend(run.iter().map(|one| Activity {
                text: one.deed.alone(),
                about: one.about.clone(),
                when: clock.when(one.at),
            }));
        }
    }
    told.truncate(lines);
    told
}

impl Deed {
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Made(_), Self::Made(_)) => true,
            (Self::Did(..), Self::Did(..)) => self == other,
            _ => false,
        }
    }

    fn alone(&self) -> String {
        match self {
            Self::Made(_) => "A move was made".to_owned(),
            Self::Did(who, act) => happened(who, *act, None),
            Self::Else(text) => text.clone(),
        }
    }
}

/// A run of the same in one sentence.
fn together(run: &[Happened], and_more: bool) -> Option<String> {
    let times = i64::try_from(run.len()).unwrap_or(i64::MAX);
    let text = match &run[0].deed {
        Deed::Made(source) => {
            let one_source = run.iter().all(|one| one.deed == run[0].deed);
            let from = match source.as_str() {
                _ if !one_source => String::new(),
                "manual" => " by hand".to_owned(),
                source => format!(" from {}", words::source(source)),
            };
            format!("{} were made{from}", words::count(times, "move", "moves"))
        }
        Deed::Did(who, act) => happened_often(who, *act, times),
        Deed::Else(_) => return None,
    };
    Some(if and_more { format!("{text}, and more before") } else { text })
}

/// The dashboard.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The state of things in one sentence.
    pub headline: String,
    /// Today's best, in short.
    pub cards: Vec<MoveCard>,
    /// The figures.
    pub figures: Vec<Figure>,
    /// Moves made and decided per day.
    pub chart: Chart,
    /// What happened lately, newest first.
    pub activity: Vec<Activity>,
    /// What is left to set up.
    pub steps: Vec<Step>,
}

/// The state of things in one sentence.
#[must_use]
pub fn headline(pending: i64, urgent: i64) -> String {
    use crate::view::words::number;
    match (pending, urgent) {
        (0, _) => "Nothing waits for you.".to_owned(),
        (pending, 0) => format!("{} for you; none is urgent.", waiting(pending)),
        (1, _) => "One move waits for you, and it is urgent.".to_owned(),
        (pending, urgent) if pending == urgent => format!("{} for you, all urgent.", waiting(pending)),
        (pending, 1) => format!("{} for you; one is urgent.", waiting(pending)),
        (pending, urgent) => format!("{} for you; {} are urgent.", waiting(pending), number(urgent)),
    }
}

fn waiting(pending: i64) -> String {
    crate::view::words::count(pending, "move waits", "moves wait")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deeds(deeds: &[Deed], cut: bool) -> Vec<String> {
        let clock = Clockface::utc(Ts::from_millis(0));
        let all: Vec<_> =
            deeds.iter().map(|deed| Happened { deed: deed.clone(), about: None, at: clock.now }).collect();
        lately(&all, cut, 4, &clock).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_run_of_the_same_is_told_as_one() {
        let made = |source: &str| Deed::Made(source.to_owned());
        let took = |who: &str| Deed::Did(who.to_owned(), Act::Accept);
        let import = vec![made("csv"); 36];
        assert_eq!(deeds(&import, false), ["36 moves were made from a lead list"]);
        assert_eq!(deeds(&import, true), ["36 moves were made from a lead list, and more before"]);
        assert_eq!(deeds(&[made("csv"), made("mail"), made("csv")], false), ["3 moves were made"]);
        assert_eq!(deeds(&[made("csv"), made("csv")], false), ["A move was made", "A move was made"]);
        let two = [took("You"), took("You"), took("You"), took("Elin")];
        assert_eq!(deeds(&two, false), ["You took 3 moves", "Elin took it"]);
    }

    #[test]
    fn no_more_lines_are_told_than_there_is_room_for() {
        let keys = vec![Deed::Else("You made an API key".to_owned()); 9];
        assert_eq!(deeds(&keys, false).len(), 4);
    }

    #[test]
    fn the_headline_counts_and_agrees() {
        assert_eq!(headline(0, 0), "Nothing waits for you.");
        assert_eq!(headline(1, 0), "1 move waits for you; none is urgent.");
        assert_eq!(headline(1, 1), "One move waits for you, and it is urgent.");
        assert_eq!(headline(23, 1), "23 moves wait for you; one is urgent.");
        assert_eq!(headline(23, 4), "23 moves wait for you; 4 are urgent.");
        assert_eq!(headline(2, 2), "2 moves wait for you, all urgent.");
    }
}
