//! The words by which people say yes, no, stop and "I am away".
//!
//! Folded as [`super::plain`] folds: lower case, no accents, no apostrophes, single spaces. Each is looked for as whole words.

mod away;
mod dates;
mod no;
mod stop;
mod turns;
mod yes;

pub(super) use away::{AWAY, UNTIL};
pub(super) use dates::{DATE_JOINTS, DATES};
pub(super) use no::NEGATIVE;
pub(super) use stop::{STOP, STOP_ALONE};
pub(super) use turns::{BUT, IDIOMS, LATER, NEGATIONS, NO_NO, POLITE, SUPPOSING, YES_NO};
pub(super) use yes::POSITIVE;
