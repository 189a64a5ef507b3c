//! What can happen to a job.

use clawlets_model::{Reason, guest::TaskResult};
use jiff::Timestamp;

use super::{caps::Full, digest::TokenHash, lease::WorkerId};

/// Something that happened, or is about to happen, to a job. Variants that cannot be built outside of this crate are
/// those that the store alone may decide.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A worker took it: from the queue, or from a worker whose lease expired. Raises the epoch.
    #[non_exhaustive]
    Claimed {
        /// Who.
        worker: WorkerId,
        /// Until when, unless renewed.
        until: Timestamp,
    },
    /// Its worker is alive.
    #[non_exhaustive]
    Renewed {
        /// The new end of the lease.
        until: Timestamp,
    },
    /// Its worker gives it back, for another one to take at once.
    #[non_exhaustive]
    Released,
    /// There is room for its VM, and it is taken.
    #[non_exhaustive]
    Reserved,
    /// There is no room for its VM.
    #[non_exhaustive]
    NoRoom(Full),
    /// The provider is about to be asked for a VM. Recorded before the call, so that a crash leaves a trace of a VM that
    /// may exist.
    CreateIntended {
        /// The number of the VM: one more than the last.
        attempt: u32,
        /// Its name.
        server_name: String,
        /// When it must be gone.
        expires_at: Timestamp,
        /// The fingerprint of its one-time token.
        token: TokenHash,
        /// Until when the token may be redeemed, at first.
        token_expires_at: Timestamp,
    },
    /// The provider made the VM, or it was found by its name.
    Created {
        /// Its id at the provider.
        server_id: u64,
    },
    /// The provider says that the VM runs; the token's time counts from here.
    PoweredOn {
        /// Until when the token may be redeemed.
        token_expires_at: Timestamp,
    },
    /// The VM spent its one-time token.
    #[non_exhaustive]
    Redeemed,
    /// The task runs.
    Started,
    /// The task ended; what it left is on its way.
    Reporting,
    /// The VM says how the task ended.
    Reported(TaskResult),
    /// Somebody wants it to stop.
    CancelRequested,
    /// The VM may live until another time.
    Extended {
        /// When it must be gone.
        expires_at: Timestamp,
    },
    /// This try failed in a way that another may mend. The job is tried again if it has tries left, else it ends. The VM
    /// must be proved gone, and must not have spent its token.
    AttemptFailed {
        /// Why.
        reason: Reason,
        /// What went wrong, in a sentence; never a secret.
        message: String,
    },
    /// The result is decided without the VM's word: a timeout, an incident, a loss; or a job without a VM is through.
    Ended {
        /// Why.
        reason: Reason,
        /// What happened, in a sentence; never a secret.
        message: Option<String>,
    },
    /// The provider is about to be asked to delete the VM.
    DeleteRequested,
    /// The VM is proved gone, or proved never to have existed.
    VmGone {
        /// Which VM.
        attempt: u32,
    },
    /// Something worth remembering that changes nothing.
    Noted {
        /// What kind of thing.
        note: Note,
        /// What happened, in a sentence; never a secret.
        detail: String,
    },
}

/// A kind of remark in a job's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A security rule was broken by somebody.
    Incident,
    /// The provider did something else than it was asked for, and is asked again.
    Provider,
    /// A VM of a dead worker was found and kept.
    Adopted,
    /// A token for GitHub was made for the VM, or ended.
    GithubToken,
}

impl Event {
    /// Its name in refusals.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Claimed { .. } => "claim",
            Self::Renewed { .. } => "renewal",
            Self::Released => "release",
            Self::Reserved | Self::NoRoom(_) => "reservation",
            Self::CreateIntended { .. } => "create",
            Self::Created { .. } => "created",
            Self::PoweredOn { .. } => "powered-on",
            Self::Redeemed => "redeemed",
            Self::Started => "started",
            Self::Reporting => "reporting",
            Self::Reported(_) => "result",
            Self::CancelRequested => "cancel",
            Self::Extended { .. } => "extend",
            Self::AttemptFailed { .. } => "attempt-failed",
            Self::Ended { .. } => "ended",
            Self::DeleteRequested => "delete",
            Self::VmGone { .. } => "gone",
            Self::Noted { .. } => "note",
        }
    }
}

impl Note {
    /// The word in the history.
    pub(crate) const fn happened(self) -> Happened {
        match self {
            Self::Incident => Happened::Incident,
            Self::Provider => Happened::Provider,
            Self::Adopted => Happened::Adopted,
            Self::GithubToken => Happened::GithubToken,
        }
    }
}

/// One line for a job's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// What happened.
    pub what: Happened,
    /// More about it; never a secret.
    pub detail: Option<String>,
}

macro_rules! happened {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)+) => {
        /// What a line of a job's history is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Happened { $($(#[$doc])* $variant,)+ }

        impl Happened {
            /// The word in the history.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

happened! {
    /// It was accepted.
    Enqueued = "enqueued",
    /// A worker took it from the queue.
    Claimed = "claimed",
    /// A worker took it from one that fell silent or gave it back.
    TakenOver = "taken-over",
    /// Its worker gave it back.
    Released = "released",
    /// It got a place under the caps.
    Reserved = "reserved",
    /// It waits in line for a place.
    Waiting = "waiting",
    /// The provider is asked for a VM.
    Creating = "creating",
    /// The VM exists.
    Created = "created",
    /// The VM runs.
    PoweredOn = "powered-on",
    /// The VM spent its token.
    Redeemed = "redeemed",
    /// The task runs.
    Started = "started",
    /// The task ended.
    Reporting = "reporting",
    /// Somebody wants it to stop.
    CancelRequested = "cancel-requested",
    /// The VM may live until another time.
    Extended = "extended",
    /// A try failed, and another follows.
    Retry = "retry",
    /// The result is decided.
    Ended = "ended",
    /// The provider is asked to delete the VM.
    Deleting = "deleting",
    /// The VM is proved gone.
    Gone = "gone",
    /// A security rule was broken.
    Incident = "incident",
    /// The provider did something unexpected.
    Provider = "provider",
    /// A VM of a dead worker was found and kept.
    Adopted = "adopted",
    /// A token for GitHub was made for the VM, or ended.
    GithubToken = "github-token",
    /// Lines that followed were not kept.
    Truncated = "truncated",
}
