//! What can go wrong between the product and a cloud, by meaning.

use std::{error::Error, fmt, time::Duration};

use jiff::Timestamp;
use thiserror::Error;

use crate::{ActionId, ServerId};

/// A request to the cloud that failed.
///
/// `tried` names what was tried, as in "create server cattle-rex-0123456789ab-1", without any secret. Texts that come
/// from the provider are cut short and hold neither the token nor user data.
#[derive(Debug, Error)]
pub enum CloudError {
    /// The token is not known (401).
    #[error("failed to {tried}: the cloud does not accept the token")]
    Unauthorized {
        /// What was tried.
        tried: String,
    },
    /// The token may not do this (403).
    #[error("failed to {tried}: the cloud forbids it: {message}")]
    Forbidden {
        /// What was tried.
        tried: String,
        /// The provider's words.
        message: String,
    },
    /// A quota of the project is used up (403 `resource_limit_exceeded`). Asking again does not help.
    #[error("failed to {tried}: a limit of the cloud project is reached ({})", names(limits))]
    ResourceLimit {
        /// What was tried.
        tried: String,
        /// Which limits; empty when the provider did not say.
        limits: Vec<String>,
    },
    /// The resource is protected from this (403 `protected`).
    #[error("failed to {tried}: it is protected")]
    Protected {
        /// What was tried.
        tried: String,
    },
    /// There is no such thing (404).
    #[error("failed to {tried}: the cloud has no such thing: {message}")]
    NotFound {
        /// What was tried.
        tried: String,
        /// The provider's words.
        message: String,
    },
    /// Something that must be unique is there already (409 `uniqueness_error`).
    #[error("failed to {tried}: there is one already with the same {}", names(fields))]
    UniquenessConflict {
        /// What was tried.
        tried: String,
        /// Which fields; empty when the provider did not say.
        fields: Vec<String>,
    },
    /// A server of that name exists, and its labels say that it is not the one that was asked for.
    #[error("failed to create server {name}: server {server} has that name and belongs to somebody else")]
    NameTaken {
        /// The name.
        name: String,
        /// Who has it.
        server: ServerId,
    },
    /// Somebody changed the resource at the same time (409).
    #[error("failed to {tried}: the resource changed at the same time: {message}")]
    Conflict {
        /// What was tried.
        tried: String,
        /// The provider's words.
        message: String,
    },
    /// Another action holds the resource (423).
    #[error("failed to {tried}: another action holds the resource")]
    Locked {
        /// What was tried.
        tried: String,
    },
    /// Something else still uses the resource (`resource_in_use`).
    #[error("failed to {tried}: it is still in use: {message}")]
    ResourceInUse {
        /// What was tried.
        tried: String,
        /// The provider's words.
        message: String,
    },
    /// Too many requests (429).
    #[error("failed to {tried}: too many requests to the cloud{}", until(reset))]
    RateLimited {
        /// What was tried.
        tried: String,
        /// When it is worth trying again, by this machine's clock; `None` when the provider did not say.
        reset: Option<Timestamp>,
    },
    /// The provider has no room for it there (412 `resource_unavailable`): another type or location may do.
    #[error("failed to {tried}: the cloud is out of capacity: {message}")]
    OutOfCapacity {
        /// What was tried.
        tried: String,
        /// The provider's words.
        message: String,
    },
    /// The request is not valid (400 or 422).
    #[error("failed to {tried}: the request is not valid: {message}{}", listed(fields))]
    InvalidInput {
        /// What was tried.
        tried: String,
        /// The provider's words.
        message: String,
        /// Which fields, and what is wrong with them.
        fields: Vec<InvalidField>,
    },
    /// Another refusal (4xx), or an answer of a kind that nobody expects (3xx).
    #[error("failed to {tried}: the cloud refused with status {status} ({code}): {message}")]
    Refused {
        /// What was tried.
        tried: String,
        /// The status of the answer.
        status: u16,
        /// The provider's word for programs; empty when there was none.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// The provider failed (5xx).
    #[error("failed to {tried}: the cloud failed with status {status}: {message}")]
    Server {
        /// What was tried.
        tried: String,
        /// The status of the answer.
        status: u16,
        /// The provider's words.
        message: String,
    },
    /// No answer in time.
    #[error("failed to {tried}: no answer within {after:?}")]
    Timeout {
        /// What was tried.
        tried: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// No connection was made, so nothing was sent.
    #[error("failed to {tried}: the cloud cannot be reached")]
    Unreachable {
        /// What was tried.
        tried: String,
        /// Why not.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection was lost after the request had begun.
    #[error("failed to {tried}: the connection was lost")]
    Transport {
        /// What was tried.
        tried: String,
        /// How.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer makes no sense: not JSON, cut short, too large, or not what was asked for.
    #[error("failed to {tried}: the answer is not understood: {why}")]
    Malformed {
        /// What was tried.
        tried: String,
        /// What is wrong with it.
        why: String,
    },
    /// A listing changed all the time while it was read, so it may lack something.
    #[error("failed to {tried}: the listing changed while it was read, {passes} times")]
    Unsteady {
        /// What was tried.
        tried: String,
        /// How often it was read.
        passes: u32,
    },
    /// An action that was waited for ended badly.
    #[error("the cloud's action {action} ({command}) failed with {code}: {message}")]
    ActionFailed {
        /// Which.
        action: ActionId,
        /// What it did.
        command: String,
        /// The provider's word for programs.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// Actions that were waited for had not ended in time.
    #[error("{} of the cloud's actions had not ended after {after:?}: {}", pending.len(), names(pending))]
    ActionsPending {
        /// Which.
        pending: Vec<ActionId>,
        /// How long they were waited for.
        after: Duration,
    },
    /// A request that must not be repeated blindly failed in a way that leaves open whether it was accepted. It may
    /// have had its effect, or have it yet.
    #[error("failed to {tried}: it is not known whether the cloud accepted the request")]
    Unsettled {
        /// What was tried.
        tried: String,
        /// What the last try met.
        #[source]
        cause: Box<CloudError>,
    },
}

/// A field of a request that the provider does not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub messages: Vec<String>,
}

impl CloudError {
    /// Whether the same request may well succeed later, without any change to it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Conflict { .. }
            | Self::Locked { .. }
            | Self::ResourceInUse { .. }
            | Self::RateLimited { .. }
            | Self::OutOfCapacity { .. }
            | Self::Server { .. }
            | Self::Timeout { .. }
            | Self::Unreachable { .. }
            | Self::Transport { .. }
            | Self::Malformed { .. }
            | Self::Unsteady { .. }
            | Self::ActionsPending { .. } => true,
            Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::ResourceLimit { .. }
            | Self::Protected { .. }
            | Self::NotFound { .. }
            | Self::UniquenessConflict { .. }
            | Self::NameTaken { .. }
            | Self::InvalidInput { .. }
            | Self::Refused { .. }
            | Self::ActionFailed { .. } => false,
            Self::Unsettled { tried: _, cause } => cause.is_retryable(),
        }
    }

    /// Whether the effect that was asked for may have happened, or may happen yet. Then the only way to know is to look.
    #[must_use]
    pub fn maybe_accepted(&self) -> bool {
        matches!(self, Self::Unsettled { .. } | Self::ActionsPending { .. })
    }

    /// Whether the provider has no room for it there, so that another type or location may do. It may have said so after
    /// an earlier try whose outcome is not known: see [`CloudError::maybe_accepted`].
    #[must_use]
    pub fn is_out_of_capacity(&self) -> bool {
        let cause = if let Self::Unsettled { cause, .. } = self { cause } else { self };
        matches!(cause, Self::OutOfCapacity { .. })
            || matches!(cause, Self::ActionFailed { code, .. } if code == "resource_unavailable")
    }

    /// Whether the answer, or its absence, leaves open if the provider took the request that was just sent.
    pub(crate) fn leaves_doubt(&self) -> bool {
        matches!(
            self,
            Self::Server { .. }
                | Self::Timeout { .. }
                | Self::Transport { .. }
                | Self::Malformed { .. }
                | Self::Unsettled { .. }
        )
    }

    /// This error, for a request of which an earlier or this very try may have been accepted.
    pub(crate) fn unsettled(self, tried: &str) -> Self {
        Self::Unsettled { tried: tried.to_owned(), cause: Box::new(self) }
    }
}

fn names<T: fmt::Display>(of: &[T]) -> String {
    if of.is_empty() {
        return "the cloud does not say which".to_owned();
    }
    of.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

fn listed(fields: &[InvalidField]) -> String {
    let one = |field: &InvalidField| format!("{}: {}", field.name, field.messages.join(", "));
    if fields.is_empty() {
        String::new()
    } else {
        format!(" ({})", fields.iter().map(one).collect::<Vec<_>>().join("; "))
    }
}

fn until(reset: &Option<Timestamp>) -> String {
    reset.map(|at| format!(", wait until {at:.0}")).unwrap_or_default()
}
