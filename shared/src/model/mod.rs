//! The nouns of CaseyOS as serde types: ids, times, and the words of the product.

mod access;
mod crm;
mod ids;
mod moves;
mod settings;
mod signals;
mod state;
mod time;
pub(crate) mod words;

pub use access::{Role, Scope};
pub use crm::{Company, Contact, Deal, DealState, Suppression};
pub use ids::*;
pub use moves::{
    ActionKind, ActionRef, Badge, CompanyRef, ContactRef, DealRef, Factor, Money, Move, MoveKind, Today, UserRef,
};
pub use settings::{
    BadTimeOfDay, Caps, CapsPatch, Limits, LimitsPatch, QuietHours, Settings, SettingsPatch, TimeOfDay,
};
pub use signals::{Outcome, OutcomeKind, Signal, Verdict};
pub use state::{Act, Impossible, Last, MoveState, Step, transition, undo};
pub use time::{BadTime, Ts};
pub use words::UnknownWord;
