//! What other people's pages, forms, spreadsheets and mails say, read into the project's own words.

pub mod answer;
pub mod containers;
pub mod delivery;
pub mod domain;
pub mod email;
pub mod fields;
pub mod flags;
pub mod fold;
pub mod free_mail;
pub mod headers;
pub mod lead;
pub mod mail;
pub mod near;
pub mod reply;
pub mod values;
