//! "Did you mean": which known words are closest to one that is not known.

use super::fold::fold;

/// Most suggestions worth reading.
const MAX_SUGGESTIONS: usize = 3;
/// Longest words that are compared letter by letter; nobody mistypes a longer one by a letter.
const MAX_LETTERS: usize = 64;

/// How many letters must be added, left out, changed or swapped with their neighbour to make `b` of `a`
/// (optimal string alignment).
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &y) in b.iter().enumerate() {
            let mut cost = (previous[j] + usize::from(x != y)).min(previous[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous.last().copied().unwrap_or_default()
}

/// Up to three of the candidates that `word` may have been meant to be, closest first: a third of its letters may differ, or one
/// contains the other. Case, accents and punctuation do not count.
#[must_use]
pub fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = fold(word);
    if word.is_empty() || word.len() > MAX_LETTERS {
        return Vec::new();
    }
    let allowed = word.chars().count().div_ceil(3);
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = fold(candidate);
            if other.is_empty() || other.len() > MAX_LETTERS {
                return None;
            }
            let distance = distance(&word, &other);
            let contained = word.len() >= 3 && other.len() >= 3 && (other.contains(&word) || word.contains(&other));
            if distance <= allowed {
                Some((distance, candidate))
            } else {
                contained.then_some((allowed + 1, candidate))
            }
        })
        .collect();
    found.sort_by_key(|&(distance, _)| distance);
    found.dedup_by_key(|&mut (_, candidate)| candidate);
    found.truncate(MAX_SUGGESTIONS);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// `Did you mean "a", "b" or "c"?` with a space before it, or nothing when nothing is near.
#[must_use]
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = near(word, candidates).into_iter().map(|candidate| format!("\"{candidate}\"")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!(" Did you mean {only}?"),
        Some((last, others)) => format!(" Did you mean {} or {last}?", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slips_of_the_hand_cost_one() {
        for (a, b, cost) in [
            ("email", "email", 0),
            ("emial", "email", 1),
            ("emai", "email", 1),
            ("emaill", "email", 1),
            ("amail", "email", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), cost, "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_come_first_and_the_far_do_not_come() {
        let fields = ["email", "name", "first_name", "last_name", "company", "phone"];
        assert_eq!(near("E-Mial", fields), ["email"]);
        assert_eq!(near("firstname", fields), ["first_name", "last_name", "name"]);
        assert!(near("zzzzzz", fields).is_empty());
        assert_eq!(did_you_mean("fone", fields), " Did you mean \"phone\"?");
        assert_eq!(did_you_mean("zzzzzz", fields), "");
    }

    proptest! {
        #[test]
        fn distance_is_a_symmetric_count_of_differences(a in "[a-c]{0,8}", b in "[a-c]{0,8}") {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert!(distance(&a, &b) <= a.len().max(b.len()));
            prop_assert!(distance(&a, &b) >= a.len().abs_diff(b.len()));
        }
    }
}
