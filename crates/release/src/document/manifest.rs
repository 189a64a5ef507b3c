//! `<releaseId>.json`: what a release is.

use clawlets_model::{Channel, HostName};

use super::{
    Document, DocumentFault, Health, Wave,
    canonical::{self, SchemaVersion},
    strict,
};
use crate::value::{
    Epoch, InvalidValue, Order, ReleaseId, ReleaseName, Revision, Sha256Digest, SitePath, StorePath,
    SystemName, UtcTime, Version,
};

/// One release of one host and channel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// 1.
    pub schema_version: SchemaVersion,
    /// The host that it is for.
    pub host: HostName,
    /// The machine that it was built for.
    pub system: SystemName,
    /// The channel.
    pub channel: Channel,
    /// The epoch. A release that raises it is signed by a recovery key.
    pub epoch: Epoch,
    /// The number, which rises by one for each host and channel.
    pub release_id: ReleaseId,
    /// When it was built.
    pub issued_at: UtcTime,
    /// The revision of the project that it was built from.
    pub rev: Revision,
    /// The system to run.
    pub toplevel: StorePath,
    /// The secrets that belong to it.
    pub secrets: SecretsRef,
    /// Where its parts may be fetched. Narrows what the host trusts, and never widens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<Cache>,
    /// The oldest updater that can apply it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_updater_version: Option<Version>,
    /// What an updater must be able to do; one that lacks any of these refuses the release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_features: Vec<Feature>,
    /// When which share of the hosts may begin; all at once without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wave: Option<Wave>,
    /// What must work afterwards, beside what the host itself demands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
}

impl Manifest {
    /// How many substituters, keys and features a manifest may name, of each.
    pub const LARGEST_LIST: usize = 32;

    /// A release without anything optional.
    #[must_use]
    pub fn new(
        name: ReleaseName,
        system: SystemName,
        issued_at: UtcTime,
        rev: Revision,
        toplevel: StorePath,
        secrets: SecretsRef,
    ) -> Self {
        Self {
            schema_version: SchemaVersion,
            host: name.host,
            system,
            channel: name.channel,
            epoch: name.order.epoch,
            release_id: name.order.release_id,
            issued_at,
            rev,
            toplevel,
            secrets,
            cache: None,
            min_updater_version: None,
            required_features: Vec::new(),
            wave: None,
            health: None,
        }
    }

    /// Reads a manifest of at most 64 KiB. Fields that this program does not know are left alone.
    ///
    /// # Errors
    /// [`DocumentFault`] when it is too large or malformed, or one of its lists is too long.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentFault> {
        let manifest: Self = strict::read(Document::Manifest, bytes)?;
        manifest
            .check()
            .map_err(|(path, message)| DocumentFault::malformed(Document::Manifest, path, message))?;
        Ok(manifest)
    }

    /// What its types cannot say. Writers ask as well, before they sign.
    ///
    /// # Errors
    /// The path of the fault, and what is wrong there.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let too_long = |length: usize| length > Self::LARGEST_LIST;
        let message = || format!("has more than {} entries", Self::LARGEST_LIST);
        if too_long(self.required_features.len()) {
            return Err(("requiredFeatures", message()));
        }
        if let Some(cache) = &self.cache {
            if too_long(cache.substituters.len()) {
                return Err(("cache.substituters", message()));
            }
            if too_long(cache.trusted_public_keys.len()) {
                return Err(("cache.trustedPublicKeys", message()));
            }
        }
        self.wave.as_ref().map_or(Ok(()), |wave| wave.check().map_err(|what| ("wave.steps", what)))?;
        self.health.as_ref().map_or(Ok(()), |health| health.check().map_err(|what| ("health", what)))
    }

    /// The bytes that are signed and published.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::write(self)
    }

    /// The place of this release among the others.
    #[must_use]
    pub const fn order(&self) -> Order {
        Order { epoch: self.epoch, release_id: self.release_id }
    }

    /// What this release is called.
    #[must_use]
    pub fn name(&self) -> ReleaseName {
        ReleaseName { host: self.host.clone(), channel: self.channel.clone(), order: self.order() }
    }
}

/// The secrets bundle of a release.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SecretsRef {
    /// The SHA-256 of the bundle's bytes, by which it is also named on the host.
    pub digest: Sha256Digest,
    /// How it is packed.
    pub format: SecretsFormat,
    /// Where it lies, relative to the pointer.
    pub url: SitePath,
}

impl SecretsRef {
    /// The bundle of these bytes, at its usual place.
    #[must_use]
    pub fn at_usual_place(digest: Sha256Digest) -> Self {
        let url = SitePath::parse(&format!("secrets/{digest}.tgz"))
            .expect("a folder and hexadecimal digits are a path");
        Self { digest, format: SecretsFormat::SopsTar, url }
    }
}

/// How a secrets bundle is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretsFormat {
    /// SOPS files in a flat tar archive in a gzip frame.
    SopsTar,
}

/// Where the parts of a release may be fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cache {
    /// URLs of binary caches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub substituters: Vec<String>,
    /// Keys that sign their contents, `name:base64`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_public_keys: Vec<String>,
}

/// The name of something that an updater must be able to do: `[a-z][a-z0-9-]*`, at most 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Feature(String);

impl Feature {
    /// What this version of the updater can do.
    pub const KNOWN: &'static [&'static str] = &["health", "one-shot-boot", "secrets-sops-tar", "wave"];

    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidValue`] when it breaks the rule.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(is_plain)
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new("feature", text, "a lower-case letter, then letters, digits and dashes"))
        }
    }

    /// Whether this version of the updater can do it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        Self::KNOWN.contains(&self.0.as_str())
    }
}

crate::value::as_text!(Feature);

impl std::fmt::Display for Feature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
