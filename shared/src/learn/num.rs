//! Arithmetic with the same bits natively and in WASM: `exp` and `ln` from the four operations only.
//!
//! The platform's own `exp` and `ln` may differ in the last bit between targets; a score that is explained in the
//! browser must be the score that the core stored.

/// The smallest and the largest probability that is ever stated, in basis points: nothing is certain.
pub const MIN_BP: u16 = 1;
/// See [`MIN_BP`].
pub const MAX_BP: u16 = 9_999;

const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// 1/13!, 1/12! … 1/1!, 1/0!.
const INVERSE_FACTORIALS: [f64; 14] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    1.0 / 2.0,
    1.0,
    1.0,
];

/// e to the power of `x`; `x` is held within ±700.
pub(super) fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = x.clamp(-700.0, 700.0);
    let half = if x < 0.0 { -0.5 } else { 0.5 };
    let k = (x / (LN2_HIGH + LN2_LOW) + half) as i64;
    let r = (x - k as f64 * LN2_HIGH) - k as f64 * LN2_LOW;
    // Taylor's series, evaluated from its far end; |r| is at most half of ln 2, so the rest is below the last bit.
    INVERSE_FACTORIALS.iter().fold(0.0, |sum, inverse| sum * r + inverse) * power_of_two(k)
}

/// The natural logarithm of a positive, normal `x`; anything else counts as the smallest normal number.
pub(super) fn ln(x: f64) -> f64 {
    let bits = if x >= f64::MIN_POSITIVE && x.is_finite() { x } else { f64::MIN_POSITIVE }.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if m > std::f64::consts::SQRT_2 {
        m /= 2.0;
        exponent += 1;
    }
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    let mut n = 23.0;
    while n > 0.0 {
        sum = sum * square + 1.0 / n;
        n -= 2.0;
    }
    exponent as f64 * LN2_HIGH + (2.0 * s * sum + exponent as f64 * LN2_LOW)
}

/// 2 to the power of `k`, for `k` within the range that [`exp`] needs.
fn power_of_two(k: i64) -> f64 {
    f64::from_bits(((k + 1023).clamp(1, 2046) as u64) << 52)
}

/// The probability that belongs to log-odds.
pub(super) fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + exp(-z))
}

/// The log-odds of a probability, which is held within a millionth of 0 and 1.
pub(super) fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    ln(p / (1.0 - p))
}

/// A probability in basis points, within [`MIN_BP`] and [`MAX_BP`].
pub(super) fn to_bp(p: f64) -> u16 {
    ((p * 10_000.0 + 0.5) as u16).clamp(MIN_BP, MAX_BP)
}

/// The share of its weight that something keeps after `age`, when half of it is gone after `half_life` (same unit).
pub(super) fn kept(age: i64, half_life: i64) -> f64 {
    let halves = age.max(0) as f64 / half_life.max(1) as f64;
    exp(-halves * (LN2_HIGH + LN2_LOW))
}

/// SplitMix64's finaliser: scatters the bits.
pub(super) fn mix(seed: u64) -> u64 {
    let a = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let b = (a ^ a >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let c = (b ^ b >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    c ^ c >> 31
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(exp(0.0), 1.0);
        assert!((exp(1.0) - std::f64::consts::E).abs() < 1e-15);
        assert_eq!(ln(1.0), 0.0);
        assert!((ln(10.0) - std::f64::consts::LN_10).abs() < 1e-15);
        assert_eq!(sigmoid(0.0), 0.5);
        assert_eq!(to_bp(0.0), 1);
        assert_eq!(to_bp(1.0), 9_999);
        assert_eq!(to_bp(f64::NAN), 1);
        assert!((kept(90, 90) - 0.5).abs() < 1e-12);
        assert_eq!(kept(-5, 90), 1.0);
    }

    proptest! {
        #[test]
        fn exp_and_ln_agree_with_the_platform(x in -690.0..690.0f64) {
            prop_assert!((exp(x) / x.exp() - 1.0).abs() < 1e-13);
            let y = x.exp();
            prop_assert!((ln(y) - y.ln()).abs() < 1e-13 * y.ln().abs().max(1.0));
        }

        #[test]
        fn logit_undoes_sigmoid(z in -12.0..12.0f64) {
            prop_assert!((logit(sigmoid(z)) - z).abs() < 1e-8);
        }
    }
}
