//! Who calls: passwords, tokens, and the remembered answer to "whose key is this".

pub mod attempts;
pub mod callers;
pub mod keys;
pub mod password;
pub mod people;
pub mod settings;
pub mod sign_in;
pub mod token;
