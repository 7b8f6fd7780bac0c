//! How good an order was: what stood at the top against what then went well.

use super::num;

/// The share of the first `k` that went well; of fewer than `k`, of all there are. `None` when there are none, or `k` is 0.
///
/// `ranked` holds, best-ranked first, whether each went well.
#[must_use]
pub fn precision_at(k: usize, ranked: &[bool]) -> Option<f64> {
    let top = ranked.get(..k.min(ranked.len()))?;
    let good = top.iter().filter(|good| **good).count();
    (!top.is_empty()).then(|| good as f64 / top.len() as f64)
}

/// The normalised discounted cumulative gain of the first `k` (K. Järvelin and J. Kekäläinen, ACM TOIS 20, 2002): the gain at place i
/// counts 1/log2(i + 1), and the sum is divided by that of the best order. `None` when nothing had a gain, or `k` is 0.
///
/// `ranked` holds the gains, best-ranked first: 0 for nothing, 1 for a success, more for a greater one.
#[must_use]
pub fn ndcg_at(k: usize, ranked: &[u32]) -> Option<f64> {
    let mut best = ranked.to_vec();
    best.sort_unstable_by_key(|gain| std::cmp::Reverse(*gain));
    let ideal = discounted(k, &best);
    (ideal > 0.0).then(|| discounted(k, ranked) / ideal)
}

fn discounted(k: usize, gains: &[u32]) -> f64 {
    // The base of the logarithm cancels out in the end, but not for whoever checks the sum against a book.
    let gain = |(place, gain): (usize, &u32)| f64::from(*gain) * num::ln(2.0) / num::ln(place as f64 + 2.0);
    gains.iter().take(k).enumerate().map(gain).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_computed_by_hand() {
        let ranked = [true, false, true, true, false, true];
        assert_eq!(precision_at(5, &ranked), Some(0.6));
        assert_eq!(precision_at(1, &ranked), Some(1.0));
        assert_eq!(precision_at(5, &ranked[..2]), Some(0.5), "only two were shown");
        assert_eq!((precision_at(5, &[]), precision_at(0, &ranked)), (None, None));
    }

    #[test]
    fn as_in_the_textbooks_example() {
        // Gains 3, 2, 3, 0, 1, 2: DCG 6.861, ideal DCG 7.141, nDCG 0.961.
        let gains = [3, 2, 3, 0, 1, 2];
        assert!((discounted(6, &gains) - 6.861).abs() < 5e-4);
        assert!((discounted(6, &[3, 3, 2, 2, 1, 0]) - 7.141).abs() < 5e-4);
        assert!((ndcg_at(6, &gains).unwrap() - 0.961).abs() < 5e-4);
        // One success at the third place: 1 / log2(4).
        assert!((ndcg_at(5, &[0, 0, 1, 0, 0]).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(ndcg_at(5, &[0, 0, 0, 0, 0, 1]), Some(0.0), "below the cut");
        assert_eq!((ndcg_at(5, &[]), ndcg_at(5, &[0, 0]), ndcg_at(0, &gains)), (None, None, None));
    }

    proptest! {
        #[test]
        fn the_best_order_is_one_and_none_is_better(mut gains in prop::collection::vec(0..4u32, 1..12), k in 1..12usize) {
            let any = ndcg_at(k, &gains);
            prop_assert_eq!(any.is_some(), gains.iter().any(|gain| *gain > 0));
            prop_assert!(any.is_none_or(|value| (0.0..=1.0 + 1e-12).contains(&value)));
            gains.sort_unstable_by_key(|gain| std::cmp::Reverse(*gain));
            prop_assert!(ndcg_at(k, &gains).is_none_or(|value| (value - 1.0).abs() < 1e-12));
        }

        #[test]
        fn moving_a_success_up_never_hurts(good in prop::collection::vec(any::<bool>(), 2..12), at in 1..11usize, k in 1..12usize) {
            let at = at.min(good.len() - 1);
            prop_assume!(good[at] && !good[at - 1]);
            let mut better = good.clone();
            better.swap(at - 1, at);
            let gains = |good: &[bool]| good.iter().map(|good| u32::from(*good)).collect::<Vec<_>>();
            prop_assert!(precision_at(k, &better) >= precision_at(k, &good));
            prop_assert!(ndcg_at(k, &gains(&better)) >= ndcg_at(k, &gains(&good)));
        }
    }
}
