//! `latest.json`: which release a host should run.

use clawlets_model::{Channel, HostName};

use super::{
    Document, DocumentFault,
    canonical::{self, SchemaVersion},
    strict,
};
use crate::value::{Epoch, Order, ReleaseId, ReleaseName, Sha256Digest, SitePath, UtcTime};

/// The pointer of one host and channel. It is signed again on a schedule, with a rising `issued_at`, so that a mirror
/// that stopped can be told from one that has nothing new.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pointer {
    /// 1.
    pub schema_version: SchemaVersion,
    /// The host.
    pub host: HostName,
    /// The channel.
    pub channel: Channel,
    /// The epoch of the release.
    pub epoch: Epoch,
    /// The number of the release.
    pub release_id: ReleaseId,
    /// Where the manifest lies, relative to this pointer.
    pub file: SitePath,
    /// The SHA-256 of the manifest's bytes.
    pub manifest_sha256: Sha256Digest,
    /// When it was signed.
    pub issued_at: UtcTime,
    /// Until when it counts.
    pub expires_at: UtcTime,
    /// Whether hosts that have not begun with this release must not begin.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub halted: bool,
}

impl Pointer {
    /// The pointer to a manifest, which lies beside it as `<releaseId>.json`.
    #[must_use]
    pub fn to_release(
        name: ReleaseName,
        manifest: Sha256Digest,
        issued_at: UtcTime,
        expires_at: UtcTime,
    ) -> Self {
        let file = SitePath::parse(&format!("{}.json", name.order.release_id))
            .expect("digits and '.json' are a path");
        Self {
            schema_version: SchemaVersion,
            host: name.host,
            channel: name.channel,
            epoch: name.order.epoch,
            release_id: name.order.release_id,
            file,
            manifest_sha256: manifest,
            issued_at,
            expires_at,
            halted: false,
        }
    }

    /// Reads a pointer of at most 16 KiB. Fields that this program does not know are left alone.
    ///
    /// # Errors
    /// [`DocumentFault`] when it is too large, malformed, or ends before it begins.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentFault> {
        let pointer: Self = strict::read(Document::Pointer, bytes)?;
        if pointer.expires_at <= pointer.issued_at {
            return Err(DocumentFault::malformed(Document::Pointer, "expiresAt", "is not after issuedAt"));
        }
        Ok(pointer)
    }

    /// The bytes that are signed and published.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::write(self)
    }

    /// The place of its release among the others.
    #[must_use]
    pub const fn order(&self) -> Order {
        Order { epoch: self.epoch, release_id: self.release_id }
    }

    /// What its release is called.
    #[must_use]
    pub fn name(&self) -> ReleaseName {
        ReleaseName { host: self.host.clone(), channel: self.channel.clone(), order: self.order() }
    }
}

/// A pointer as the tool before this one wrote it: no host, no epoch, no expiry. Whoever accepts it cannot tell a
/// mirror that stopped from one that has nothing new, so hosts accept it only where they are told to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EarlierPointer {
    #[serde(rename = "schemaVersion")]
    _schema_version: SchemaVersion,
    /// The channel, where it is given.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// The number of the release.
    pub release_id: ReleaseId,
    /// Where the manifest lies, relative to this pointer.
    pub file: SitePath,
    /// The SHA-256 of the manifest's bytes, where it is given.
    #[serde(default)]
    pub manifest_sha256: Option<Sha256Digest>,
}

impl EarlierPointer {
    /// Reads a pointer of at most 16 KiB.
    ///
    /// # Errors
    /// [`DocumentFault`] when it is too large or malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentFault> {
        strict::read(Document::Pointer, bytes)
    }

    /// The place of its release among the others: those of the tool before this one are of epoch 0.
    #[must_use]
    pub fn order(&self) -> Order {
        Order { epoch: Epoch::default(), release_id: self.release_id }
    }
}
