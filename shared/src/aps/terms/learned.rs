//! Learned: what outcomes taught, as cap · tanh((logit p − logit base)/2).

use crate::aps::facts::Learned;
use crate::aps::points::Points;

/// The points; none without evidence.
///
/// With the odds ratio r = p(1−b)/(b(1−p)), tanh((logit p − logit b)/2) = (r − 1)/(r + 1) = (p − b)/(p + b − 2pb):
/// a fraction of whole numbers, so it is exact and rounded only once, to the nearest hundredth, halves away from zero.
pub(in crate::aps) fn points(learned: Option<&Learned>, cap: Points) -> Points {
    let Some(learned) = learned.filter(|learned| learned.tries > 0) else { return Points::ZERO };
    let p = i64::from(learned.probability_bp.min(10_000));
    let b = i64::from(learned.base_bp.min(10_000));
    let (above, below) = ((p - b) * 10_000, (p + b) * 10_000 - 2 * p * b);
    if below == 0 {
        return Points::ZERO; // p = b = 0 or p = b = 1: as good as any
    }
    let exact = i64::from(cap.0) * above; // at most 2^31 · 10^8
    let size = (2 * exact.abs() + below) / (2 * below);
    Points(i32::try_from(size * exact.signum()).unwrap_or(cap.0))
}

/// Why.
pub(in crate::aps) fn because(learned: Option<&Learned>, points: Points) -> String {
    let Some(learned) = learned else { return "nothing learned yet".to_owned() };
    let good = learned.good.min(learned.tries);
    let mut because = format!("{good} of {} like this went well, {}", learned.tries, points.signed());
    let grounds = learned.reasons.iter().map(|reason| reason.trim()).filter(|reason| !reason.is_empty());
    let grounds = grounds.take(2).collect::<Vec<_>>().join(", ");
    if !grounds.is_empty() {
        because.push_str(": ");
        because.push_str(&grounds);
    }
    because
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_is_the_formula() {
        let logit = |bp: u16| (f64::from(bp) / f64::from(10_000 - bp)).ln();
        for p in (1..10_000).step_by(37) {
            for base in (1..10_000).step_by(101) {
                let learned = Learned { probability_bp: p, base_bp: base, tries: 1, ..Learned::default() };
                let exact = 2000.0 * ((logit(p) - logit(base)) / 2.0).tanh();
                let got = f64::from(points(Some(&learned), Points(2000)).0);
                assert!((got - exact).abs() <= 0.500_01, "{p} {base}: {got} is not {exact}");
            }
        }
    }

    #[test]
    fn the_ends_of_probability_give_the_whole_cap_or_nothing() {
        for (p, base, points_due) in
            [(0, 0, 0), (10_000, 10_000, 0), (10_000, 0, 2000), (0, 10_000, -2000), (5000, 0, 2000), (300, 300, 0)]
        {
            let learned = Learned { probability_bp: p, base_bp: base, tries: 1, ..Learned::default() };
            assert_eq!(points(Some(&learned), Points(2000)), Points(points_due), "{p} {base}");
        }
    }
}
