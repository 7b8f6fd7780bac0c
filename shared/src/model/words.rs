//! The macro behind every closed list of words: one spelling in code, on the wire and in the store.

/// Declares an enum whose variants are fixed words: `as_str`, `ALL`, `FromStr`, `Display` and serde all agree.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $vis:vis enum $name:ident {
        $($(#[doc = $vdoc:literal])* $variant:ident = $word:literal,)*
    })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        $vis enum $name {
            $($(#[doc = $vdoc])* #[serde(rename = $word)] $variant,)*
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let meanings = [$(concat!("\n- `", $word, "`:", $($vdoc,)*),)*];
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($word,)*]))
                    .description(Some(format!("{}\n{}", concat!($($doc,)*).trim(), meanings.concat())))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl $name {
            /// Every word of the list, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word itself, as on the wire and in the store.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::model::UnknownWord { known: &[$($word),*] }),
                }
            }
        }
    )*};
}

/// A word that is not on its list; the message names the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of: {}", known.join(", "))]
pub struct UnknownWord {
    /// The words that would have been right.
    pub known: &'static [&'static str],
}

pub(crate) use words;

#[cfg(all(test, feature = "openapi"))]
mod tests {
    use utoipa::PartialSchema;

    use crate::model::{MoveKind, Scope};

    #[test]
    fn the_document_lists_the_words_of_the_wire() {
        let kinds = serde_json::to_value(MoveKind::schema()).unwrap();
        assert_eq!(kinds["type"], "string");
        assert_eq!(kinds["enum"], serde_json::to_value(MoveKind::ALL).unwrap());
        assert!(kinds["description"].as_str().unwrap().contains("\n- `new_lead`: Get in touch with a new lead."));
        let scopes = serde_json::to_value(Scope::schema()).unwrap();
        assert_eq!(scopes["enum"], serde_json::to_value(Scope::ALL).unwrap());
    }
}
