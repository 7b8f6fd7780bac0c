//! The dashboard: what matters now.

use crate::view::card::MoveCard;
use crate::view::chart::Chart;
use crate::view::time::When;
use crate::view::today::Step;

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
    use super::headline;

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
