//! What is left of a release when everything was verified.

use super::{Refusal, Signer};
use crate::{
    bundle::Bundle,
    document::Manifest,
    value::{Order, Sha256Digest, SitePath, UtcTime},
};

/// A pointer that was verified. Only a verifier makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPointer {
    pub(super) order: Order,
    pub(super) file: SitePath,
    pub(super) manifest_sha256: Option<Sha256Digest>,
    pub(super) issued_at: Option<UtcTime>,
    pub(super) is_halted: bool,
}

impl TrustedPointer {
    /// The place of the release that it points to.
    #[must_use]
    pub const fn order(&self) -> Order {
        self.order
    }

    /// Where the manifest lies, relative to the pointer.
    #[must_use]
    pub const fn file(&self) -> &SitePath {
        &self.file
    }

    /// The manifest; a pointer of the tool before this one may not name it.
    #[must_use]
    pub const fn manifest_sha256(&self) -> Option<Sha256Digest> {
        self.manifest_sha256
    }

    /// When it was signed; not known of a pointer of the tool before this one.
    #[must_use]
    pub const fn issued_at(&self) -> Option<UtcTime> {
        self.issued_at
    }

    /// Whether hosts that have not begun must not begin.
    #[must_use]
    pub const fn is_halted(&self) -> bool {
        self.is_halted
    }
}

/// A release that this host may apply. Only a verifier makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub(super) manifest: Manifest,
    pub(super) manifest_sha256: Sha256Digest,
    pub(super) issued_at: Option<UtcTime>,
    pub(super) is_halted: bool,
    pub(super) signer: Signer,
}

impl Candidate {
    /// What it is.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The SHA-256 of its manifest's bytes, by which attempts are counted.
    #[must_use]
    pub const fn manifest_sha256(&self) -> Sha256Digest {
        self.manifest_sha256
    }

    /// Its place among the others.
    #[must_use]
    pub const fn order(&self) -> Order {
        self.manifest.order()
    }

    /// When its pointer was signed.
    #[must_use]
    pub const fn pointer_issued_at(&self) -> Option<UtcTime> {
        self.issued_at
    }

    /// Whether hosts that have not begun must not begin.
    #[must_use]
    pub const fn is_halted(&self) -> bool {
        self.is_halted
    }

    /// Who signed the manifest.
    #[must_use]
    pub const fn signer(&self) -> Signer {
        self.signer
    }

    /// The secrets of this release, if these bytes are they.
    ///
    /// # Errors
    /// [`Refusal::OtherSecrets`] for other bytes, [`Refusal::Bundle`] when they hold what they must not.
    pub fn bundle(&self, bytes: &[u8]) -> Result<Bundle, Refusal> {
        let expected = self.manifest.secrets.digest;
        let found = Sha256Digest::of(bytes);
        if found != expected {
            return Err(Refusal::OtherSecrets { expected, found });
        }
        Bundle::parse(bytes).map_err(|source| Refusal::Bundle { source })
    }
}
