//! The HTTP door: one file per resource, and the one layer that every request passes.

mod check;
mod door;
mod error;
mod extract;
mod idempotent;
mod objects;
pub mod openapi;
mod paging;
mod upload;

pub(crate) use door::refuse_foreign_origin;
pub use door::{ClientAddress, router};
pub use error::ApiError;
pub use extract::{
    Admin, AuditRead, Body, Can, ContactsRead, ContactsWrite, Fresh, Id, IfMatch, Known, OptionalBody, OutcomesWrite,
    Params, QueueRead, QueueWrite, Right, SignalsWrite, SignedIn,
};
pub use paging::{Page, Window};
pub use upload::Sent;
pub(crate) use upload::{limit_of, no_room, receive, refuse_far_too_large};

// registry:begin
pub mod audit;
pub mod auth;
pub mod command_queue;
pub mod companies;
pub mod contacts;
pub mod deals;
pub mod events;
pub mod forms;
pub mod health;
pub mod hooks;
pub mod imports;
pub mod jobs;
pub mod keys;
pub mod outcomes;
pub mod signals;
pub mod users;
pub mod workspace;
// registry:end
