//! Every reason for which a release is refused. A refusal changes nothing on the host but its status.

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    bundle::BundleFault,
    document::{Document, DocumentFault},
    signature::{KeyId, SignatureFault},
    value::{Order, Sha256Digest, Version},
};

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident $({ $($(#[$fdoc:meta])* $field:ident : $type:ty),+ $(,)? })? = $code:literal, $message:literal;)+) => {
        /// Why a release is refused.
        #[derive(Debug, Clone, PartialEq, Eq, Error)]
        pub enum Refusal {
            $($(#[$doc])* #[error($message)] $variant $({ $($(#[$fdoc])* $field: $type),+ })?,)+
        }

        impl Refusal {
            /// The stable code of every refusal.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The stable code of this refusal. Scripts may match on it; it never changes.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant $({ $($field: _),+ })? => $code),+ }
            }
        }
    };
}

refusals! {
    /// There is no signature, and one is demanded.
    Unsigned {
        /// Which document has none.
        document: Document,
    } = "unsigned", "the {document} is not signed";
    /// The signature is malformed, of the old form, or does not fit.
    Signature {
        /// Whose signature.
        document: Document,
        /// What is wrong with it.
        #[source] source: SignatureFault,
    } = "signature", "the signature of the {document} proves nothing";
    /// It is signed by a key that this host does not know.
    UnknownKey {
        /// Which document.
        document: Document,
        /// The key that it says it is signed with.
        key: KeyId,
    } = "unknown_key", "the {document} is signed by key {key}, which this host does not trust";
    /// It is signed by a key from before, after that key's end.
    EndedKey {
        /// Which document.
        document: Document,
        /// The key.
        key: KeyId,
        /// When it ended.
        ended: Timestamp,
    } = "ended_key", "the {document} is signed by key {key}, which ended on {ended}";
    /// It is signed by a key that was revoked.
    RevokedKey {
        /// Which document.
        document: Document,
        /// The key.
        key: KeyId,
    } = "revoked_key", "the {document} is signed by key {key}, which is revoked";
    /// The signature's comment speaks of another release.
    ForeignComment {
        /// Which document.
        document: Document,
        /// What the comment should say.
        expected: String,
    } = "foreign_comment", "the signature of the {document} does not say {expected:?} in its comment";
    /// The document cannot be read.
    Unreadable {
        /// What is wrong with it.
        #[source] source: DocumentFault,
    } = "unreadable", "the release cannot be read";
    /// It is for another host.
    OtherHost {
        /// Which document.
        document: Document,
        /// The host that it is for.
        found: String,
    } = "other_host", "the {document} is for host {found}";
    /// It is for another channel.
    OtherChannel {
        /// Which document.
        document: Document,
        /// The channel that it is for.
        found: String,
    } = "other_channel", "the {document} is for channel {found}";
    /// It was built for another kind of machine.
    OtherSystem {
        /// What it was built for.
        found: String,
    } = "other_system", "the release is for {found}";
    /// The bytes of the manifest are not those that the pointer names.
    OtherManifest {
        /// What the pointer names.
        expected: Sha256Digest,
        /// What was served.
        found: Sha256Digest,
    } = "other_manifest", "the manifest has SHA-256 {found}, and the pointer names {expected}";
    /// Pointer and manifest speak of different releases.
    Disagreement {
        /// The release of the pointer.
        pointer: Order,
        /// The release of the manifest.
        manifest: Order,
    } = "disagreement", "the pointer speaks of release {pointer}, and its manifest is of {manifest}";
    /// The pointer has expired.
    Expired {
        /// When it did.
        at: Timestamp,
    } = "expired", "the pointer expired at {at}";
    /// The pointer is older than this host accepts.
    TooOld {
        /// When it was signed.
        issued_at: Timestamp,
        /// How old it may be, in seconds.
        max_age: u64,
    } = "too_old", "the pointer is of {issued_at}, which is longer ago than {max_age} s";
    /// The pointer is of a time that has not come.
    NotYetIssued {
        /// When it says that it was signed.
        issued_at: Timestamp,
    } = "not_yet_issued", "the pointer is of {issued_at}, which has not come: is the clock of this host right";
    /// The clock was never set.
    ClockNotSet {
        /// What it shows.
        now: Timestamp,
    } = "clock_not_set", "the clock of this host shows {now}, so nothing can be said about the age of a release";
    /// The clock is behind what this host has seen.
    ClockBehind {
        /// What it shows.
        now: Timestamp,
        /// The newest signed time that this host has seen.
        seen: Timestamp,
    } = "clock_behind", "the clock of this host shows {now}, and it has seen a pointer of {seen}";
    /// It is lower than what this host has seen.
    BelowFloor {
        /// Its place.
        found: Order,
        /// The highest that was seen.
        floor: Order,
    } = "below_floor", "release {found} is below {floor}, which this host has seen";
    /// It is an older pointer to the newest release.
    Replayed {
        /// When it was signed.
        issued_at: Timestamp,
        /// When the newest one that was seen was.
        seen: Timestamp,
    } = "replayed", "the pointer is of {issued_at}, and this host has seen one of {seen}";
    /// Two manifests have the same place. Somebody signs what he should not.
    Equivocation {
        /// The place.
        order: Order,
        /// The manifest that this host knows.
        known: Sha256Digest,
        /// The other.
        found: Sha256Digest,
    } = "equivocation", "there are two releases {order}: {known} and {found}";
    /// It raises the epoch, and is not signed by a recovery key.
    EpochNotRecovered {
        /// Its place.
        found: Order,
        /// The highest that was seen.
        floor: Order,
    } = "epoch_not_recovered", "release {found} begins a new epoch after {floor}, and no recovery key signed it";
    /// It asks for a newer updater.
    UpdaterTooOld {
        /// What it asks for.
        needs: Version,
        /// What this host has.
        has: Version,
    } = "updater_too_old", "the release needs an updater of version {needs}, and this is {has}";
    /// It asks for something that this updater cannot do.
    UnknownFeature {
        /// What.
        feature: String,
    } = "unknown_feature", "the release needs {feature:?}, which this updater does not know";
    /// It names a cache that this host does not use.
    ForeignSubstituter {
        /// The cache.
        url: String,
    } = "foreign_substituter", "the release names the cache {url:?}, which this host does not use";
    /// It names a key of a cache that this host does not trust.
    ForeignCacheKey {
        /// The key.
        key: String,
    } = "foreign_cache_key", "the release names the cache key {key:?}, which this host does not trust";
    /// The bytes of the secrets are not those that the manifest names.
    OtherSecrets {
        /// What the manifest names.
        expected: Sha256Digest,
        /// What was served.
        found: Sha256Digest,
    } = "other_secrets", "the secrets have SHA-256 {found}, and the manifest names {expected}";
    /// The secrets bundle holds what it must not hold.
    Bundle {
        /// What.
        #[source] source: BundleFault,
    } = "bundle", "the secrets of the release cannot be unpacked";
}

impl From<DocumentFault> for Refusal {
    fn from(source: DocumentFault) -> Self {
        Self::Unreadable { source }
    }
}

impl Refusal {
    /// Whether somebody must be told at once: a key signs what it should not.
    #[must_use]
    pub const fn is_alarm(&self) -> bool {
        matches!(self, Self::Equivocation { .. } | Self::RevokedKey { .. } | Self::EpochNotRecovered { .. })
    }
}
