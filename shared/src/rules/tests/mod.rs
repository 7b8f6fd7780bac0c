//! What holds of rules as a whole.

mod golden;
mod laws;
mod matching;
mod testing;
