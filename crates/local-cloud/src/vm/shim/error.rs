//! Why a shim gave up before its guest ran, or lost it.

use std::{error::Error as _, io, net::SocketAddr, path::PathBuf};

use clawlets_model::boot::UserDataError;

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
    /// The limits or the user of QEMU could not be prepared, or the files that it may see.
    #[error("failed to {action}")]
    Containment {
        /// What was tried, as a verb.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Every user of the range belongs to a guest.
    #[error("all {count} users that guests may run as are taken")]
    NoUserLeft {
        /// How many there are.
        count: u32,
    },
    /// Without root, guests are contained by bubblewrap.
    #[error("only root can contain guests without bubblewrap (Debian's package bubblewrap), and {} is not there", program.display())]
    NoBubblewrap {
        /// The program that was looked for.
        program: PathBuf,
    },
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
    Start {
        /// The program.
        program: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// QEMU's monitor or the guest's claim port closed, did not answer, or refused.
    #[error("failed to {action}")]
    Monitor {
        /// What was tried, as a verb.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The same, with what QEMU said last.
    #[error("failed to {action}: {words}")]
    Qemu {
        /// What was tried, as a verb.
        action: &'static str,
        /// Why it failed, and what QEMU said.
        words: String,
    },
    /// A rehearsal could not be written down.
    #[error("failed to write the rehearsal's user data")]
    Rehearsal(#[source] UserDataError),
    /// The shim was told to end before its guest ran.
    #[error("the guest was ended before it ran")]
    Terminated,
    /// What was asked of the guest is not for one of its birth.
    #[error("the guest does not wait to be claimed")]
    NotAGuest,
}

impl ShimError {
    pub(super) fn containment(action: &'static str) -> impl Fn(io::Error) -> Self + Copy {
        move |source| Self::Containment { action, source }
    }

    pub(super) fn process(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Process { action, source }
    }

    pub(super) fn namespace(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Namespace { action, source }
    }

    pub(super) fn monitor(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Monitor { action, source }
    }

    /// The error and everything that caused it, as one text.
    pub(super) fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        text
    }
}
