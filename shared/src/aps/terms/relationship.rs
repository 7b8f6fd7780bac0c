//! Relationship: they replied before, a meeting was held, somebody referred them.

use crate::aps::facts::Relationship;
use crate::aps::fixed;
use crate::aps::points::Points;
use crate::aps::words;

/// Basis points of the whole: replies up to half, meetings up to 30 %, a referral 20 %. The first of a thing says
/// most; what is more than a few says nothing new.
fn share_bp(relationship: Relationship) -> u16 {
    let replies = match relationship.replies {
        0 => 0,
        1 => 3000,
        2 => 4000,
        3.. => 5000,
    };
    let meetings = match relationship.meetings {
        0 => 0,
        1 => 2000,
        2.. => 3000,
    };
    replies + meetings + if relationship.referral { 2000 } else { 0 }
}

/// The points.
pub(in crate::aps) fn points(relationship: Relationship, weight: Points) -> Points {
    fixed::points(weight, fixed::of_bp(share_bp(relationship)))
}

/// Why.
pub(in crate::aps) fn because(relationship: Relationship) -> String {
    let Relationship { replies, meetings, referral } = relationship;
    let replies = match replies {
        0 => None,
        1 => Some("replied before".to_owned()),
        n => Some(format!("replied {n} times before")),
    };
    let meetings = (meetings > 0).then(|| format!("{} held", words::count(u64::from(meetings), "meeting", "meetings")));
    let referral = referral.then(|| "came by referral".to_owned());
    [replies, meetings, referral].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
