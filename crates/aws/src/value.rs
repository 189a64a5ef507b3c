//! Names at AWS. A value that exists is valid.

use std::fmt;

use thiserror::Error;

/// A text that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is no {what}: expected {expected}")]
pub struct InvalidValue {
    what: &'static str,
    text: String,
    expected: &'static str,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $rule:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
            #[serde(try_from = "String", into = "String")]
            pub struct $name(String);

            impl $name {
                /// Reads one.
                ///
                /// # Errors
                /// [`InvalidValue`] when the text breaks the rule above.
                pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                    let is_valid: fn(&str) -> bool = $rule;
                    if is_valid(text) {
                        return Ok(Self(text.to_owned()));
                    }
                    let text = text.chars().take(80).collect();
                    Err(InvalidValue { what: $what, text, expected: $expected })
                }

                /// The text.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl std::str::FromStr for $name {
                type Err = InvalidValue;
                fn from_str(text: &str) -> Result<Self, InvalidValue> {
                    Self::parse(text)
                }
            }

            impl TryFrom<String> for $name {
                type Error = InvalidValue;
                fn try_from(text: String) -> Result<Self, InvalidValue> {
                    Self::parse(&text)
                }
            }

            impl From<$name> for String {
                fn from(value: $name) -> Self {
                    value.0
                }
            }
        )+
    };
}

names! {
    /// A region, such as `eu-central-1`: lower-case words and digits with dashes between, at most 32 characters.
    Region, "region", "lower-case words and a number, such as eu-central-1", |text| {
        (1..=32).contains(&text.len())
            && text.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
    };

    /// A bucket: 3 to 63 lower-case letters, digits, dashes and single dots, alphanumeric at both ends.
    Bucket, "bucket", "3 to 63 lower-case letters, digits, dashes and dots, alphanumeric at both ends", |text| {
        let is_alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        (3..=63).contains(&text.len())
            && !text.contains("..")
            && text.bytes().all(|b| is_alphanumeric(b) || matches!(b, b'-' | b'.'))
            && text.bytes().next().is_some_and(is_alphanumeric)
            && text.bytes().next_back().is_some_and(is_alphanumeric)
    };

    /// The key of an object: 1 to 1024 bytes of parts with slashes between, none of them empty, `.` or `..`, and no
    /// control characters. AWS allows more, but such keys do not survive the path of a URL.
    ObjectKey, "object key", "parts with slashes between, none of them '.' or '..', at most 1024 bytes", |text| {
        (1..=1024).contains(&text.len())
            && !text.chars().any(char::is_control)
            && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
    };

    /// A machine image, such as `ami-0123456789abcdef0`: 8 to 17 lower-case hexadecimal digits behind `ami-`.
    ImageId, "image", "'ami-' and 8 to 17 lower-case hexadecimal digits", |text| is_id(text, "ami-");

    /// An instance, such as `i-0123456789abcdef0`: 8 to 17 lower-case hexadecimal digits behind `i-`.
    InstanceId, "instance", "'i-' and 8 to 17 lower-case hexadecimal digits", |text| is_id(text, "i-");
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        (8..=17).contains(&digits.len()) && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

impl ObjectKey {
    /// The key of an object below this one, as in `bootstrap/web-1` and `manifest.json`.
    ///
    /// # Errors
    /// [`InvalidValue`] when the two together are no key.
    pub fn join(&self, name: &str) -> Result<Self, InvalidValue> {
        Self::parse(&format!("{self}/{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_rules() {
        let long = "a".repeat(64);
        let cases = [
            ("region", Region::parse("eu-central-1").is_ok(), true),
            ("region with a path", Region::parse("eu/central").is_ok(), false),
            ("region that is another host", Region::parse("evil.example").is_ok(), false),
            ("empty region", Region::parse("").is_ok(), false),
            ("bucket", Bucket::parse("clawlets.prod-1").is_ok(), true),
            ("bucket in capitals", Bucket::parse("Bucket").is_ok(), false),
            ("bucket of two characters", Bucket::parse("ab").is_ok(), false),
            ("long bucket", Bucket::parse(&long).is_ok(), false),
            ("bucket with a slash", Bucket::parse("a/b").is_ok(), false),
            ("bucket with dots", Bucket::parse("a..b").is_ok(), false),
            ("key", ObjectKey::parse("bootstrap/web-1/manifest.json").is_ok(), true),
            ("key with a climb", ObjectKey::parse("bootstrap/../other").is_ok(), false),
            ("key with a slash in front", ObjectKey::parse("/x").is_ok(), false),
            ("key with a line", ObjectKey::parse("a\nb").is_ok(), false),
            ("image", ImageId::parse("ami-0123abcd").is_ok(), true),
            ("image with a command", ImageId::parse("ami-0123abcd; rm -rf /").is_ok(), false),
            ("short image", ImageId::parse("ami-0123abc").is_ok(), false),
            ("image in capitals", ImageId::parse("ami-0123ABCD").is_ok(), false),
            ("instance", InstanceId::parse("i-0123456789abcdef0").is_ok(), true),
        ];
        for (name, found, expected) in cases {
            assert_eq!(found, expected, "{name}");
        }
    }
}
