//! A chart of days: what came in and what was decided, its title being the finding.

use crate::view::words;

/// One day of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// "Tue 24 Nov".
    pub label: String,
    /// How many moves were made.
    pub made: i64,
    /// How many were decided: taken, done, dismissed, put off.
    pub decided: i64,
}

/// The chart with the table behind it, oldest day first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What the figures say.
    pub finding: String,
    /// The days.
    pub days: Vec<Day>,
    /// The highest figure, at least one.
    pub top: i64,
}

impl Chart {
    /// The chart of these days, oldest first; the newer half is told against the older one.
    #[must_use]
    pub fn new(days: Vec<Day>) -> Self {
        let top = days.iter().map(|day| day.made.max(day.decided)).max().unwrap_or(0).max(1);
        Self { finding: finding(&days), days, top }
    }

    /// Whether there is anything to draw.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.days.iter().all(|day| day.made == 0 && day.decided == 0)
    }
}

fn finding(days: &[Day]) -> String {
    let (before, now) = days.split_at(days.len() / 2);
    let decided = |days: &[Day]| days.iter().map(|day| day.decided).sum::<i64>();
    let (earlier, later) = (decided(before), decided(now));
    let made: i64 = now.iter().map(|day| day.made).sum();
    let length = words::count(i64::try_from(now.len()).unwrap_or(0), "day", "days");
    if earlier + later == 0 {
        return match made {
            0 => "Nothing was made or decided yet".to_owned(),
            _ => format!("{} came in, none decided yet", words::count(made, "move", "moves")),
        };
    }
    let against = match later - earlier {
        0 => "as many as in those before".to_owned(),
        more @ 1.. => format!("{} more than in those before", words::number(more)),
        fewer => format!("{} fewer than in those before", words::number(-fewer)),
    };
    format!("{} decided in the last {length}, {against}", words::count(later, "move", "moves"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(decided: &[i64], made: i64) -> Chart {
        Chart::new(decided.iter().map(|decided| Day { label: String::new(), made, decided: *decided }).collect())
    }

    #[test]
    fn the_title_is_the_finding() {
        assert_eq!(chart(&[1, 1, 3, 3], 0).finding, "6 moves decided in the last 2 days, 4 more than in those before");
        assert_eq!(chart(&[3, 3, 1, 0], 0).finding, "1 move decided in the last 2 days, 5 fewer than in those before");
        assert_eq!(chart(&[2, 2], 0).finding, "2 moves decided in the last 1 day, as many as in those before");
        assert_eq!(chart(&[0, 0], 4).finding, "4 moves came in, none decided yet");
        assert_eq!(chart(&[0, 0], 0).finding, "Nothing was made or decided yet");
    }

    #[test]
    fn the_top_is_never_zero_so_that_bars_can_be_measured_against_it() {
        assert_eq!(chart(&[0, 0], 0).top, 1);
        assert!(chart(&[0, 0], 0).is_blank());
        assert_eq!(chart(&[2, 7], 3).top, 7);
    }
}
