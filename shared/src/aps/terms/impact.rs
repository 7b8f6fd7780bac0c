//! Impact: the stage-weighted value of the deal, on a logarithmic scale against the workspace's large ones.

use crate::aps::facts::DealFacts;
use crate::aps::fixed::{self, Share};
use crate::aps::points::Points;
use crate::aps::words;

/// Amount times the stage's odds, rounded down.
fn weighted(deal: DealFacts) -> u64 {
    let amount = u64::try_from(deal.amount_minor).unwrap_or(0);
    let odds = u64::from(deal.stage_bp.min(10_000));
    // amount · odds / 10,000 without leaving 64 bits: the quotient and the remainder apart, which is exact.
    amount / 10_000 * odds + amount % 10_000 * odds / 10_000
}

/// log(1 + value) over log(1 + the 95th percentile), at most 1.
fn share(deal: DealFacts) -> Share {
    let large = u64::try_from(deal.p95_minor).unwrap_or(0);
    if large == 0 {
        return 0;
    }
    // Logarithms are below 64 · 2^24 = 2^30, so `progress`'s shift by 30 stays within 64 bits.
    let log = |n: u64| i64::try_from(fixed::log2(n + 1)).unwrap_or(i64::MAX);
    fixed::progress(log(weighted(deal)), log(large))
}

/// The points; none without a deal, without a value, or without a percentile to compare with.
pub(in crate::aps) fn points(deal: Option<DealFacts>, weight: Points) -> Points {
    fixed::points(weight, deal.map_or(0, share))
}

/// Why.
pub(in crate::aps) fn because(deal: Option<DealFacts>) -> String {
    let Some(deal) = deal else { return "no deal".to_owned() };
    match deal.top_bp {
        Some(top @ ..=5000) => return format!("top {} deal", words::percent(top.max(1))),
        Some(_) => return "smaller than most of your deals".to_owned(),
        None => {}
    }
    let odds = words::percent(deal.stage_bp.min(10_000));
    let (value, large) = (weighted(deal), u64::try_from(deal.p95_minor).unwrap_or(0).max(1));
    if value >= large {
        return format!("among your largest deals, {odds} likely to close");
    }
    // Below `large`, so the share in basis points is below 10,000.
    let bp = u128::from(value) * 10_000 / u128::from(large);
    format!("{} of a large deal, {odds} likely to close", words::percent(u16::try_from(bp).unwrap_or(10_000)))
}
