//! Made-up facts whose scores must be the same on every target: one number to compare natively and in WASM.

use super::facts::{
    Clock, ClockKind, DealFacts, Doubt, Facts, Fatigue, Fit, GateFacts, Intent, Learned, Relationship, Waiting,
};
use super::intent::kinds;
use super::points::Points;
use super::weights::Weights;
use crate::model::Ts;

/// How many made-up facts the digest is of.
const VECTORS: u64 = 256;

/// Whole numbers without order, always the same ones for the same seed (SplitMix64).
struct Lot(u64);

impl Lot {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.draw() % u64::from(end.max(1))).unwrap_or(0)
    }

    fn bp(&mut self) -> u16 {
        u16::try_from(self.below(10_001)).unwrap_or(0)
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// A length of time: minutes, hours or weeks, seldom thousands of years.
    fn span(&mut self) -> i64 {
        match self.below(16) {
            0 => i64::from(self.below(u32::MAX)) << 22,
            1..4 => i64::from(self.below(3_600_000)),
            4..10 => i64::from(self.below(172_800_000)),
            _ => i64::from(self.below(u32::MAX)),
        }
    }

    /// A moment before or after another.
    fn near(&mut self, moment: Ts) -> Ts {
        let span = self.span();
        if self.one_in(2) { moment + span } else { moment - span }
    }
}

/// The facts, weights and moment of this number; always the same.
#[must_use]
pub fn vector(number: u64) -> (Facts, Weights, Ts) {
    let lot = &mut Lot(number);
    let now = Ts::from_millis(1_770_000_000_000 + i64::from(lot.below(u32::MAX)));
    let clock_kinds =
        [ClockKind::WaitingForUs, ClockKind::Promise, ClockKind::Meeting, ClockKind::CloseDate, ClockKind::DueDate];
    let clocks = (0..lot.below(4))
        .map(|_| Clock { kind: clock_kinds[lot.below(5) as usize], start: now - lot.span(), due: lot.near(now) })
        .collect();
    let intent = (0..lot.below(6))
        .map(|_| Intent { kind: kinds()[lot.below(14) as usize].kind, occurred_at: now - lot.span() })
        .collect();
    let amount = i64::from(lot.below(u32::MAX));
    let deal = (!lot.one_in(3)).then(|| DealFacts {
        amount_minor: if lot.one_in(16) { amount << 31 } else { amount },
        stage_bp: lot.bp(),
        p95_minor: i64::from(lot.below(20_000_000)),
        top_bp: lot.one_in(2).then(|| lot.bp()),
    });
    let tries = lot.below(60);
    let facts = Facts {
        clocks,
        due_at: lot.one_in(4).then(|| lot.near(now)),
        deal,
        intent,
        fit: (!lot.one_in(3)).then(|| Fit { bp: lot.bp(), words: "head of sales".to_owned() }),
        relationship: Relationship { replies: lot.below(5), meetings: lot.below(4), referral: lot.one_in(5) },
        learned: (!lot.one_in(3)).then(|| Learned {
            probability_bp: lot.bp(),
            base_bp: lot.bp(),
            good: lot.below(tries + 1),
            tries,
            reasons: vec!["asked for a demo".to_owned()],
        }),
        minutes: lot.below(45),
        fatigue: Fatigue {
            touched_at: (0..lot.below(9)).map(|_| now - lot.span()).collect(),
            cap: lot.below(5),
            colleague: lot.one_in(8).then(|| "Ana".to_owned()),
        },
        doubt: Doubt { identity_bp: lot.bp().max(5000), verified_at: lot.one_in(2).then(|| now - lot.span()) },
        gates: GateFacts {
            snoozed_until: lot.one_in(6).then(|| lot.near(now)),
            waiting_on_them: lot.one_in(8).then(|| Waiting { since: now - lot.span(), until: Some(lot.near(now)) }),
            in_flight: lot.one_in(12),
            ..GateFacts::default()
        },
    };
    let weights = Weights {
        urgency: Points(i32::try_from(lot.below(5001)).unwrap_or(0)),
        intent: Points(i32::try_from(lot.below(5001)).unwrap_or(0)),
        ..Weights::default()
    };
    (facts, if number.is_multiple_of(2) { Weights::default() } else { weights }, now)
}

/// One number made of the whole answers for many made-up facts (FNV-1a of their JSON).
///
/// Two targets on which it is the same agree to the bit: in values, words, ticks and next changes.
#[must_use]
pub fn vectors_digest() -> u64 {
    let mut digest = 0xCBF2_9CE4_8422_2325_u64;
    for number in 0..VECTORS {
        let (facts, weights, now) = vector(number);
        let aps = super::score(&facts, &weights, now);
        // An answer always is JSON; if it were not, the digest would differ from the pinned one.
        let text = serde_json::to_string(&aps).unwrap_or_default();
        for byte in text.bytes() {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    digest
}
