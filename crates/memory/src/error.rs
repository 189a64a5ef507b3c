//! Why something in the memory did not come about.

use std::{io, path::PathBuf, time::Duration};

use rustix::io::Errno;
use thiserror::Error;

use crate::{Digest, Holder, InvalidPath, MemoryPath, Owner};

/// Why a call failed. Nothing was changed then.
#[derive(Debug, Error)]
pub enum MemoryError {
    /// The path breaks a rule.
    #[error(transparent)]
    Path(#[from] InvalidPath),
    /// There is no memory.
    #[error("there is no folder {}", .0.display())]
    NoRoot(PathBuf),
    /// The memory lies on another machine, and is not mounted.
    #[error("{} is not mounted", .0.display())]
    NotMounted(PathBuf),
    /// There is no such file.
    #[error("there is no {0} in the memory")]
    Missing(MemoryPath),
    /// A symbolic link stands in the way. None is followed.
    #[error("{path} is not used: {link} is a symbolic link")]
    Link {
        /// What was asked for.
        path: MemoryPath,
        /// The part that is a link.
        link: String,
    },
    /// Something stands there that is no file.
    #[error("{path} is {kind}")]
    NotAFile {
        /// What was asked for.
        path: MemoryPath,
        /// What it is.
        kind: &'static str,
    },
    /// A file is larger than the memory takes.
    #[error("{path} would have more than {limit} bytes")]
    TooLarge {
        /// The file.
        path: MemoryPath,
        /// The bound, in bytes.
        limit: u64,
    },
    /// Somebody else holds the file.
    #[error("{path} was held by {} for {} s", holder.as_ref().map_or_else(|| "somebody else".to_owned(), ToString::to_string), waited.as_secs_f32())]
    Busy {
        /// The file.
        path: MemoryPath,
        /// How long it was waited for.
        waited: Duration,
        /// Who holds it, where this machine's kernel knows.
        holder: Option<Holder>,
    },
    /// The file is not what the caller took it for.
    #[error("{path} {}", found.map_or_else(|| "does not exist".to_owned(), |found| format!("has the SHA-256 {found} now")))]
    Changed {
        /// The file.
        path: MemoryPath,
        /// What it is; none when it does not exist.
        found: Option<Digest>,
    },
    /// Only humans change this file.
    #[error("{0} is protected: only humans change it")]
    Protected(MemoryPath),
    /// A file that only humans change was written by somebody else.
    #[error("{path} is protected, and {writer} could write it")]
    Foreign {
        /// The file.
        path: MemoryPath,
        /// Who wrote it, or could have.
        writer: Owner,
    },
    /// The text to be replaced is not there.
    #[error("{0} does not hold the text")]
    NoSuchText(MemoryPath),
    /// The caller has no right to it.
    #[error("{} may not be {doing}", path.display())]
    Denied {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the kernel said.
        #[source]
        source: io::Error,
    },
    /// The file system did not do it.
    #[error("{} could not be {doing}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the kernel said.
        #[source]
        source: io::Error,
    },
}

impl MemoryError {
    /// What the kernel said when something was done to a path, as "could not be `doing`".
    pub(crate) fn kernel(doing: &'static str, path: impl Into<PathBuf>, errno: Errno) -> Self {
        let (path, source) = (path.into(), io::Error::from(errno));
        if matches!(errno, Errno::ACCESS | Errno::PERM) {
            Self::Denied { doing, path, source }
        } else {
            Self::Io { doing, path, source }
        }
    }

    /// As [`Self::kernel`], for what the standard library says.
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>, source: &io::Error) -> Self {
        Self::kernel(doing, path, Errno::from_io_error(source).unwrap_or(Errno::IO))
    }
}
