//! The words for a job's life: what it is, where it stands, why it ended.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::ident::InvalidName;

/// A job's id: a ULID, so that ids sort by the time of enqueueing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct JobId(Ulid);

impl JobId {
    /// An id from the time of enqueueing in unix milliseconds and 80 random bits (the upper 48 are ignored).
    #[must_use]
    pub const fn from_parts(unix_millis: u64, random: u128) -> Self {
        Self(Ulid::from_parts(unix_millis, random))
    }

    /// Reads an id, in either case.
    ///
    /// # Errors
    /// [`InvalidName`] when it is not a ULID.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        Ulid::from_string(text)
            .map(Self)
            .map_err(|_| InvalidName::new("job id", text, "26 letters and digits"))
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for JobId {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> String {
        id.to_string()
    }
}

/// An enum whose variants are words on the wire, in the store and on the screen.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every variant, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for it everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                let found = Self::ALL.iter().copied().find(|variant| variant.as_str() == text);
                found.ok_or_else(|| InvalidName::new(stringify!($name), text, concat!("one of", $(" ", $word),+)))
            }
        }
    };
}

words! {
    /// What a job does.
    JobKind {
        /// Run one task in one disposable VM.
        CattleSpawn = "cattle.spawn",
        /// Look at the provider once and delete what is expired or unowned.
        CattleReap = "cattle.reap",
    }
}

words! {
    /// Where a job stands, for everybody: `queued → running → done | failed | canceled`, and `running → queued` on a
    /// retry.
    Status {
        /// Waiting for a worker, for its time, or for capacity.
        Queued = "queued",
        /// A worker holds it.
        Running = "running",
        /// It ended well.
        Done = "done",
        /// It ended badly; the reason says how.
        Failed = "failed",
        /// Somebody canceled it.
        Canceled = "canceled",
    }
}

impl Status {
    /// Whether the job's result is decided.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Canceled => true,
        }
    }
}

words! {
    /// Where a job stands, in detail.
    Phase {
        /// Waiting.
        Queued = "queued",
        /// Waiting for room under the caps.
        Reserving = "reserving",
        /// The provider was asked, or is about to be asked, for a VM.
        Creating = "creating",
        /// The VM exists and has not called yet.
        Booting = "booting",
        /// The VM redeemed its one-time token.
        Ready = "ready",
        /// The task runs.
        Running = "running",
        /// The task ended; artifacts and the result are on their way.
        Reporting = "reporting",
        /// The result is decided; the VM may still exist.
        Ended = "ended",
        /// The provider was asked to delete the VM.
        Deleting = "deleting",
        /// The VM is proved gone, or there never was one.
        Gone = "gone",
    }
}

words! {
    /// Why a job ended as it did.
    Reason {
        /// The task ended with exit code 0.
        Finished = "finished",
        /// The task ended with another exit code or by a signal.
        Nonzero = "nonzero",
        /// The task took longer than its timeout.
        Timeout = "timeout",
        /// The VM reached the end of its time to live.
        Ttl = "ttl",
        /// The task ran out of memory.
        Oom = "oom",
        /// The VM disappeared, rebooted, or fell silent.
        Lost = "lost",
        /// Somebody canceled it.
        Canceled = "canceled",
        /// A security rule was broken; the events tell which.
        Incident = "incident",
        /// The provider had no room, or a cap was reached.
        Capacity = "capacity",
        /// The VM never called.
        BootFailed = "boot-failed",
        /// The provider or the orchestrator failed in a way that no retry mended.
        Error = "error",
    }
}

words! {
    /// The VM of a job.
    VmState {
        /// None was asked for yet.
        None = "none",
        /// It exists, or may exist.
        Live = "live",
        /// Its deletion was asked for.
        Deleting = "deleting",
        /// It is proved gone.
        Gone = "gone",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_read_back() {
        let (early, late) = (JobId::from_parts(1_000, u128::MAX), JobId::from_parts(2_000, 0));
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(JobId::parse(&early.to_string()).unwrap(), early);
        assert_eq!(JobId::parse(&early.to_string().to_lowercase()).unwrap(), early);
        assert!(JobId::parse("../x").is_err());
    }

    #[test]
    fn words_read_back() {
        for reason in Reason::ALL {
            assert_eq!(reason.as_str().parse::<Reason>().unwrap(), *reason);
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
