//! What can go wrong with the tailnet's API.

use thiserror::Error;

use crate::config::SecretFileError;

/// The tailnet's API did not do what it was asked for. Never holds a secret.
#[derive(Debug, Error)]
pub(crate) enum TailnetError {
    /// The file with the OAuth client cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// It does not hold a client.
    #[error("the OAuth client file does not hold a client id and a client secret")]
    NoClient,
    /// The task that read it was interrupted.
    #[error("reading a secret was interrupted")]
    Interrupted,
    /// The API cannot be reached, or the connection was lost.
    #[error("failed to {tried}: the tailnet's API cannot be reached")]
    Transport {
        /// What was tried.
        tried: &'static str,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// It said no.
    #[error("failed to {tried}: the tailnet's API answered with status {status}")]
    Refused {
        /// What was tried.
        tried: &'static str,
        /// The status.
        status: u16,
    },
    /// Its answer makes no sense, or is too large.
    #[error("failed to {tried}: the answer of the tailnet's API is not understood")]
    Malformed {
        /// What was tried.
        tried: &'static str,
    },
    /// It did not answer well in time.
    #[error("failed to {tried}: the tailnet's API did not answer well in time (last status {status:?})")]
    TooSlow {
        /// What was tried.
        tried: &'static str,
        /// The last status, if there was an answer.
        status: Option<u16>,
    },
}
