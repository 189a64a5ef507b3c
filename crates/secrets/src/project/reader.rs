//! Who can read a file.

use std::fmt;

use clawlets_model::{HostName, OperatorId};

use crate::AgeRecipient;

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReaderName {
    /// A person who operates the fleet.
    Operator(OperatorId),
    /// A machine of the fleet.
    Host(HostName),
    /// A key that the rules name without saying whose it is.
    Unnamed,
}

impl ReaderName {
    /// Reads the name behind a key: `operator ada`, `host web-1`.
    pub(super) fn of_comment(text: &str) -> Self {
        let mut words = text.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("operator"), Some(name), None) => {
                OperatorId::parse(name).map_or(Self::Unnamed, Self::Operator)
            }
            (Some("host"), Some(name), None) => HostName::parse(name).map_or(Self::Unnamed, Self::Host),
            _ => Self::Unnamed,
        }
    }
}

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(name) => write!(f, "operator {name}"),
            Self::Host(name) => write!(f, "host {name}"),
            Self::Unnamed => f.write_str("a key without a name"),
        }
    }
}

/// A key that a file is encrypted to, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reader {
    /// Whose key it is.
    pub name: ReaderName,
    /// The key.
    pub recipient: AgeRecipient,
}
