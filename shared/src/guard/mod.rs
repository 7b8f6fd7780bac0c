//! The guardrails: what is checked before anything leaves the house, without I/O (§4 "Execution").
//!
//! One file per guardrail, each with one `check` that gets all it needs to know as parameters and gives one [`Finding`] with its
//! reason. Every check reads its input once, whatever the input: mails and pages come from outside.

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
mod invisible;
pub mod kill_switch;
mod part;
pub mod placeholder;
pub mod quiet_hours;
pub mod recipient;
pub mod reversibility;
pub mod suppression;
mod unseen;

pub use approval::Grounds;
pub use finding::{Finding, Guardrail, Verdict, worst};
pub use hidden::{show_hidden, strip_hidden};
pub use html::Html;
pub use part::Part;
