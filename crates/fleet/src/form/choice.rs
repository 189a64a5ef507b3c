//! Values that are one of a few words.

/// Declares an enumeration by the words that stand for it in the file.
macro_rules! choice {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $variant_doc:literal])* $variant:ident = $word:literal,)+ }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[doc = $variant_doc])* $variant,)+
        }

        impl $name {
            /// Every one, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for it in the file.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::value::InvalidValue;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|known| known.as_str() == text);
                known.copied().ok_or_else(|| $crate::value::InvalidValue::new(text, concat!("one of", $(" ", $word,)+)))
            }
        }

        impl $crate::form::Text for $name {
            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|error: $crate::value::InvalidValue| error.expected.to_owned())
            }
            fn text(&self) -> String {
                self.as_str().to_owned()
            }
            fn schema() -> serde_json::Value {
                serde_json::json!({ "enum": [$($word),+] })
            }
            fn suggest(text: &str) -> Option<String> {
                let words = Self::ALL.iter().map(|known| known.as_str());
                clawlets_model::document::nearest(text, words).map(str::to_owned)
            }
        }
    };
}
pub(crate) use choice;
