//! Why the cloud refuses, in the cases that the vendor's API has.

use super::store::StoreError;

/// A request that the project refuses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// There is no such thing, or no longer.
    #[error("{what} not found")]
    NotFound {
        /// What was looked for: `server with ID '7'`.
        what: String,
    },
    /// Some fields of the request are wrong.
    #[error("invalid input in {}", names(fields))]
    InvalidInput {
        /// Each of them.
        fields: Vec<FieldError>,
    },
    /// Something else has that name or key already.
    #[error("{field} is already used")]
    NotUnique {
        /// The field of the request.
        field: &'static str,
    },
    /// An action of the server is under way.
    #[error("server is locked")]
    Locked,
    /// The resource is protected against this.
    #[error("{what} is protected")]
    Protected {
        /// What: `server`.
        what: &'static str,
    },
    /// The state of the resource does not allow it.
    #[error("{message}")]
    Conflict {
        /// Why.
        message: String,
    },
    /// Something else needs the resource.
    #[error("{what} is still in use")]
    InUse {
        /// What: `firewall`.
        what: &'static str,
    },
    /// The quota is used up.
    #[error("{limit} limit exceeded")]
    LimitExceeded {
        /// What there would be too many of: `server`.
        limit: &'static str,
    },
    /// The state could not be written.
    #[error("the state could not be written")]
    Store(#[from] StoreError),
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    pub(crate) name: String,
    pub(crate) message: String,
}

impl Failure {
    /// One wrong field.
    pub(crate) fn field(name: &str, message: impl Into<String>) -> Self {
        Self::InvalidInput { fields: vec![FieldError { name: name.to_owned(), message: message.into() }] }
    }

    /// Nothing has this id.
    pub(crate) fn no_id(kind: &str, id: u64) -> Self {
        Self::NotFound { what: format!("{kind} with ID '{id}'") }
    }
}

fn names(fields: &[FieldError]) -> String {
    fields.iter().map(|field| format!("field '{}'", field.name)).collect::<Vec<_>>().join(", ")
}
