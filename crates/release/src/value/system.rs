//! For what machine a release was built, and from which revision.

use std::fmt;

use super::{InvalidValue, invalid::as_text};

macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $expected:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads one.
            ///
            /// # Errors
            /// [`InvalidValue`] when it breaks the rule.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                let rule: fn(&str) -> bool = $rule;
                if rule(text) { Ok(Self(text.to_owned())) } else { Err(InvalidValue::new($kind, text, $expected)) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        as_text!($name);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

word! {
    /// A machine as Nix names it: `x86_64-linux`, `aarch64-linux`.
    SystemName, "system", "an architecture and a kernel, such as 'x86_64-linux'",
    |text| text.len() <= 32 && text.split_once('-').is_some_and(|(machine, kernel)| {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        is_word(machine) && is_word(kernel)
    })
}
word! {
    /// A git revision: 40 lower-case hexadecimal digits.
    Revision, "revision", "40 lower-case hexadecimal digits",
    |text| text.len() == 40 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
}
