//! From bytes to a candidate.

use jiff::Timestamp;

use super::{
    Candidate, EarlierPointers, Refusal, Rollback, Seen, Signatures, Signer, Trust, TrustedPointer, freshness,
};
use crate::{
    document::{Document, DocumentFault, EarlierPointer, Manifest, Pointer},
    signature::Signature,
    value::{Order, ReleaseName, Sha256Digest},
};

/// The bytes of a document as they came, and those of its signature.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The document.
    pub bytes: &'a [u8],
    /// The signature, if there is one.
    pub signature: Option<&'a [u8]>,
}

/// Judges releases for one host at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Verifier<'a> {
    trust: &'a Trust,
    seen: Option<&'a Seen>,
    now: Timestamp,
}

impl<'a> Verifier<'a> {
    /// A verifier for a host that trusts `trust`, has seen `seen`, and whose clock shows `now`.
    ///
    /// # Errors
    /// [`Refusal::ClockNotSet`] or [`Refusal::ClockBehind`] when the clock cannot be right.
    pub fn new(trust: &'a Trust, seen: Option<&'a Seen>, now: Timestamp) -> Result<Self, Refusal> {
        freshness::check_clock(trust, seen, now)?;
        Ok(Self { trust, seen, now })
    }

    /// A pointer that this host follows.
    ///
    /// # Errors
    /// [`Refusal`] names what is wrong.
    pub fn pointer(&self, signed: &Signed<'_>) -> Result<TrustedPointer, Refusal> {
        let document = Document::Pointer;
        let (_, signature) = self.signer(document, signed)?;
        if self.trust.earlier_pointers == EarlierPointers::Accepted && Pointer::parse(signed.bytes).is_err() {
            return self.earlier_pointer(signed);
        }
        let pointer = Pointer::parse(signed.bytes)?;
        self.check_comment(document, signature.as_ref(), &pointer.name())?;
        self.check_addressee(document, &pointer.name())?;
        freshness::check_pointer(self.trust, &pointer, self.now)?;
        let trusted = TrustedPointer {
            order: pointer.order(),
            file: pointer.file,
            manifest_sha256: Some(pointer.manifest_sha256),
            issued_at: Some(pointer.issued_at),
            is_halted: pointer.halted,
        };
        self.check_floor(&trusted)?;
        Ok(trusted)
    }

    fn earlier_pointer(&self, signed: &Signed<'_>) -> Result<TrustedPointer, Refusal> {
        let pointer = EarlierPointer::parse(signed.bytes)?;
        if let Some(found) = pointer.channel.as_ref().filter(|channel| **channel != self.trust.channel) {
            return Err(Refusal::OtherChannel { document: Document::Pointer, found: found.to_string() });
        }
        let trusted = TrustedPointer {
            order: pointer.order(),
            file: pointer.file,
            manifest_sha256: pointer.manifest_sha256,
            issued_at: None,
            is_halted: false,
        };
        self.check_floor(&trusted)?;
        Ok(trusted)
    }

    /// The release that a pointer names, if these bytes are its manifest.
    ///
    /// # Errors
    /// [`Refusal`] names what is wrong.
    pub fn manifest(&self, pointer: &TrustedPointer, signed: &Signed<'_>) -> Result<Candidate, Refusal> {
        let document = Document::Manifest;
        self.check_size(document, signed.bytes)?;
        let found = Sha256Digest::of(signed.bytes);
        if let Some(expected) = pointer.manifest_sha256.filter(|expected| *expected != found) {
            return Err(Refusal::OtherManifest { expected, found });
        }
        let (signer, signature) = self.signer(document, signed)?;
        let manifest = Manifest::parse(signed.bytes)?;
        self.check_comment(document, signature.as_ref(), &manifest.name())?;
        self.check_addressee(document, &manifest.name())?;
        if manifest.system != self.trust.system {
            return Err(Refusal::OtherSystem { found: manifest.system.to_string() });
        }
        if manifest.order() != pointer.order {
            return Err(Refusal::Disagreement { pointer: pointer.order, manifest: manifest.order() });
        }
        self.check_equivocation(manifest.order(), found)?;
        self.check_epoch(manifest.order(), signer)?;
        self.check_needs(&manifest)?;
        let (issued_at, is_halted) = (pointer.issued_at, pointer.is_halted);
        Ok(Candidate { manifest, manifest_sha256: found, issued_at, is_halted, signer })
    }

    fn check_size(&self, document: Document, bytes: &[u8]) -> Result<(), Refusal> {
        let limit = document.limit();
        if bytes.len() > limit { Err(DocumentFault::TooLarge { document, limit }.into()) } else { Ok(()) }
    }

    fn signer(
        &self,
        document: Document,
        signed: &Signed<'_>,
    ) -> Result<(Signer, Option<Signature>), Refusal> {
        self.check_size(document, signed.bytes)?;
        let Some(bytes) = signed.signature else {
            return match self.trust.signatures {
                Signatures::Required => Err(Refusal::Unsigned { document }),
                Signatures::Optional => Ok((Signer::Nobody, None)),
            };
        };
        let signature = Signature::parse(bytes).map_err(|source| Refusal::Signature { document, source })?;
        let signer = self.trust.keys.verify(document, signed, &signature, self.now)?;
        Ok((signer, Some(signature)))
    }

    fn check_comment(
        &self,
        document: Document,
        signature: Option<&Signature>,
        name: &ReleaseName,
    ) -> Result<(), Refusal> {
        let expected = name.to_string();
        match signature {
            Some(signature) if signature.trusted_comment() != expected => {
                Err(Refusal::ForeignComment { document, expected })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn check_addressee(&self, document: Document, name: &ReleaseName) -> Result<(), Refusal> {
        if name.host != self.trust.host {
            return Err(Refusal::OtherHost { document, found: name.host.to_string() });
        }
        if name.channel != self.trust.channel {
            return Err(Refusal::OtherChannel { document, found: name.channel.to_string() });
        }
        Ok(())
    }

    fn check_floor(&self, pointer: &TrustedPointer) -> Result<(), Refusal> {
        let Some(seen) = self.seen else { return Ok(()) };
        let (found, floor) = (pointer.order, seen.order);
        let is_within = found.epoch == floor.epoch && self.trust.rollback == Rollback::Allowed;
        if found < floor && !is_within {
            return Err(Refusal::BelowFloor { found, floor });
        }
        if let Some(found) = pointer.manifest_sha256 {
            self.check_equivocation(pointer.order, found)?;
        }
        match (pointer.issued_at, seen.issued_at) {
            (Some(issued_at), Some(newest)) if found <= floor && issued_at < newest => {
                Err(Refusal::Replayed { issued_at: issued_at.timestamp(), seen: newest.timestamp() })
            }
            (Some(_), _) | (None, _) => Ok(()),
        }
    }

    fn check_equivocation(&self, order: Order, found: Sha256Digest) -> Result<(), Refusal> {
        match self.seen {
            Some(seen) if seen.order == order && seen.manifest_sha256 != found => {
                Err(Refusal::Equivocation { order, known: seen.manifest_sha256, found })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// A host that has seen nothing takes the epoch that it is shown; from then on a recovery key is needed.
    fn check_epoch(&self, found: Order, signer: Signer) -> Result<(), Refusal> {
        match (self.seen, signer) {
            (Some(seen), Signer::Current(_) | Signer::Previous(_) | Signer::Nobody)
                if found.epoch > seen.order.epoch =>
            {
                Err(Refusal::EpochNotRecovered { found, floor: seen.order })
            }
            (Some(_) | None, _) => Ok(()),
        }
    }

    fn check_needs(&self, manifest: &Manifest) -> Result<(), Refusal> {
        if let Some(needs) = manifest.min_updater_version.filter(|needs| *needs > self.trust.updater) {
            return Err(Refusal::UpdaterTooOld { needs, has: self.trust.updater });
        }
        if let Some(feature) = manifest.required_features.iter().find(|feature| !feature.is_known()) {
            return Err(Refusal::UnknownFeature { feature: feature.to_string() });
        }
        let Some(cache) = &manifest.cache else { return Ok(()) };
        if let Some(url) = cache.substituters.iter().find(|url| !self.trust.uses(url)) {
            return Err(Refusal::ForeignSubstituter { url: url.chars().take(200).collect() });
        }
        if let Some(key) = cache.trusted_public_keys.iter().find(|key| !self.trust.cache_keys.contains(*key))
        {
            return Err(Refusal::ForeignCacheKey { key: key.chars().take(200).collect() });
        }
        Ok(())
    }
}
