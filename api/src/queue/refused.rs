//! Why a change of a move was refused, for every surface to put into its own words.

use caseyos_shared::model::Impossible;
use caseyos_shared::problem::FieldError;

use crate::store::StoreError;

/// A refused change.
#[derive(Debug)]
pub enum Refused {
    /// There is no such move in this workspace.
    NotFound,
    /// The caller may not do this; the sentence says why.
    Forbidden(String),
    /// What was asked does not make sense.
    Invalid(FieldError),
    /// The move's state does not allow it.
    Impossible(Impossible),
    /// The copy that was edited is out of date.
    OutOfDate,
    /// The store could not do it.
    Store(StoreError),
}

impl Refused {
    /// A complaint about one field of what was asked.
    pub(super) fn field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(FieldError::new(pointer, detail))
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Impossible> for Refused {
    fn from(error: Impossible) -> Self {
        Self::Impossible(error)
    }
}
