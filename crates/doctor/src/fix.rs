//! How something is mended.

use std::fmt;

/// What mends a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// A command for a shell. Words in capitals stand for what only a person knows.
    Command(String),
    /// What a person has to do.
    ByHand(String),
}

impl Fix {
    pub(crate) fn run(command: impl Into<String>) -> Self {
        Self::Command(command.into())
    }

    pub(crate) fn by_hand(words: impl Into<String>) -> Self {
        Self::ByHand(words.into())
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(text) | Self::ByHand(text) => f.write_str(text),
        }
    }
}
