//! Fixed-point maths: shares in 0..=1 as whole numbers, the same to the bit on every target.
//!
//! Every function here is monotone *as computed*, not only in the formula: the next change (`next.rs`) is found by
//! bounding the score between two moments by its rising and falling parts, and that is only sound if rounding never
//! turns a rise into a fall. Rounding down and rounding to nearest are monotone, and so is what is made of them.

use super::points::Points;

/// A share in 0..=1, in units of 2^-30.
pub(super) type Share = u64;

/// The whole.
pub(super) const ONE: Share = 1 << BITS;
const BITS: u32 = 30;

/// Round(2^30 · 2^(−i/64)) for i in 0..=64; the test `the_table_is_the_formula` checks it.
#[rustfmt::skip]
const HALVING: [Share; 65] = [
    1_073_741_824, 1_062_175_491, 1_050_733_751, 1_039_415_261, 1_028_218_693, 1_017_142_735, 1_006_186_087, 995_347_464,
    984_625_594, 974_019_220, 963_527_098, 953_147_997, 942_880_699, 932_724_001, 922_676_710, 912_737_649,
    902_905_651, 893_179_563, 883_558_244, 874_040_567, 864_625_413, 855_311_680, 846_098_274, 836_984_114,
    827_968_132, 819_049_271, 810_226_483, 801_498_734, 792_865_000, 784_324_269, 775_875_538, 767_517_817,
    759_250_125, 751_071_493, 742_980_960, 734_977_579, 727_060_411, 719_228_525, 711_481_005, 703_816_941,
    696_235_434, 688_735_596, 681_316_545, 673_977_412, 666_717_336, 659_535_466, 652_430_958, 645_402_981,
    638_450_708, 631_573_326, 624_770_026, 618_040_012, 611_382_493, 604_796_689, 598_281_827, 591_837_143,
    585_461_881, 579_155_293, 572_916_640, 566_745_190, 560_640_218, 554_601_009, 548_626_854, 542_717_053,
    536_870_912,
];

/// After this many half-lives nothing is left: below the smallest share.
pub(super) const HALF_LIVES: i64 = 31;

/// 2^(−age/half-life); a negative age counts as none.
///
/// Linear between the 64 pinned points of a halving. The chord lies above the curve by at most (ln 2/64)²/8 =
/// 1.47·10⁻⁵ of the value; cutting the age to 2^-24 of a half-life and rounding add less than 10⁻⁷. Together the
/// error is below 1.5·10⁻⁵ of the whole, or 0.0003 of a point at weight 20.
pub(super) const fn halving(age: i64, half_life: i64) -> Share {
    if age <= 0 {
        return ONE;
    }
    if half_life <= 0 || age / half_life >= HALF_LIVES {
        return 0;
    }
    let halvings = age / half_life; // 0..31
    // What is left of the last half-life, in 2^-24 of it; made smaller first so that no half-life overflows the shift.
    let (mut rest, mut whole) = (age % half_life, half_life);
    while whole >= 1 << 38 {
        rest >>= 1;
        whole >>= 1;
    }
    let part = ((rest << 24) / whole).unsigned_abs(); // at most 2^24, only then at == 64
    let (at, between) = ((part >> 18) as usize, part & ((1 << 18) - 1));
    let here = HALVING[at];
    let next = HALVING[if at < 64 { at + 1 } else { 64 }];
    (here - (((here - next) * between) >> 18)) >> halvings
}

/// How much of `span` has elapsed, rounded down; 0 before it begins, 1 from its end on.
pub(super) const fn progress(elapsed: i64, span: i64) -> Share {
    if elapsed >= span {
        return ONE;
    }
    if elapsed <= 0 {
        return 0;
    }
    // 0 < elapsed < span here. Spans over 2^33 ms (99 days) lose low bits so that the shift below cannot overflow.
    let (mut elapsed, mut span) = (elapsed.unsigned_abs(), span.unsigned_abs());
    while span >= 1 << 33 {
        elapsed >>= 1;
        span >>= 1;
    }
    (elapsed << BITS) / span
}

/// A share given in basis points; more than 10,000 counts as the whole.
pub(super) const fn of_bp(bp: u16) -> Share {
    let bp = if bp > 10_000 { 10_000 } else { bp };
    (bp as Share * ONE) / 10_000
}

/// `a · b`, rounded down.
pub(super) const fn times(a: Share, b: Share) -> Share {
    (a * b) >> BITS
}

/// This share of a weight, rounded to the nearest hundredth, halves away from zero.
pub(super) fn points(weight: Points, share: Share) -> Points {
    let size = (u64::from(weight.0.unsigned_abs()) * share.min(ONE) + ONE / 2) >> BITS;
    // At most the weight's own size, so it fits.
    let size = i32::try_from(size).unwrap_or(i32::MAX);
    Points(if weight.0 < 0 { -size } else { size })
}

/// log2 in units of 2^-24, rounded down; 0 for 0 and 1.
///
/// The fraction comes bit by bit from squaring the mantissa, cut to 31 bits each time: the result is below the true
/// logarithm by less than 2^-20.
pub(super) const fn log2(n: u64) -> u64 {
    if n < 2 {
        return 0;
    }
    let whole = n.ilog2();
    let mut mantissa = if whole >= 31 { n >> (whole - 31) } else { n << (31 - whole) }; // 2^31 is 1.0
    let mut log = whole as u64;
    let mut bit = 0;
    while bit < 24 {
        mantissa = (mantissa * mantissa) >> 31;
        log <<= 1;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            log |= 1;
        }
        bit += 1;
    }
    log
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_is_the_formula() {
        for (i, entry) in (0i32..).zip(HALVING) {
            let exact = f64::from(1u32 << 30) * 2f64.powf(-f64::from(i) / 64.0);
            assert!((entry as f64 - exact).abs() <= 0.500_01, "{i}: {entry} is not {exact}");
        }
    }

    proptest! {
        #[test]
        fn halving_is_as_close_to_the_formula_as_documented(age in 0..40 * 86_400_000i64, half_life in 1_000_000..30 * 86_400_000i64) {
            let exact = 2f64.powf(-(age as f64) / half_life as f64);
            let got = halving(age, half_life) as f64 / ONE as f64;
            prop_assert!((got - exact).abs() < 1.5e-5, "{got} {exact}");
        }

        #[test]
        fn halving_never_rises_with_age(a in any::<i64>(), b in any::<i64>(), half_life in any::<i64>()) {
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(halving(a, half_life) >= halving(b, half_life));
        }

        #[test]
        fn halving_never_rises_from_one_moment_to_the_next(age in 0..100_000_000i64, half_life in 1..3_000_000i64) {
            prop_assert!(halving(age, half_life) >= halving(age + 1, half_life));
        }

        #[test]
        fn progress_never_falls(a in any::<i64>(), b in any::<i64>(), span in any::<i64>()) {
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(progress(a, span) <= progress(b, span));
            prop_assert!(progress(b, span) <= ONE);
        }

        #[test]
        fn log2_is_as_close_to_the_formula_as_documented(n in 1u64..) {
            let exact = (n as f64).log2();
            let got = log2(n) as f64 / f64::from(1 << 24);
            prop_assert!(got <= exact + 1e-9 && exact - got < 1.0 / f64::from(1 << 20), "{n}: {got} {exact}");
        }

        #[test]
        fn log2_never_falls(n in 0..u64::MAX, step in 1u64..1000) {
            prop_assert!(log2(n) <= log2(n.saturating_add(step)));
        }

        #[test]
        fn a_share_of_a_weight_is_within_it(weight in any::<i32>(), share in 0..=ONE) {
            let points = points(Points(weight), share).0;
            prop_assert!(points.unsigned_abs() <= weight.unsigned_abs());
            prop_assert!(points == 0 || (points < 0) == (weight < 0));
        }
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(halving(0, 10), ONE);
        assert_eq!(halving(-5, 10), ONE);
        assert_eq!(halving(10, 10), ONE / 2);
        assert_eq!(halving(310, 10), 0);
        assert_eq!(halving(i64::MAX, i64::MAX), ONE / 2);
        assert_eq!(progress(10, 10), ONE);
        assert_eq!(progress(5, 10), ONE / 2);
        assert_eq!(progress(1, 0), ONE);
        assert_eq!(log2(0), 0);
        assert_eq!(log2(1 << 40), 40 << 24);
        assert_eq!(of_bp(u16::MAX), ONE);
        assert_eq!(times(ONE, ONE), ONE);
    }
}
