//! Lengths of time and counts in words.

use crate::model::Ts;

/// A length of time, rounded down to what one says: "40 min", "3 h", "3 h 20 min", "5 days".
pub(super) fn span(millis: i64) -> String {
    match millis {
        ..Ts::MINUTE => "less than a minute".to_owned(),
        Ts::MINUTE..Ts::HOUR => format!("{} min", millis / Ts::MINUTE),
        Ts::HOUR.. if millis < 4 * Ts::HOUR && millis % Ts::HOUR >= Ts::MINUTE => {
            format!("{} h {} min", millis / Ts::HOUR, millis % Ts::HOUR / Ts::MINUTE)
        }
        Ts::HOUR.. if millis < 2 * Ts::DAY => format!("{} h", millis / Ts::HOUR),
        _ => format!("{} days", millis / Ts::DAY),
    }
}

/// How long ago: "just now", "3 h ago".
pub(super) fn ago(millis: i64) -> String {
    if millis < Ts::MINUTE { "just now".to_owned() } else { format!("{} ago", span(millis)) }
}

/// A count with its noun: "1 minute", "6 minutes".
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A share in basis points as a percentage without idle decimals: "8 %", "0.5 %".
pub(super) fn percent(bp: u16) -> String {
    match (bp / 100, bp % 100) {
        (whole, 0) => format!("{whole} %"),
        (0, rest) if rest % 10 == 0 => format!("0.{} %", rest / 10),
        (0, rest) => format!("0.{rest:02} %"),
        (whole, _) => format!("{whole} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_one_says_them() {
        for (millis, words) in [
            (-1, "less than a minute"),
            (0, "less than a minute"),
            (5 * Ts::MINUTE, "5 min"),
            (Ts::HOUR, "1 h"),
            (Ts::HOUR + 20 * Ts::MINUTE, "1 h 20 min"),
            (30 * Ts::HOUR + 5, "30 h"),
            (2 * Ts::DAY, "2 days"),
            (400 * Ts::DAY, "400 days"),
        ] {
            assert_eq!(span(millis), words);
        }
        assert_eq!(ago(10), "just now");
        assert_eq!(count(1, "minute", "minutes"), "1 minute");
        assert_eq!(percent(800), "8 %");
        assert_eq!(percent(50), "0.5 %");
        assert_eq!(percent(5), "0.05 %");
        assert_eq!(percent(1234), "12 %");
    }
}
