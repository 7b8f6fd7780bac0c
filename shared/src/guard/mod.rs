//! The guardrails: what is checked before anything leaves the house, without I/O (§4 "Execution").
//!
//! One file per guardrail, each with one `check` that gets all it needs to know as parameters and gives one [`Finding`] with its
//! reason. Every check reads its input once, whatever the input: mails and pages come from outside.

mod address;
mod anchors;
pub mod approval;
mod blanks;
pub mod caps;
mod colour;
pub mod connection;
mod excerpt;
mod finding;
pub mod frequency;
mod greeting;
pub mod header;
pub mod hidden;
mod html;
pub mod instruction;
mod invisible;
pub mod kill_switch;
pub mod link;
mod lookalike;
mod mail;
mod numbers;
mod orders;
mod part;
pub mod placeholder;
mod plainly;
mod punycode;
pub mod quiet_hours;
pub mod recipient;
pub mod reversibility;
pub mod secret;
mod spotted;
pub mod suppression;
mod tokens;
mod unseen;

pub use approval::Grounds;
pub use finding::{Finding, Guardrail, Verdict, worst};
pub use hidden::{show_hidden, strip_hidden};
pub use html::Html;
pub use mail::{Facts, OutgoingMail, check_mail};
pub use part::Part;
