//! Why an image could not be built or read.

use std::{io, path::PathBuf};

/// Why an image could not be built or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// A file could not be read or written.
    #[error("failed to {action} {}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The description of an image cannot be understood.
    #[error("failed to read the image description {}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A program that does part of the work is missing.
    #[error("failed to run {program}, which is needed to {purpose}")]
    Tool {
        /// The program.
        program: String,
        /// What it is for.
        purpose: &'static str,
        /// Why it could not be run.
        #[source]
        source: io::Error,
    },
    /// A program that does part of the work failed.
    #[error("{program} failed to {purpose}: {message}")]
    ToolFailed {
        /// The program.
        program: String,
        /// What it was to do.
        purpose: &'static str,
        /// The end of what it said.
        message: String,
    },
    /// The package lists name no such kernel, and none is in the cache.
    #[error("no package {package} is known to apt, and no kernel is in {}", cache.display())]
    NoKernel {
        /// The package that was looked for.
        package: String,
        /// Where kernels would be kept.
        cache: PathBuf,
    },
    /// The package holds no kernel, or one in a format that cannot be unpacked.
    #[error("failed to unpack the kernel {}: {reason}", path.display())]
    Kernel {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The kernel has no such module, neither built in nor as a file.
    #[error("the kernel {version} has no module {module}")]
    NoModule {
        /// The module.
        module: String,
        /// The kernel.
        version: String,
    },
}

impl ImageError {
    pub(super) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
