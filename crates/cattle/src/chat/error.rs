//! Why there is no answer.

use std::{io, path::PathBuf};

use clawlets_model::{EnvVarName, ModelName, ident::InvalidName};
use thiserror::Error;

/// Why there is no answer. No message holds a key.
#[derive(Debug, Error)]
pub enum ChatError {
    /// A variable is missing.
    #[error("{0} is not set")]
    Unset(&'static str),
    /// A model's name is not one.
    #[error("{variable} is invalid")]
    Model {
        /// The variable that holds it.
        variable: &'static str,
        /// What is wrong with it.
        #[source]
        source: InvalidName,
    },
    /// The way out is not a proxy's address.
    #[error("HTTPS_PROXY is not the address of an HTTP proxy")]
    Proxy,
    /// A file cannot be read or written.
    #[error("failed to {action} {}", path.display())]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is no key for the model.
    #[error("no key for {model}: {variable} is not set")]
    NoKey {
        /// The model.
        model: ModelName,
        /// The variable that should hold its key.
        variable: EnvVarName,
    },
    /// Nobody knows where the model is reached.
    #[error("no base URL is known for the provider of {0}: set the order's model base URL")]
    NoBaseUrl(ModelName),
    /// The model's endpoint does not answer.
    #[error("failed to ask {model}: {message}")]
    Unreachable {
        /// The model.
        model: ModelName,
        /// What went wrong, in words.
        message: String,
    },
    /// The model's endpoint answered with a fault.
    #[error("failed to ask {model}: its endpoint answered {status}: {message}")]
    Status {
        /// The model.
        model: ModelName,
        /// The HTTP status.
        status: u16,
        /// The endpoint's words.
        message: String,
    },
    /// The answer is not a chat completion, or empty, or too long.
    #[error("failed to ask {model}: {why}")]
    Answer {
        /// The model.
        model: ModelName,
        /// What is wrong.
        why: &'static str,
    },
}
