//! How outcomes move the weights of the score: within bounds, with a record of every change.
//!
//! For each term the question is whether moves that went well had more of it, when they were decided, than moves that did not. The
//! difference, held back while there are few moves of either sort, nudges the weight from where it stands by default. Terms that help
//! share one sum among themselves and terms that hinder another, so that a score of 60 stays a score of 60: what one term gains, the
//! others of its sort lose in proportion. A weight that a person set stays as it is.

use serde::{Deserialize, Serialize};

use crate::aps::{Points, TermName, Weights};

/// So many moves that went well are needed, and so many that did not, before anything is learned.
pub const NEEDED_OF_EACH: u32 = 8;
/// So many moves are needed altogether.
pub const NEEDED: u32 = 30;

/// How far a weight may be nudged from its default, as a share of it.
const REACH: f64 = 0.4;
/// A difference of half a term's range is as clear as it needs to be for the whole reach.
const GAIN: f64 = 2.0;
/// As many moves of one sort as are worth half of what they say.
const HALF: f64 = 20.0;
/// As many moves of one person as are worth as much as the workspace.
const PERSON: f64 = 50.0;

/// Terms that help, in §5's order. What one gains, the others lose.
const HELPS: [TermName; 6] =
    [TermName::Urgency, TermName::Impact, TermName::Intent, TermName::Fit, TermName::Relationship, TermName::Learned];
/// Terms that hinder.
const HINDERS: [TermName; 3] = [TermName::Effort, TermName::Fatigue, TermName::Doubt];

/// A move that was decided, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The points of its terms when it was decided; one that is not here had none.
    pub terms: Vec<(TermName, Points)>,
    /// The weights by which it was scored then.
    pub weights: Weights,
    /// Whether it went well; see [`crate::model::OutcomeKind::success`].
    pub went_well: bool,
}

/// What became of one weight, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WeightRecord {
    /// Which weight.
    pub term: TermName,
    /// What it was.
    pub before: Points,
    /// What it is now.
    pub after: Points,
    /// How many moves that went well were looked at.
    pub good: u32,
    /// How many that did not.
    pub bad: u32,
    /// How much of the term's range the moves that went well had on average, in basis points; negative where the term took points away.
    pub good_share_bp: i32,
    /// How much of it the others had.
    pub bad_share_bp: i32,
    /// Whether a person set it, so that it was left alone.
    pub pinned: bool,
    /// All that in words.
    pub sentence: String,
}

/// Weights as outcomes would have them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LearnedWeights {
    /// The weights.
    pub weights: Weights,
    /// One record for each weight, in §5's order; also of those that stay.
    pub records: Vec<WeightRecord>,
}

/// The workspace's weights after these outcomes.
///
/// It is not cumulative: the same outcomes give the same weights, whatever was in use before. `in_use` is what stays while there
/// is too little evidence; `pinned` names the weights that a person set.
#[must_use]
pub fn for_workspace(in_use: &Weights, pinned: &[TermName], cases: &[Case]) -> LearnedWeights {
    let evidence = Evidence::of(cases);
    let after =
        if evidence.enough() { nudged(&kept(&Weights::default(), in_use, pinned), pinned, &evidence) } else { *in_use };
    LearnedWeights { weights: after, records: records(in_use, &after, pinned, &evidence, "it stays") }
}

/// A person's weights after the outcomes of their own moves: the workspace's, moved towards what their own outcomes say by
/// n/(n + 50) of the way for n moves. With too little evidence they are the workspace's.
#[must_use]
pub fn for_person(workspace: &Weights, in_use: &Weights, pinned: &[TermName], cases: &[Case]) -> LearnedWeights {
    let evidence = Evidence::of(cases);
    let base = kept(workspace, in_use, pinned);
    let after = if evidence.enough() {
        let own = nudged(&base, pinned, &evidence);
        let n = f64::from(evidence.good + evidence.bad);
        let between = |weights: Weights, term: TermName| {
            let (from, to) = (f64::from(base.of(term).0), f64::from(own.of(term).0));
            weights.with(term, nearest(from + (to - from) * n / (n + PERSON)))
        };
        HELPS.into_iter().chain(HINDERS).fold(base, between)
    } else {
        base
    };
    LearnedWeights { weights: after, records: records(in_use, &after, pinned, &evidence, "it follows the workspace") }
}

/// `base` with what a person set.
fn kept(base: &Weights, in_use: &Weights, pinned: &[TermName]) -> Weights {
    pinned.iter().fold(*base, |weights, term| weights.with(*term, in_use.of(*term)))
}

/// What the cases say of each term.
struct Evidence {
    good: u32,
    bad: u32,
    /// The mean shares of a term's range, of the good and of the bad ones.
    shares: Vec<(TermName, f64, f64)>,
}

impl Evidence {
    fn of(cases: &[Case]) -> Self {
        let count = |wanted: bool| cases.iter().filter(|case| case.went_well == wanted).count();
        let (good, bad) = (count(true), count(false));
        let mean = |term: TermName, wanted: bool, count: usize| {
            let sum: i64 = cases.iter().filter(|case| case.went_well == wanted).map(|case| share(case, term)).sum();
            if count == 0 { 0.0 } else { sum as f64 / count as f64 / 10_000.0 }
        };
        let shares =
            HELPS.into_iter().chain(HINDERS).map(|term| (term, mean(term, true, good), mean(term, false, bad)));
        let whole = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self { good: whole(good), bad: whole(bad), shares: shares.collect() }
    }

    const fn enough(&self) -> bool {
        self.good >= NEEDED_OF_EACH && self.bad >= NEEDED_OF_EACH && self.good.saturating_add(self.bad) >= NEEDED
    }

    fn shares(&self, term: TermName) -> (f64, f64) {
        self.shares.iter().find(|(name, ..)| *name == term).map_or((0.0, 0.0), |(_, good, bad)| (*good, *bad))
    }

    /// How much more the term should count, −1 to 1. Each sort of moves holds it back by itself, so that one more success
    /// with all of a term never speaks against it.
    fn pull(&self, term: TermName) -> f64 {
        let (good, bad) = self.shares(term);
        let trust = |count: u32| f64::from(count) / (f64::from(count) + HALF);
        let difference = if HINDERS.contains(&term) { bad - good } else { good - bad };
        (difference * GAIN * trust(self.good) * trust(self.bad)).clamp(-1.0, 1.0)
    }
}

/// How much of a term's range a move had, in basis points of the weight at that time; a term without a weight tells nothing.
fn share(case: &Case, term: TermName) -> i64 {
    let weight = i64::from(case.weights.of(term).0);
    let points = case.terms.iter().find(|(name, _)| *name == term).map_or(0, |(_, points)| i64::from(points.0));
    if weight == 0 { 0 } else { (points * 10_000 / weight).clamp(-10_000, 10_000) }
}

/// The weights that the evidence asks for: each term of a sort pulled, then all of that sort made larger or smaller by one factor until
/// their sum is what it was, each within its bounds.
fn nudged(base: &Weights, pinned: &[TermName], evidence: &Evidence) -> Weights {
    let mut weights = *base;
    for sort in [&HELPS[..], &HINDERS[..]] {
        let free: Vec<Free> =
            sort.iter().filter(|term| !pinned.contains(term)).map(|term| Free::of(*term, base, evidence)).collect();
        let wanted: f64 = free.iter().map(|free| free.base).sum();
        let sum = |factor: f64| free.iter().map(|free| free.at(factor)).sum::<f64>();
        // Halving a range of 32 to 1 so often leaves less than a hundredth of a hundredth.
        let (mut low, mut high) = (0.125, 4.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if sum(middle) < wanted { low = middle } else { high = middle }
        }
        for free in &free {
            let size = free.at(high);
            let signed = if HINDERS.contains(&free.term) { -size } else { size };
            weights = weights.with(free.term, nearest(signed));
        }
    }
    weights
}

/// A weight that may move, by its size in hundredths.
struct Free {
    term: TermName,
    base: f64,
    pulled: f64,
    least: f64,
    most: f64,
}

impl Free {
    fn of(term: TermName, base: &Weights, evidence: &Evidence) -> Self {
        let size = |weights: &Weights| f64::from(weights.of(term).0.unsigned_abs());
        let (base, default) = (size(base), size(&Weights::default()));
        // A base that the workspace's people have set beyond the bounds may stay, but is not left behind.
        let (least, most) = (base.min(inward(default, -REACH)), base.max(inward(default, REACH)));
        Self { term, base, pulled: base * (1.0 + REACH * evidence.pull(term)), least, most }
    }

    fn at(&self, factor: f64) -> f64 {
        (self.pulled * factor).clamp(self.least, self.most)
    }
}

/// The bound at this distance from a default; defaults are whole points, so it is a whole hundredth.
fn inward(default: f64, reach: f64) -> f64 {
    (default * (1.0 + reach)).round()
}

fn nearest(hundredths: f64) -> Points {
    // Weights are a few thousand hundredths.
    #[allow(clippy::cast_possible_truncation)]
    Points(hundredths.round() as i32)
}

fn records(
    before: &Weights,
    after: &Weights,
    pinned: &[TermName],
    evidence: &Evidence,
    otherwise: &str,
) -> Vec<WeightRecord> {
    let record = |term: TermName| {
        let (good_share, bad_share) = evidence.shares(term);
        let mut record = WeightRecord {
            term,
            before: before.of(term),
            after: after.of(term),
            good: evidence.good,
            bad: evidence.bad,
            good_share_bp: basis_points(good_share),
            bad_share_bp: basis_points(bad_share),
            pinned: pinned.contains(&term),
            sentence: String::new(),
        };
        record.sentence = sentence(&record, evidence.enough(), otherwise);
        record
    };
    HELPS.into_iter().chain(HINDERS).map(record).collect()
}

fn basis_points(share: f64) -> i32 {
    // Within ±10,000.
    #[allow(clippy::cast_possible_truncation)]
    let bp = (share * 10_000.0).round() as i32;
    bp
}

fn sentence(record: &WeightRecord, enough: bool, otherwise: &str) -> String {
    let name = crate::view::words::term(record.term);
    let WeightRecord { before, after, good, bad, .. } = record;
    if record.pinned {
        return format!("{name} stays at {after}: a person set it.");
    }
    if !enough {
        return format!(
            "{name}: {otherwise}. There is not enough evidence yet: {good} moves that went well and {bad} that did not, where \
             {NEEDED_OF_EACH} of each and {NEEDED} together are needed."
        );
    }
    let change = match after.0.unsigned_abs().cmp(&before.0.unsigned_abs()) {
        std::cmp::Ordering::Greater => format!("{name} counts more, {after} instead of {before}"),
        std::cmp::Ordering::Less => format!("{name} counts less, {after} instead of {before}"),
        std::cmp::Ordering::Equal => format!("{name} stays at {after}"),
    };
    let percent = |bp: i32| format!("{} %", (f64::from(bp) / 100.0).round());
    format!(
        "{change}: {good} moves that went well had {} of it on average, {bad} that did not had {}.",
        percent(record.good_share_bp),
        percent(record.bad_share_bp)
    )
}

#[cfg(test)]
mod tests;
