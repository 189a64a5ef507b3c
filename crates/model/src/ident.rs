//! Identifiers: names that people choose and that end up in paths, unix users, labels and URLs.
//!
//! Each type holds its own grammar. `parse` is strict (what arrives over a wire); `from_input` trims white space first
//! (what a person typed).

use std::fmt;

use thiserror::Error;

/// A name that does not follow the grammar of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind} {text:?} is not valid: expected {expected}")]
pub struct InvalidName {
    /// What the name was meant to be, as people call it.
    pub kind: &'static str,
    /// The text as it came, cut to 80 characters.
    pub text: String,
    /// The rule, in words.
    pub expected: &'static str,
}

impl InvalidName {
    pub(crate) fn new(kind: &'static str, text: &str, expected: &'static str) -> Self {
        Self { kind, text: text.chars().take(80).collect(), expected }
    }
}

/// `first` then any number of `rest`, at most `max` bytes.
fn follows(text: &str, max: usize, first: fn(u8) -> bool, rest: fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= max && bytes.first().is_some_and(|b| first(*b)) && bytes.iter().skip(1).all(|b| rest(*b))
}

fn lower(b: u8) -> bool {
    b.is_ascii_lowercase()
}
fn lower_digit_dash(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
}
fn lower_digit_dash_underscore(b: u8) -> bool {
    lower_digit_dash(b) || b == b'_'
}
fn word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $expected:literal, $pattern:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads a name exactly as it is written.
            ///
            /// # Errors
            /// [`InvalidName`] when `text` does not follow the grammar, surrounding white space included.
            pub fn parse(text: &str) -> Result<Self, InvalidName> {
                let rule: fn(&str) -> bool = $rule;
                if rule(text) { Ok(Self(text.to_owned())) } else { Err(InvalidName::new($kind, text, $expected)) }
            }

            /// Reads a name that a person typed: surrounding white space is dropped first.
            ///
            /// # Errors
            /// As [`Self::parse`].
            pub fn from_input(text: &str) -> Result<Self, InvalidName> {
                Self::parse(text.trim())
            }

            /// The name as text.
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
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::from_input(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

identifier! {
    /// A long-running machine of the fleet. Becomes a DNS label, so no trailing dash; `all` and `clawlets-cattle` are
    /// reserved (a deploy target and an image).
    HostName, "host name",
    "a lower-case letter, then letters, digits and dashes, not ending in a dash, at most 48 characters, and not 'all' or 'clawlets-cattle'",
    "^[a-z]([a-z0-9-]{0,46}[a-z0-9])?$",
    |t| follows(t, 48, lower, lower_digit_dash) && !t.ends_with('-') && t != "all" && t != "clawlets-cattle"
}
identifier! {
    /// A bot. The unix user is `bot-<id>`, which leaves 27 of the 32 characters (with room for the terminator).
    BotId, "bot id",
    "a lower-case letter, then letters, digits, dashes and underscores, at most 27 characters",
    "^[a-z][a-z0-9_-]{0,26}$",
    |t| follows(t, 27, lower, lower_digit_dash_underscore)
}
identifier! {
    /// The character that a disposable VM plays.
    PersonaName, "persona name",
    "a lower-case letter, then letters, digits, dashes and underscores, at most 40 characters",
    "^[a-z][a-z0-9_-]{0,39}$",
    |t| follows(t, 40, lower, lower_digit_dash_underscore)
}
identifier! {
    /// The name of a secret, which is also its file name.
    SecretName, "secret name",
    "a letter, then letters, digits, dashes and underscores, at most 64 characters",
    "^[A-Za-z][A-Za-z0-9_-]{0,63}$",
    |t| follows(t, 64, |b| b.is_ascii_alphabetic(), word)
}
identifier! {
    /// The name of an environment variable.
    EnvVarName, "environment variable",
    "an upper-case letter or underscore, then upper-case letters, digits and underscores, at most 128 characters",
    "^[A-Z_][A-Z0-9_]{0,127}$",
    |t| follows(t, 128, |b| b.is_ascii_uppercase() || b == b'_',
                |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
identifier! {
    /// A release channel such as `staging` or `prod`.
    Channel, "channel",
    "a lower-case letter, then letters, digits and dashes, at most 32 characters",
    "^[a-z][a-z0-9-]{0,31}$",
    |t| follows(t, 32, lower, lower_digit_dash)
}
identifier! {
    /// The name of a person who operates the fleet; a file name, so `.` and `..` are refused.
    OperatorId, "operator name",
    "letters, digits, dots, underscores and dashes, not '.' or '..', at most 128 characters",
    "^[A-Za-z0-9._-]{1,128}$",
    |t| follows(t, 128, |b| word(b) || b == b'.', |b| word(b) || b == b'.') && t != "." && t != ".."
}
identifier! {
    /// The stable name of one orchestrator: the value of the label `orchestrator` on its VMs, so at most 63 characters.
    OrchestratorId, "orchestrator id",
    "a lower-case letter, then letters, digits and dashes, not ending in a dash, at most 63 characters",
    "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
    |t| follows(t, 63, lower, lower_digit_dash) && !t.ends_with('-')
}
identifier! {
    /// On whose behalf a job runs: a bot's id, or [`Requester::operator`].
    Requester, "requester",
    "a bot id, or 'operator'",
    "^[a-z][a-z0-9_-]{0,26}$",
    |t| follows(t, 27, lower, lower_digit_dash_underscore)
}

impl Requester {
    /// The requester of jobs that an operator enqueues without naming somebody else.
    #[must_use]
    pub fn operator() -> Self {
        Self("operator".to_owned())
    }
}

impl From<&BotId> for Requester {
    fn from(bot: &BotId) -> Self {
        Self(bot.as_str().to_owned())
    }
}
