//! Enumerations that stand as text in the database and as enum values in GraphQL, written once.

/// A value that a column holds and that this program does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownText {
    /// The enumeration.
    pub kind: &'static str,
    /// The text.
    pub text: String,
}

impl std::fmt::Display for UnknownText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\" is not a {}", self.text, self.kind)
    }
}

impl std::error::Error for UnknownText {}

impl From<UnknownText> for crate::error::ApiError {
    #[track_caller]
    fn from(fault: UnknownText) -> Self {
        crate::error::ApiError::internal(fault)
    }
}

/// Declares an enumeration with its text form: `as_str`, `FromStr`, all values in order, and the GraphQL
/// enum of the same words; JSON writes them so too. Doc comments become the schema's descriptions.
#[macro_export]
#[doc(hidden)]
macro_rules! __text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$item_meta:meta])* $item:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, async_graphql::Enum)]
        pub enum $name {
            $($(#[$item_meta])* #[graphql(name = $text)] $item,)+
        }

        $crate::rows::plain_enum!($name);

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$item),+];

            /// The text in the database and in the schema.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$item => $text,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text_enum::UnknownText;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok($name::$item),)+
                    _ => Err($crate::text_enum::UnknownText { kind: stringify!($name), text: text.to_owned() }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|_| {
                    let all: Vec<&str> = $name::ALL.iter().map(|value| value.as_str()).collect();
                    serde::de::Error::custom(format!("\"{text}\" is none of {}", all.join(", ")))
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub use __text_enum as text_enum;
