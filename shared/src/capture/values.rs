//! Amounts, dates and telephone numbers as cells hold them: read when there is one reading, left alone otherwise.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::fold::trim;
use crate::model::Ts;

/// Currencies without minor units, and with thousandths (ISO 4217); every other has hundredths.
const NO_MINOR: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
const THOUSANDTHS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
const SYMBOLS: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("£", "GBP"),
    ("US$", "USD"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("zł", "PLN"),
];

/// A number of some currency as it was written: `digits / 10^decimals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Amount {
    /// The number without its decimal point.
    pub digits: i64,
    /// How many of the digits stand after the decimal point.
    pub decimals: u32,
    /// The currency, when a symbol or an ISO 4217 code stood beside the number. `$` alone is read as US dollars.
    pub currency: Option<String>,
}

impl Amount {
    /// The amount in minor units of this ISO 4217 currency, rounded half away from zero; none when it does not fit.
    #[must_use]
    pub fn minor_units(&self, currency: &str) -> Option<i64> {
        let wanted = if NO_MINOR.contains(&currency) {
            0
        } else if THOUSANDTHS.contains(&currency) {
            3
        } else {
            2
        };
        if self.decimals <= wanted {
            return self.digits.checked_mul(10_i64.checked_pow(wanted - self.decimals)?);
        }
        let divisor = 10_i64.checked_pow(self.decimals - wanted)?;
        let half = if self.digits < 0 { -(divisor / 2) } else { divisor / 2 };
        Some(self.digits.checked_add(half)? / divisor)
    }
}

/// An ISO 4217 code from a cell: three letters, or a currency's sign.
#[must_use]
pub fn parse_currency(text: &str) -> Option<String> {
    let text = trim(text);
    if let Some((_, code)) = SYMBOLS.iter().find(|(symbol, _)| *symbol == text) {
        return Some((*code).to_owned());
    }
    (text.len() == 3 && text.chars().all(|c| c.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}

/// Reads `1234`, `1,234.50`, `1.234,50 €`, `EUR 1 234,50`, `-12.5`, `1'234.50`. A single separator followed by exactly three
/// digits groups thousands (`1.234` is 1234): an amount with three decimals is rarer than one written for people.
#[must_use]
pub fn parse_amount(text: &str) -> Option<Amount> {
    let text = trim(text);
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let number = &text[start..end];
    let (before, after) = (trim(&text[..start]), trim(&text[end..]));
    let (before, negative) = match before.strip_prefix(['-', '−']).or_else(|| before.strip_suffix(['-', '−'])) {
        Some(rest) => (trim(rest), true),
        None => (before, false),
    };
    let currency = match (before, after) {
        ("", "" | ".-" | ",-" | ".–") => None,
        ("", unit) | (unit, "" | ".-" | ",-" | ".–") => Some(parse_currency(unit)?),
        _ => return None,
    };
    let is_group = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let last = number.rfind(['.', ',']);
    let decimal = last.filter(|&at| {
        let mark = number.as_bytes()[at];
        let fraction = number.len() - at - 1;
        let repeated = number.bytes().filter(|b| *b == mark).count() > 1;
        let mixed = number.bytes().any(|b| (b == b'.' || b == b',') && b != mark);
        !repeated && (mixed || fraction != 3 || number.starts_with("0") || number.contains(is_group))
    });
    let (whole, fraction) = decimal.map_or((number, ""), |at| (&number[..at], &number[at + 1..]));
    let mut groups = whole.split(|c: char| is_group(c) || c == '.' || c == ',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !numeric(first)
        || (!rest.is_empty() && first.len() > 3)
        || !rest.iter().all(|group| numeric(group) && group.len() == 3)
    {
        return None;
    }
    if !fraction.is_empty() && !numeric(fraction) {
        return None;
    }
    let digits: i64 = [first, &rest.concat(), fraction].concat().parse().ok()?;
    Some(Amount {
        digits: if negative { -digits } else { digits },
        decimals: u32::try_from(fraction.len()).ok()?,
        currency,
    })
}

/// Reads a calendar date: `2026-03-01`, `2026/03/01`, `20260301`, `01.03.2026`, `1 Mar 2026`, `Mar 1, 2026`, and `13/03/2026` or
/// `03/13/2026` where only one reading is a date; each with or without a time after it. `03/04/2026` has two readings and gets none.
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    parse_moment(text).map(|moment| moment.date())
}

/// Reads a point in time: RFC 3339, or a date as [`parse_date`] reads it with or without a time of day, taken as UTC.
#[must_use]
pub fn parse_time(text: &str) -> Option<Ts> {
    if let Ok(ts) = trim(text).parse() {
        return Some(ts);
    }
    let zoned = parse_moment(text)?.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(Ts::from(zoned.timestamp()))
}

fn parse_moment(text: &str) -> Option<DateTime> {
    let text = trim(text);
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    if let Ok(moment) = text.parse::<DateTime>() {
        return Some(moment);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.to_zoned_datetime(TimeZone::UTC).datetime());
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let (date, rest) = match words.as_slice() {
        [a, b, c, rest @ ..] if c.len() == 4 && month(a).is_some() => (ymd(c, month(a)?, b)?, rest),
        [a, b, c, rest @ ..] if c.len() == 4 && month(b).is_some() => (ymd(c, month(b)?, a)?, rest),
        [date, rest @ ..] => (numeric_date(date)?, rest),
        [] => return None,
    };
    Some(date.to_datetime(clock(rest)?))
}

fn numeric_date(text: &str) -> Option<Date> {
    if let Some(parts) = three(text, '-').or_else(|| three(text, '/')).filter(|parts| parts[0].len() == 4) {
        return ymd(parts[0], parts[1].parse().ok()?, parts[2]);
    }
    if let Some([day, mon, year]) = three(text, '.') {
        return ymd(year, mon.parse().ok()?, day);
    }
    if let Some(parts) = three(text, '-').filter(|parts| month(parts[1]).is_some()) {
        return ymd(parts[2], month(parts[1])?, parts[0]);
    }
    let [a, b, year] = three(text, '/')?;
    let day_first = ymd(year, b.parse().ok()?, a);
    let month_first = ymd(year, a.parse().ok()?, b);
    match (day_first, month_first) {
        (Some(one), Some(other)) => (one == other).then_some(one),
        (one, other) => one.or(other),
    }
}

fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    let parts: Vec<&str> = text.split(separator).collect();
    parts.try_into().ok()
}

fn ymd(year: &str, month: i8, day: &str) -> Option<Date> {
    if year.len() != 4 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// The month of an English name or its first three letters: what exports write whatever the account's language.
fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    if word.len() < 3 {
        return None;
    }
    let at = MONTHS.iter().position(|name| *name == word || name[..3] == word)?;
    i8::try_from(at + 1).ok()
}

/// A time of day: none, `9:05`, `09:05:30`, `9:05 PM`, with `UTC`, `GMT` or `Z` after it or not.
fn clock(words: &[&str]) -> Option<Time> {
    let mut words = words;
    if let [rest @ .., "UTC" | "GMT" | "Z"] = words {
        words = rest;
    }
    let (time, half) = match words {
        [] => return Some(Time::midnight()),
        [time] => (*time, None),
        [time, half] => (*time, Some(half.to_ascii_lowercase())),
        _ => return None,
    };
    let mut parts = time.split(':');
    let mut hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = match parts.next() {
        Some(text) => text.split('.').next()?.parse().ok()?,
        None => 0,
    };
    match half.as_deref() {
        None => {}
        Some("am" | "pm") if !(1..=12).contains(&hour) => return None,
        Some("am") => hour %= 12,
        Some("pm") => hour = hour % 12 + 12,
        Some(_) => return None,
    }
    Time::new(hour, minute, second, 0).ok().filter(|_| parts.next().is_none())
}

/// A telephone number as it was written, with white space folded, if it can be one: 5 to 15 digits (ITU-T E.164), an optional
/// extension, and nothing but the usual marks between them.
#[must_use]
pub fn parse_phone(text: &str) -> Option<String> {
    let text = trim(text);
    let text = text.strip_prefix("tel:").unwrap_or(text);
    // Spreadsheets mark numbers as text with an apostrophe, and turn long ones into floats.
    let text = text.strip_prefix('\'').unwrap_or(text);
    let text = text.strip_suffix(".0").filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text);
    let lower = text.to_ascii_lowercase();
    let number_ends = ["extension", "ext", "x", "durchwahl", "poste", "#", ";"]
        .iter()
        .filter_map(|mark| lower.find(mark))
        .min()
        .unwrap_or(lower.len());
    let (number, extension) = lower.split_at(number_ends);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let marks_only = number.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+()-./‐‑–·".contains(c));
    let plus_first = number.rfind('+').is_none_or(|at| number[..at].chars().all(|c| c == '('));
    let extension_digits = extension.bytes().filter(u8::is_ascii_digit).count();
    if !(5..=15).contains(&digits) || !marks_only || !plus_first || extension_digits > 8 || extension.len() > 24 {
        return None;
    }
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_in_every_countrys_way() {
        for (text, digits, decimals, currency) in [
            ("1234", 1234, 0, None),
            ("1,234.50", 123_450, 2, None),
            ("1.234,50 €", 123_450, 2, Some("EUR")),
            ("EUR 1 234,50", 123_450, 2, Some("EUR")),
            ("$1,234", 1234, 0, Some("USD")),
            ("1.234", 1234, 0, None),
            ("1.234.567", 1_234_567, 0, None),
            ("0.125", 125, 3, None),
            ("-12.5", -125, 1, None),
            ("CHF 1'234.50", 123_450, 2, Some("CHF")),
            ("99,-", 99, 0, None),
        ] {
            let amount = parse_amount(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (amount.digits, amount.decimals, amount.currency.as_deref()),
                (digits, decimals, currency),
                "{text}"
            );
        }
        for text in ["", "about 500", "1,2,3", "10k", "5-10", "1.2.3", "99999999999999999999", "USD 5 EUR"] {
            assert_eq!(parse_amount(text), None, "{text}");
        }
    }

    #[test]
    fn minor_units_follow_the_currency() {
        let amount = parse_amount("1,234.565").unwrap();
        assert_eq!(amount.minor_units("EUR"), Some(123_457));
        assert_eq!(amount.minor_units("JPY"), Some(1235));
        assert_eq!(amount.minor_units("KWD"), Some(1_234_565));
        assert_eq!(parse_amount("9223372036854775807").unwrap().minor_units("EUR"), None);
    }

    #[test]
    fn dates_with_one_reading_are_read_and_others_are_not() {
        for text in [
            "2026-03-13",
            "2026/03/13",
            "20260313",
            "13.03.2026",
            "13.3.2026",
            "13 Mar 2026",
            "March 13, 2026",
            "13/03/2026",
            "03/13/2026",
            "13-Mar-2026",
            "2026-03-13 14:30",
            "2026-03-13T14:30:00",
            "3/13/2026 2:30 PM",
            "2026-03-13 14:30:00 UTC",
        ] {
            assert_eq!(parse_date(text).map(|date| date.to_string()).as_deref(), Some("2026-03-13"), "{text}");
        }
        for text in ["", "03/04/2026", "2026-02-30", "31.02.2026", "soon", "13.03.26", "2026-13-01", "3/13/2026 25:00"]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert!(parse_date("03/03/2026").is_some());
    }

    #[test]
    fn a_time_without_an_offset_is_utc() {
        let ts = |text| parse_time(text).map(|ts| ts.to_string());
        assert_eq!(ts("2026-03-13T14:30:00+02:00").as_deref(), Some("2026-03-13T12:30:00.000Z"));
        assert_eq!(ts("3/13/2026 2:30 PM").as_deref(), Some("2026-03-13T14:30:00.000Z"));
        assert_eq!(ts("2026-03-13").as_deref(), Some("2026-03-13T00:00:00.000Z"));
        assert_eq!(ts("12:30"), None);
    }

    #[test]
    fn telephone_numbers_are_told_from_words_and_ids() {
        for (text, phone) in [
            ("+49 (0)30  1234-567", "+49 (0)30 1234-567"),
            ("555-0100 ext. 12", "555-0100 ext. 12"),
            ("'+15550100", "+15550100"),
            ("4930123456.0", "4930123456"),
            ("tel:+15550100", "+15550100"),
        ] {
            assert_eq!(parse_phone(text).as_deref(), Some(phone), "{text}");
        }
        for text in ["", "none", "123", "call me at 5550100", "1234567890123456", "55+0100", "a@b.example"] {
            assert_eq!(parse_phone(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "\\PC{0,30}", numeric in "[0-9.,:/ +'€$APM-]{0,20}") {
            for text in [&text, &numeric] {
                let _ = (parse_amount(text), parse_phone(text), parse_currency(text));
                if let Some(date) = parse_date(text) {
                    prop_assert_eq!(parse_date(&date.to_string()), Some(date));
                }
                let _ = parse_time(text);
            }
        }

        #[test]
        fn an_amount_written_with_two_decimals_gives_its_minor_units(minor in -1_000_000_000i64..1_000_000_000) {
            let sign = if minor < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100);
            prop_assert_eq!(parse_amount(&text).and_then(|amount| amount.minor_units("EUR")), Some(minor));
        }
    }
}
