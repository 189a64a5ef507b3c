//! Why a persona could not be read.

use std::io;

use clawlets_model::{PersonaName, document::DocumentError};
use thiserror::Error;

/// Why a persona could not be read. Every message names the file.
#[derive(Debug, Error)]
pub(crate) enum PersonaError {
    /// There is no folder of that name.
    #[error("there is no persona {0}")]
    Unknown(PersonaName),
    /// A file cannot be opened or read.
    #[error("persona {persona}: failed to read {file}")]
    Read {
        /// The persona.
        persona: PersonaName,
        /// The file's path under the persona's folder.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A symbolic link, a device, a pipe or a socket.
    #[error("persona {persona}: {file} is {what}; only regular files and folders are allowed")]
    NotAFile {
        /// The persona.
        persona: PersonaName,
        /// Its path under the persona's folder.
        file: String,
        /// What it is.
        what: &'static str,
    },
    /// A name that could not travel.
    #[error("persona {persona}: {file:?} is not a valid file name")]
    Name {
        /// The persona.
        persona: PersonaName,
        /// Its path under the persona's folder.
        file: String,
    },
    /// More, or larger, than allowed.
    #[error("persona {persona}: {file} {what}")]
    TooLarge {
        /// The persona.
        persona: PersonaName,
        /// Its path under the persona's folder.
        file: String,
        /// The bound that it breaks.
        what: String,
    },
    /// The files are there, but they are no persona.
    #[error("persona {persona}: {fault}")]
    Invalid {
        /// The persona.
        persona: PersonaName,
        /// What is wrong; its path begins with the file's name.
        fault: DocumentError,
    },
}
