//! What can happen to an updater.

use super::{Opening, Settings, Target, Trouble, Verdict};
use crate::{
    trust::{Candidate, Seen, TrustedPointer},
    value::{Order, Sha256Digest, StorePath, UtcTime},
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The updater started: for the first time in this boot, or again.
    Started(World),
    /// It is time to look for a release.
    Poll,
    /// Time passed. Asked at least every few seconds while something is on trial.
    Tick,
    /// Somebody decided something.
    Command(Command),
    /// The updater is told to end.
    Terminated,
    /// An effect was carried out.
    Answer(Answer),
}

/// What an updater finds when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The system that runs: what `/run/current-system` leads to.
    pub running: StorePath,
}

/// What somebody decided on this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Begin with no release any more. What is on trial is finished or left, as it turns out.
    Pause,
    /// Follow the channel again: ends a pause and a pin.
    Resume,
    /// Begin with no other release than this.
    Pin(Order),
    /// Do not begin with this release.
    Skip(Order),
}

/// The answer to an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To `Fetch`: the best pointer, verified.
    Pointer(PointerFound),
    /// To `Fetch` and `FetchManifest`: nothing that this host may follow.
    Nothing(NothingFetched),
    /// To `FetchManifest`: the release, verified.
    Offer(Box<Offer>),
    /// To `Realise`.
    Realised(Result<(), Trouble>),
    /// To `StageSecrets`.
    Staged(Result<(), Trouble>),
    /// To `ReadInhibitors`.
    Inhibitors(Inhibitors),
    /// To `TakeRebootLock`.
    RebootLock(RebootLock),
    /// To `Switch`.
    Switched(Result<(), Trouble>),
    /// To `BootOnce`. When all went well the machine goes down, and there is no answer.
    NotBooted(Trouble),
    /// To `Watch`.
    Health(Verdict),
    /// To `Commit`.
    Committed(Result<(), Trouble>),
    /// To `GoBack`.
    WentBack(Result<(), Trouble>),
}

/// Why there is nothing to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NothingFetched {
    /// No mirror answered as it should.
    Unreachable,
    /// What the mirrors serve is refused.
    Refused {
        /// The stable code of the refusal.
        code: String,
        /// The refusal in words.
        message: String,
    },
}

/// A pointer that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointerFound {
    /// The place of its release.
    pub order: Order,
    /// Its manifest, if it names it.
    pub manifest_sha256: Option<Sha256Digest>,
    /// When it was signed.
    pub issued_at: Option<UtcTime>,
}

impl From<&TrustedPointer> for PointerFound {
    fn from(pointer: &TrustedPointer) -> Self {
        let (order, manifest_sha256) = (pointer.order(), pointer.manifest_sha256());
        Self { order, manifest_sha256, issued_at: pointer.issued_at() }
    }
}

/// A release that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The release.
    pub target: Target,
    /// The floor that it makes.
    pub seen: Seen,
    /// When this host's turn comes.
    pub opens: Opening,
    /// Whether hosts that have not begun must not begin.
    pub is_halted: bool,
}

impl Offer {
    /// What a verified release means for a host that has seen `seen`.
    #[must_use]
    pub fn of(candidate: &Candidate, seen: Option<Seen>, settings: &Settings) -> Self {
        let manifest = candidate.manifest();
        let demanded = manifest.health.as_ref().map_or(0, |health| health.probation.as_secs());
        let opens = match &manifest.wave {
            None => Opening::Now,
            Some(wave) => wave.opens_at(&manifest.name()).map_or(Opening::Never, Opening::At),
        };
        let target = Target {
            order: candidate.order(),
            manifest_sha256: candidate.manifest_sha256(),
            toplevel: manifest.toplevel.clone(),
            secrets: manifest.secrets.digest,
            probation: demanded.max(settings.probation.as_secs()),
        };
        Self { target, seen: Seen::after(seen, candidate), opens, is_halted: candidate.is_halted() }
    }
}

/// Whether something speaks against a live switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inhibitors {
    /// Nothing does.
    None,
    /// These do: another kernel, another init, a changed mount.
    Present(Vec<String>),
}

/// The lock on reboots, of which a group of hosts may have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RebootLock {
    /// This host may reboot.
    Granted,
    /// Another host reboots.
    Held,
}
