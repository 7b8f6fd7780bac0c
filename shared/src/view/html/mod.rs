//! The view-models as HTML: no inline script or style, everything from outside escaped, every action a plain form.

pub mod admin;
pub mod admin_settings;
mod bits;
pub mod card;
mod chart;
pub mod contacts;
pub mod dashboard;
pub mod detail;
pub mod enter;
pub mod forms;
mod frame;
pub mod imports;
pub mod landing;
pub mod problem;
pub mod reference;
pub mod signals;
pub mod today;

pub use bits::flash;
pub use frame::page;

#[cfg(test)]
mod tests;
