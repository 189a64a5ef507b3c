//! What came of a repository.

use std::fmt;

/// What was done about one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was cloned and is at this commit.
    Cloned(String),
    /// It was taken from the snapshot and is at this commit.
    Restored(String),
    /// It was moved forward.
    Updated {
        /// From this commit.
        from: String,
        /// To this one.
        to: String,
    },
    /// It was there already, at this commit.
    Unchanged(String),
    /// Nothing was done to it.
    LeftAlone(LeftAlone),
}

/// Why nothing was done to a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftAlone {
    /// Files were changed or added; this many.
    Changes(usize),
    /// It has commits that the remote does not have.
    Commits,
    /// Another branch is checked out, or none.
    Branch {
        /// The branch that is, if one is.
        found: Option<String>,
    },
    /// It comes from another place.
    Origin,
    /// What is there is no repository.
    NotARepository,
}

/// What a look without the network finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is there: it would be cloned.
    Missing,
    /// It is there and nobody changed it: it would be moved forward.
    Unchanged(String),
    /// It would be left alone.
    LeftAlone(LeftAlone),
}

impl LeftAlone {
    /// Whether a person has to look: what is there is not what the list says, and will never become it by itself.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        match self {
            Self::Origin | Self::NotARepository => true,
            Self::Changes(_) | Self::Commits | Self::Branch { .. } => false,
        }
    }
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changes(1) => write!(f, "1 file was changed in it"),
            Self::Changes(many) => write!(f, "{many} files were changed in it"),
            Self::Commits => write!(f, "it has commits of its own"),
            Self::Branch { found: Some(branch) } => write!(f, "branch {branch} is checked out"),
            Self::Branch { found: None } => write!(f, "no branch is checked out"),
            Self::Origin => write!(f, "it comes from another place"),
            Self::NotARepository => write!(f, "what is there is no repository"),
        }
    }
}
