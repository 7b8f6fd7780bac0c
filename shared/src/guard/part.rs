//! A piece of a mail by the name that reasons call it.

/// One text of a mail: its subject, a name, its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// What people call it, with its article: "the subject".
    pub name: &'static str,
    /// What it says.
    pub text: &'a str,
}

impl<'a> Part<'a> {
    /// This text by this name.
    #[must_use]
    pub const fn new(name: &'static str, text: &'a str) -> Self {
        Self { name, text }
    }
}
