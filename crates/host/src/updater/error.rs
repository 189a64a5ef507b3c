//! What stops an updater.

use std::io;

use thiserror::Error;

use crate::{config::ConfigError, records::RecordsError};

/// Why an updater cannot go on. What is wrong with a release is no such reason: that is an outcome.
#[derive(Debug, Error)]
pub enum UpdateError {
    /// The configuration lacks what updates need.
    #[error("the configuration does not allow updates")]
    Config(#[from] ConfigError),
    /// Its records cannot be used.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The time of this host cannot be read.
    #[error("failed to read the time since boot")]
    Clock(#[source] io::Error),
}
