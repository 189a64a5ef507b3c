//! Whether a manifest is believed.

use clawlets_model::HostName;
use clawlets_release::{
    signature::{PublicKey, Signature, SignatureFault},
    value::Sha256Digest,
};
use thiserror::Error;

use crate::{BundleName, BundleVersion, Manifest, ManifestFault};

/// What a bundle must be.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// For this instance.
    pub instance: &'a HostName,
    /// Signed by one of these.
    pub keys: &'a [PublicKey],
    /// Not older than this, the highest that was ever believed, and if of its version then the same.
    pub seen: Option<BundleName>,
}

/// A manifest that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub manifest: Manifest,
    /// What it is called.
    pub name: BundleName,
}

/// Why a manifest is not believed. Nothing follows from it then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is no key that could have signed it.
    #[error("no public key is known by which a bundle could be believed")]
    NoKey,
    /// None of the keys signed it.
    #[error("the manifest is not signed as it should be")]
    Signature(#[source] SignatureFault),
    /// It is signed, and no manifest.
    #[error("the manifest cannot be read")]
    Manifest(#[from] ManifestFault),
    /// It is for another instance.
    #[error("the bundle is for the instance {found}, and this is {expected}")]
    OtherInstance {
        /// Whose it is.
        found: HostName,
        /// Whose it should be.
        expected: HostName,
    },
    /// It is older than one that was believed before.
    #[error("the bundle has version {found}, and version {seen} was believed before")]
    Older {
        /// Its version.
        found: BundleVersion,
        /// The highest that was believed.
        seen: BundleVersion,
    },
    /// It has the version of one that was believed before, and is another.
    #[error("there are two different bundles of version {version}: somebody signed twice")]
    Equivocation {
        /// The version.
        version: BundleVersion,
    },
}

/// Reads a manifest that lies beside a signature, and decides whether it is believed. The signature comes first: nothing
/// is read that nobody signed.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn verify(manifest: &[u8], signature: &[u8], expected: &Expected<'_>) -> Result<Verified, Refusal> {
    signed_by_one(expected.keys, manifest, signature)?;
    let name_of = |version| BundleName { version, manifest_sha256: Sha256Digest::of(manifest) };
    let manifest = Manifest::parse(manifest)?;
    if manifest.instance != *expected.instance {
        return Err(Refusal::OtherInstance { found: manifest.instance, expected: expected.instance.clone() });
    }
    let name = name_of(manifest.version);
    match expected.seen {
        Some(seen) if name.version < seen.version => {
            Err(Refusal::Older { found: name.version, seen: seen.version })
        }
        Some(seen) if name.version == seen.version && name != seen => {
            Err(Refusal::Equivocation { version: name.version })
        }
        Some(_) | None => Ok(Verified { manifest, name }),
    }
}

fn signed_by_one(keys: &[PublicKey], bytes: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    let signature = Signature::parse(signature).map_err(Refusal::Signature)?;
    let mut refusal = Refusal::NoKey;
    for key in keys {
        match key.verify(bytes, &signature) {
            Ok(()) => return Ok(()),
            // That a key which made the signature does not fit says more than that others did not make it.
            Err(fault) if key.id() == signature.key_id() => return Err(Refusal::Signature(fault)),
            Err(fault) => refusal = Refusal::Signature(fault),
        }
    }
    Err(refusal)
}
