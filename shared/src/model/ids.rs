//! Identifiers: UUIDv7 in text form, one newtype per noun so that they cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not a UUID in its usual hyphenated form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct BadId;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
        pub struct $name(Uuid);

        impl $name {
            /// The id that this UUID stands for. Making a new one is the caller's business: this crate has no clock.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            /// Reads the hyphenated form only: one id has one spelling, so ids compare as text in the store.
            fn from_str(text: &str) -> Result<Self, BadId> {
                if text.len() != 36 {
                    return Err(BadId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| BadId)
            }
        }
    )*};
}

id! {
    /// A tenant.
    WorkspaceId;
    /// A person in a workspace.
    UserId;
    /// A person outside, whom one sells to.
    ContactId;
    /// An organisation.
    CompanyId;
    /// An opportunity.
    DealId;
    /// Something that happened.
    SignalId;
    /// An item of the command queue.
    MoveId;
    /// A text that waits for approval.
    DraftId;
    /// What came of a move.
    OutcomeId;
    /// One attempt chain to carry out an action.
    ExecutionId;
    /// A rule that decides by itself.
    RuleId;
    /// A public form.
    FormId;
    /// A webhook address.
    HookId;
    /// An API key (its id, never the secret).
    KeyId;
    /// One import of a file.
    ImportId;
    /// A durable job.
    JobId;
    /// A signed-in browser (its id, never the token).
    SessionId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        let id: MoveId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        for bad in ["", "x", "{01890a5d-ac96-774b-bcce-b302099a8057}", "01890a5dac96774bbcceb302099a8057"] {
            assert_eq!(bad.parse::<MoveId>(), Err(BadId), "{bad}");
        }
    }

    #[test]
    fn on_the_wire_an_id_is_its_text() {
        let id: MoveId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"01890a5d-ac96-774b-bcce-b302099a8057\"");
        assert!(serde_json::from_str::<MoveId>("\"nonsense\"").is_err());
    }
}
