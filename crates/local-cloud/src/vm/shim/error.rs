//! Why a shim gave up before its guest ran, or lost it.

use std::{io, net::SocketAddr, path::PathBuf};

use crate::vm::GuestError;

/// Why a shim failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShimError {
    /// The specification cannot be used.
    #[error(transparent)]
    Specification(#[from] GuestError),
    /// Namespaces belong to threads, so they must be entered before a second thread exists.
    #[error("a shim must start before any other thread, but there are {0}")]
    Threads(usize),
    /// The process could not be prepared.
    #[error("failed to {action}")]
    Process {
        /// What was tried, as a verb.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The network namespace could not be entered or set up.
    #[error("failed to {action}")]
    Namespace {
        /// What was tried, as a verb.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// This machine gives its users no namespaces of their own.
    #[error(
        "failed to enter a user namespace: only root may here (see sysctl user.max_user_namespaces, \
         kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"
    )]
    NoUserNamespaces(#[source] io::Error),
    /// A relay or service could not listen inside the namespace.
    #[error("failed to listen on {address} for the guest")]
    Listen {
        /// The address inside the namespace.
        address: SocketAddr,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// QEMU could not be started.
    #[error("failed to start {}", program.display())]
    Qemu {
        /// The program.
        program: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// QEMU ended, or its monitor closed, before the guest ran.
    #[error("QEMU ended before the guest ran: {0}")]
    QemuEnded(String),
}

impl ShimError {
    pub(super) fn process(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Process { action, source }
    }

    pub(super) fn namespace(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Namespace { action, source }
    }
}
