//! The terms of the score, one file each: how many points, and why in words.

pub(super) mod doubt;
pub(super) mod effort;
pub(super) mod fatigue;
pub(super) mod fit;
pub(super) mod impact;
pub(super) mod intent;
pub(super) mod learned;
pub(super) mod relationship;
pub(super) mod urgency;
