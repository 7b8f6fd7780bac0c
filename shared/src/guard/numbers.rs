//! Numbers that give access to money: payment cards and bank accounts, told from other long numbers by their check digits.

use super::secret::Secret;

/// Fewest and most digits of a card's number (ISO/IEC 7812-1).
const CARD: std::ops::RangeInclusive<usize> = 13..=19;
/// Fewest and most characters of an account's number (ISO 13616-1).
const ACCOUNT: std::ops::RangeInclusive<usize> = 15..=34;

/// The gravest of the numbers in a text: a card's, else an account's.
pub(super) fn find(text: &str) -> Option<Secret> {
    let mut account = false;
    let bytes = text.as_bytes();
    let mut before = b' ';
    let mut account_end = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let starts_word = !before.is_ascii_alphanumeric();
        let rest = bytes.get(at..).unwrap_or_default();
        if byte.is_ascii_digit() && starts_word && at >= account_end && !matches!(before, b'+') && card(rest) {
            return Some(Secret::CardNumber);
        }
        if byte.is_ascii_uppercase()
            && starts_word
            && let Some(length) = account_length(rest)
        {
            account = true;
            account_end = at + length;
        }
        before = byte;
    }
    account.then_some(Secret::BankAccount)
}

/// Whether a card's number begins here: whole groups of digits, parted by one space or hyphen.
fn card(bytes: &[u8]) -> bool {
    let mut digits = Vec::with_capacity(*CARD.end());
    let mut bytes = bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'0'..=b'9' => digits.push(byte - b'0'),
            b' ' | b'-' if bytes.peek().is_some_and(u8::is_ascii_digit) => {}
            _ => break,
        }
        if digits.len() > *CARD.end() {
            return false;
        }
        let group_ends = byte.is_ascii_digit() && !bytes.peek().is_some_and(u8::is_ascii_alphanumeric);
        if group_ends && CARD.contains(&digits.len()) && is_issued(&digits) && has_check_digit(&digits) {
            return true;
        }
    }
    false
}

/// Whether a network issues cards that begin so, with that many digits.
fn is_issued(digits: &[u8]) -> bool {
    let begin = |count: usize| digits.iter().take(count).fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    match (digits.len(), begin(1), begin(2), begin(3), begin(4)) {
        (13 | 16 | 19, 4, ..)
        | (16, _, 51..=55, ..)
        | (16, _, _, _, 2221..=2720)
        | (15, _, 34 | 37, ..)
        | (14..=19, _, 36 | 38 | 39, ..)
        | (14..=19, _, _, 300..=305, _)
        | (16..=19, _, 62 | 65, ..)
        | (16..=19, _, _, 644..=649, _)
        | (16..=19, _, _, _, 6011 | 3528..=3589) => true,
        (16, _, _, _, first) => matches!(first, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763),
        _ => false,
    }
}

/// Luhn's sum (ISO/IEC 7812-1 annex B).
fn has_check_digit(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .zip([false, true].into_iter().cycle())
        .map(|(digit, double)| match (u32::from(*digit), double) {
            (digit, false) => digit,
            (digit, true) if digit > 4 => digit * 2 - 9,
            (digit, true) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

/// How many bytes an account's number takes that begins here: a country, two check digits, and groups parted by one space.
fn account_length(bytes: &[u8]) -> Option<usize> {
    let [country @ .., _, _] = bytes.get(..4)? else { return None };
    if !country.iter().all(u8::is_ascii_uppercase) || !bytes.get(2..4)?.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // The country and the check digits count last; what they are worth is kept until then.
    let worth = |byte: u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let add = |sum: u32, byte: u8| (if byte.is_ascii_digit() { sum * 10 } else { sum * 100 } + worth(byte)) % 97;
    let (head, rest) = bytes.split_at_checked(4)?;
    let mut sum = 0;
    let mut count = 4;
    let mut found = None;
    let mut rest = rest.iter().copied().enumerate().peekable();
    while let Some((at, byte)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        match byte {
            b' ' if next.is_some_and(|next| next.is_ascii_digit() || next.is_ascii_uppercase()) => continue,
            b'0'..=b'9' | b'A'..=b'Z' => {
                sum = add(sum, byte);
                count += 1;
            }
            _ => break,
        }
        if count > *ACCOUNT.end() {
            break;
        }
        let whole = head.iter().fold(sum, |sum, byte| add(sum, *byte)) == 1;
        if ACCOUNT.contains(&count) && whole && !next.is_some_and(|next| next.is_ascii_alphanumeric()) {
            found = Some(at + 5);
        }
    }
    found
}
