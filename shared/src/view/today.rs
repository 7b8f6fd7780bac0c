//! Today's Moves, and the other piles that a move can lie on.

use crate::view::card::MoveCard;
use crate::view::time::When;
use crate::view::words;

/// A pile of moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pile {
    /// What to do now, best first.
    Now,
    /// What somebody took and has not finished.
    Taken,
    /// What waits outside Today: gated or put off.
    Later,
    /// What was decided.
    Decided,
}

impl Pile {
    /// Every pile, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::Now, Self::Taken, Self::Later, Self::Decided];

    /// Its name on the tab.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Taken => "Taken",
            Self::Later => "Later",
            Self::Decided => "Decided",
        }
    }

    /// Its word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Taken => "taken",
            Self::Later => "later",
            Self::Decided => "decided",
        }
    }

    /// The pile of this word; what is no word is the first pile.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|pile| pile.word() == word).unwrap_or(Self::Now)
    }

    /// Its address.
    #[must_use]
    pub fn href(self) -> String {
        match self {
            Self::Now => "/today".to_owned(),
            pile => format!("/today?pile={}", pile.word()),
        }
    }
}

/// Something to do next, as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What doing it brings.
    pub label: String,
    /// Where.
    pub href: String,
    /// One line more.
    pub hint: String,
}

impl Step {
    /// A step.
    #[must_use]
    pub fn new(label: &str, href: &str, hint: &str) -> Self {
        Self { label: label.to_owned(), href: href.to_owned(), hint: hint.to_owned() }
    }
}

/// What stands where a list would stand if there were anything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Empty {
    /// What is so.
    pub title: String,
    /// Why, or what would change it.
    pub text: String,
    /// What to do next.
    pub steps: Vec<Step>,
}

/// A pile as a page.
#[derive(Debug, Clone)]
pub struct TodayList {
    /// Which pile.
    pub pile: Pile,
    /// How much there is: "5 now, 18 more. About 35 minutes."
    pub summary: String,
    /// The cards, best first.
    pub cards: Vec<MoveCard>,
    /// What to say when there are none.
    pub empty: Option<Empty>,
    /// Where the rest is, with its words.
    pub more: Option<(String, String)>,
    /// When this was put together.
    pub as_of: When,
}

/// What is known of the workspace when a list turns out empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// Whether anything ever came in.
    pub any_signal: bool,
    /// Whether the reader may change things.
    pub may_write: bool,
}

impl TodayList {
    /// The pile with these cards, out of `total` that lie on it.
    #[must_use]
    pub fn new(pile: Pile, cards: Vec<MoveCard>, minutes: i64, total: i64, known: Known, as_of: When) -> Self {
        let shown = i64::try_from(cards.len()).unwrap_or(i64::MAX);
        let rest = (total - shown).max(0);
        let summary = match (pile, shown) {
            (_, 0) => "Nothing here.".to_owned(),
            (Pile::Now, _) => {
                let more = if rest > 0 { format!(", {} more waiting", words::number(rest)) } else { String::new() };
                let time = words::count(minutes, "minute", "minutes");
                format!(
                    "{} now{more}. About {time}.{}",
                    words::number(shown),
                    if rest > 0 { alike(&cards) } else { "" }
                )
            }
            (Pile::Taken, _) => format!("{} taken and not finished.", words::count(shown, "move", "moves")),
            (Pile::Later, _) => format!("{} waiting for their moment.", words::count(shown, "move", "moves")),
            (Pile::Decided, _) => format!("The last {} decided.", words::count(shown, "move", "moves")),
        };
        let empty = cards.is_empty().then(|| nothing(pile, known));
        let more = (pile == Pile::Now && rest > 0)
            .then(|| ("/today?all=1".to_owned(), format!("Show all {}", words::count(total, "move", "moves"))));
        Self { pile, summary, cards, empty, more, as_of }
    }
}

/// Says it when the score does not tell the best from the rest.
fn alike(cards: &[MoveCard]) -> &'static str {
    match cards {
        [first, .., last] if first.aps == last.aps => " They score alike, so the oldest come first.",
        _ => "",
    }
}

fn nothing(pile: Pile, known: Known) -> Empty {
    let empty = |title: &str, text: &str, steps| Empty { title: title.to_owned(), text: text.to_owned(), steps };
    match pile {
        Pile::Now if !known.any_signal && known.may_write => empty(
            "Nothing has come in yet",
            "Moves are made from what happens around your deals. Bring in what you have, or let people come to you.",
            vec![
                Step::new("Import leads", "/imports", "A CSV file with any header names."),
                Step::new("Import a mailbox", "/imports", "An mbox or .eml file; who waits for an answer comes first."),
                Step::new("Make a form", "/forms", "Paste it into your site; every post becomes a move."),
            ],
        ),
        Pile::Now => empty(
            "You are through",
            "Nothing needs you now. New moves appear here by themselves.",
            vec![
                Step::new(
                    "See what waits for its moment",
                    "/today?pile=later",
                    "Snoozed moves, and those whose turn it is not.",
                ),
                Step::new("See what you took", "/today?pile=taken", "Mark done what is done."),
            ],
        ),
        Pile::Taken => empty(
            "Nothing is taken",
            "What somebody takes lies here until it is marked done.",
            vec![Step::new("Go to what is now", "/today", "Best first.")],
        ),
        Pile::Later => empty(
            "Nothing waits",
            "Snoozed moves lie here, and those that something keeps out of Today.",
            vec![Step::new("Go to what is now", "/today", "Best first.")],
        ),
        Pile::Decided => empty(
            "Nothing was decided yet",
            "What was done or dismissed lies here, and can be put back.",
            vec![Step::new("Go to what is now", "/today", "Best first.")],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ts;
    use crate::view::time::Clockface;

    fn list(pile: Pile, total: i64, known: Known) -> TodayList {
        let face = Clockface::utc(Ts::from_millis(0));
        TodayList::new(pile, Vec::new(), 0, total, known, face.when(face.now))
    }

    #[test]
    fn an_empty_pile_says_what_to_do_next() {
        for pile in Pile::ALL {
            for any_signal in [false, true] {
                let list = list(pile, 0, Known { any_signal, may_write: true });
                let empty = list.empty.unwrap();
                assert!(!empty.steps.is_empty(), "{}", empty.title);
            }
        }
    }

    #[test]
    fn a_newcomer_is_led_to_the_imports_and_a_regular_is_told_that_all_is_done() {
        let title = |any_signal| list(Pile::Now, 0, Known { any_signal, may_write: true }).empty.unwrap().title;
        assert_eq!(title(false), "Nothing has come in yet");
        assert_eq!(title(true), "You are through");
    }

    #[test]
    fn a_pile_is_found_by_its_word_and_nonsense_is_the_first() {
        for pile in Pile::ALL {
            assert_eq!(Pile::from_word(pile.word()), pile);
        }
        assert_eq!(Pile::from_word("<script>"), Pile::Now);
    }
}
