//! Workspaces, people, how they prove who they are, their sessions and their API keys.

mod keys;
mod owners;
mod people;
mod sessions;
mod workspaces;

pub use keys::*;
pub use owners::*;
pub use people::*;
pub use sessions::*;
pub use workspaces::*;
