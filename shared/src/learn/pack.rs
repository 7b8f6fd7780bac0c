//! Numbers as one compact text each way, to the bit: JSON's decimals are long and do not always survive a round trip.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A number with a fixed width in bytes.
pub(super) trait Fixed: Copy {
    const WIDTH: usize;
    fn bits(self) -> u64;
    fn from_bits(bits: u64) -> Self;
}

macro_rules! fixed {
    ($($number:ty, $width:literal, $to:expr, $from:expr;)*) => {$(
        impl Fixed for $number {
            const WIDTH: usize = $width;
            fn bits(self) -> u64 { ($to)(self) }
            fn from_bits(bits: u64) -> Self { ($from)(bits) }
        }
    )*};
}

fixed! {
    u16, 2, u64::from, |b| b as u16;
    i16, 2, |n: i16| u64::from(n as u16), |b| b as u16 as i16;
    u32, 4, u64::from, |b| b as u32;
    f32, 4, |n: f32| u64::from(n.to_bits()), |b| f32::from_bits(b as u32);
    f64, 8, f64::to_bits, f64::from_bits;
}

/// For `#[serde(with)]`: the numbers as base64 (URL alphabet, no padding) of their little-endian bytes.
pub(super) fn serialize<T: Fixed, S: Serializer>(numbers: &[T], out: S) -> Result<S::Ok, S::Error> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.bits().to_le_bytes().into_iter().take(T::WIDTH)).collect();
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(DIGITS[(word >> (18 - 6 * place) & 63) as usize] as char);
        }
    }
    out.serialize_str(&text)
}

/// The counterpart of [`serialize`]; refuses foreign characters and a length that is no whole number of numbers.
pub(super) fn deserialize<'de, T: Fixed, D: Deserializer<'de>>(input: D) -> Result<Vec<T>, D::Error> {
    let text = String::deserialize(input)?;
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        if group.len() == 1 {
            return Err(D::Error::custom("packed numbers that were cut off"));
        }
        let mut word = 0u32;
        for digit in group {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'-' => 62,
                b'_' => 63,
                _ => return Err(D::Error::custom("not packed numbers")),
            };
            word = word << 6 | u32::from(value);
        }
        word <<= 6 * (4 - group.len());
        bytes.extend(word.to_be_bytes().into_iter().skip(1).take(group.len() - 1));
    }
    if bytes.len() % T::WIDTH != 0 {
        return Err(D::Error::custom("not a whole number of packed numbers"));
    }
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    Ok(bytes.chunks(T::WIDTH).map(|bytes| T::from_bits(number(bytes))).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;

    #[derive(Debug, Serialize, serde::Deserialize)]
    struct Both {
        #[serde(with = "super")]
        wide: Vec<f64>,
        #[serde(with = "super")]
        narrow: Vec<i16>,
    }

    proptest! {
        #[test]
        fn every_number_comes_back_to_the_bit(wide: Vec<f64>, narrow: Vec<i16>) {
            let text = serde_json::to_string(&Both { wide: wide.clone(), narrow: narrow.clone() }).unwrap();
            let back: Both = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back.narrow, narrow);
            let bits = |v: &[f64]| v.iter().map(|n| n.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&back.wide), bits(&wide));
        }
    }

    #[test]
    fn what_is_not_packed_is_refused() {
        for bad in [r#"{"wide":"A","narrow":""}"#, r#"{"wide":"AAA","narrow":""}"#, r#"{"wide":"!!!!","narrow":""}"#] {
            assert!(serde_json::from_str::<Both>(bad).is_err(), "{bad}");
        }
    }
}
