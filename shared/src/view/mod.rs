//! View-models: plain structs of ready words, buttons and badges, and their renderers.
//!
//! What a surface shows is decided here once; a renderer only chooses where it stands. Every model is made of wire
//! types and a [`Clockface`], so the same call gives the same words in the web app, in a mail and in a test.

pub mod admin;
pub mod card;
pub mod chart;
pub mod contacts;
pub mod dashboard;
pub mod detail;
pub mod enter;
pub mod forms;
pub mod frame;
pub mod html;
pub mod imports;
pub mod reference;
pub mod signals;
pub mod time;
pub mod today;
pub mod words;

pub use card::{Button, Chip, Extra, MoveCard, Style};
pub use frame::{Assets, Flash, Frame, Place, Visitor};
pub use time::{Clockface, When};
