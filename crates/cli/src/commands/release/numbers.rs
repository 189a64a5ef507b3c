//! Which number comes next on a site that others can write to.
//!
//! Hosts never go below a number that they have seen signed. So whoever can write to the site, and has no key, must not lead
//! us to sign one near the last that there is, or one of another epoch: a number counts only if a key that belongs to the host
//! signed it, or if it follows such a one without a gap, as those do that wait for their signature.

use clawlets_fleet::Fleet;
use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode};
use clawlets_release::{
    document::{Document, Manifest, Pointer},
    signature::{PublicKey, SecretKey, Signature},
    value::{Epoch, Order, ReleaseId, ReleaseName},
};

use super::{
    document::{read, signature_of},
    manifest::declared,
    site::Site,
};

/// The keys whose signature makes a number count.
#[derive(Debug, Clone)]
pub(super) struct Signers(Vec<PublicKey>);

impl Signers {
    /// The keys that a host is declared to know: those that sign, those from before, also after their end, and those that
    /// begin an epoch. Not the ones that were revoked.
    ///
    /// # Errors
    /// A fault when there is no such host.
    pub(super) fn of(fleet: &Fleet, host: &HostName) -> Result<Self, Fault> {
        let update = &declared(fleet, host)?.self_update;
        let texts =
            update.public_keys.iter().chain(&update.previous_public_keys).chain(&update.recovery_public_keys);
        let mut keys: Vec<_> = texts.filter_map(|text| PublicKey::parse(text.as_str()).ok()).collect();
        keys.retain(|key| {
            let name = key.id().to_string();
            !update.revoked_keys.iter().any(|revoked| revoked.as_str().eq_ignore_ascii_case(&name))
        });
        Ok(Self(keys))
    }

    /// These, and the key that signs now.
    #[must_use]
    pub(super) fn and(mut self, key: Option<&SecretKey>) -> Self {
        self.0.extend(key.map(SecretKey::public));
        self
    }

    /// Whether one of them signed a document of the site as one of this release.
    fn signed(&self, path: &std::path::Path, document: Document, name: &ReleaseName) -> bool {
        let signature = read(&signature_of(path), Document::Signature).ok();
        let signature = signature.and_then(|bytes| Signature::parse(&bytes).ok());
        let (Some(signature), Ok(bytes)) = (signature, read(path, document)) else { return false };
        signature.trusted_comment() == name.to_string()
            && self.0.iter().any(|key| key.verify(&bytes, &signature).is_ok())
    }

    /// Whether one of them signed the manifest of a release.
    pub(super) fn signed_manifest(&self, site: &Site, manifest: &Manifest) -> bool {
        self.signed(&site.manifest(manifest.release_id), Document::Manifest, &manifest.name())
    }

    fn signed_pointer(&self, site: &Site, pointer: &Pointer) -> bool {
        self.signed(&site.latest(), Document::Pointer, &pointer.name())
    }
}

impl Site {
    /// What a release is called here. Without a number it is the next one: above every manifest and the pointer, in
    /// their highest epoch.
    ///
    /// # Errors
    /// A fault when the highest number does not count.
    pub(super) fn name(
        &self,
        id: Option<ReleaseId>,
        epoch: Option<Epoch>,
        signers: &Signers,
    ) -> Result<ReleaseName, Fault> {
        let order = match (id, epoch) {
            (Some(release_id), Some(epoch)) => Order { epoch, release_id },
            (id, epoch) => {
                let highest = self.highest(signers)?;
                let epoch = epoch.or(highest.map(|highest| highest.epoch)).unwrap_or_default();
                let next = match highest.filter(|highest| highest.epoch == epoch) {
                    None => Some(ReleaseId::FIRST),
                    Some(highest) => highest.release_id.next(),
                };
                let release_id = id.or(next).ok_or_else(|| {
                    Fault::new(FaultCode::ReleaseExists, "there is no number above the last release's")
                        .hint("only a release of a higher epoch, signed by a recovery key, leads on")
                })?;
                Order { epoch, release_id }
            }
        };
        Ok(ReleaseName { host: self.host.clone(), channel: self.channel.clone(), order })
    }

    /// The highest release of the site, if it has one.
    fn highest(&self, signers: &Signers) -> Result<Option<Order>, Fault> {
        let (manifests, pointer) = (self.manifests()?, self.pointer()?);
        let orders = manifests.iter().map(Manifest::order).chain(pointer.iter().map(Pointer::order));
        let Some(highest) = orders.max() else { return Ok(None) };
        if pointer.is_some_and(|pointer| pointer.order() == highest && signers.signed_pointer(self, &pointer))
        {
            return Ok(Some(highest));
        }
        // From the highest one down, as long as there is no gap.
        let mut expected = Some(highest);
        for manifest in &manifests {
            if Some(manifest.order()) != expected {
                break;
            }
            let is_first =
                manifest.order() == Order { epoch: Epoch::default(), release_id: ReleaseId::FIRST };
            if is_first || signers.signed_manifest(self, manifest) {
                return Ok(Some(highest));
            }
            let below = manifest.release_id.number().checked_sub(1).and_then(|id| ReleaseId::new(id).ok());
            expected = below.map(|release_id| Order { release_id, ..manifest.order() });
        }
        let message =
            format!("release {highest} does not follow the others, and no key of {} signed it", self.host);
        let file = self.manifest(highest.release_id);
        Err(Fault::new(FaultCode::ReleaseUnsigned, message).hint(format!(
            "if {} is yours, 'clawlets release sign' signs it; if not, take it away, with a latest.json that names it",
            file.display()
        )))
    }
}
