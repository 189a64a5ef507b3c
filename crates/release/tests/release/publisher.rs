//! A publisher with keys of its own, and a host that trusts it. Keys are made anew for every test.

use std::collections::BTreeSet;

use clawlets_model::{Channel, HostName};
use clawlets_release::{
    document::{Manifest, Pointer, SecretsRef},
    signature::SecretKey,
    trust::{
        Candidate, EarlierPointers, Fetched, Keyring, Refusal, Rollback, Seen, Signatures, Signed, Trust,
        Verifier,
    },
    value::{
        Epoch, Order, Period, ReleaseId, ReleaseName, Revision, Sha256Digest, StorePath, SystemName, UtcTime,
        Version,
    },
};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::tarball;

/// When all of this happens.
pub(crate) const NOW: &str = "2026-11-21T08:00:00Z";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn new_key() -> SecretKey {
    let mut seed = Zeroizing::new([0; 32]);
    let mut id = [0; 8];
    getrandom::fill(seed.as_mut()).unwrap();
    getrandom::fill(&mut id).unwrap();
    SecretKey::from_seed(&seed, id)
}

pub(crate) fn order(epoch: u64, id: u64) -> Order {
    Order { epoch: Epoch::new(epoch).unwrap(), release_id: ReleaseId::new(id).unwrap() }
}

pub(crate) fn name(order: Order) -> ReleaseName {
    ReleaseName { host: HostName::parse("web-1").unwrap(), channel: Channel::parse("prod").unwrap(), order }
}

/// What a mirror serves of one release.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) pointer: Fetched,
    pub(crate) manifest: Fetched,
    pub(crate) bundle: Vec<u8>,
}

/// Whoever signs releases, and what a host trusts.
pub(crate) struct Publisher {
    pub(crate) key: SecretKey,
    pub(crate) recovery: SecretKey,
    pub(crate) trust: Trust,
}

impl Publisher {
    pub(crate) fn new() -> Self {
        let (key, recovery) = (new_key(), new_key());
        let keys =
            Keyring { current: vec![key.public()], recovery: vec![recovery.public()], ..Keyring::default() };
        let trust = Trust {
            host: HostName::parse("web-1").unwrap(),
            system: SystemName::parse("x86_64-linux").unwrap(),
            channel: Channel::parse("prod").unwrap(),
            keys,
            signatures: Signatures::Required,
            max_age: Period::parse("7d").unwrap(),
            rollback: Rollback::Refused,
            earlier_pointers: EarlierPointers::Refused,
            substituters: BTreeSet::from(["https://cache.example.org/".to_owned()]),
            cache_keys: BTreeSet::from(["cache.example.org-1:AAAA".to_owned()]),
            updater: Version::parse("0.4.0").unwrap(),
            built_at: time("2026-11-01T00:00:00Z"),
        };
        Self { key, recovery, trust }
    }

    pub(crate) fn bundle(&self) -> Vec<u8> {
        tarball::of(&[("discord_token_maren.yaml", b"value: ENC[]\n")])
    }

    pub(crate) fn manifest(&self, order: Order) -> Manifest {
        Manifest::new(
            name(order),
            self.trust.system.clone(),
            UtcTime::parse("2026-11-20T10:00:00Z").unwrap(),
            Revision::parse(&"0a".repeat(20)).unwrap(),
            StorePath::parse("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-web-1").unwrap(),
            SecretsRef::at_usual_place(Sha256Digest::of(&self.bundle())),
        )
    }

    pub(crate) fn pointer(&self, manifest: &Manifest) -> Pointer {
        let at = |text| UtcTime::parse(text).unwrap();
        let digest = Sha256Digest::of(&manifest.to_bytes());
        Pointer::to_release(manifest.name(), digest, at("2026-11-21T06:00:00Z"), at("2026-11-28T06:00:00Z"))
    }

    /// The release of this place, signed as it should be.
    pub(crate) fn site(&self, order: Order) -> Site {
        let manifest = self.manifest(order);
        self.signed_site(&self.pointer(&manifest), &manifest, &self.key)
    }

    pub(crate) fn signed_site(&self, pointer: &Pointer, manifest: &Manifest, key: &SecretKey) -> Site {
        Site {
            pointer: signed(key, pointer.to_bytes(), &pointer.name().to_string()),
            manifest: signed(key, manifest.to_bytes(), &manifest.name().to_string()),
            bundle: self.bundle(),
        }
    }

    /// What a host says to all of it.
    pub(crate) fn judge(&self, site: &Site, seen: Option<Seen>, now: &str) -> Result<Candidate, Refusal> {
        let verifier = Verifier::new(&self.trust, seen.as_ref(), time(now))?;
        let pointer = verifier.pointer(&of(&site.pointer))?;
        let candidate = verifier.manifest(&pointer, &of(&site.manifest))?;
        candidate.bundle(&site.bundle)?;
        Ok(candidate)
    }

    /// The same, of a host that has seen nothing, now.
    pub(crate) fn refusal(&self, site: &Site) -> Refusal {
        self.judge(site, None, NOW).unwrap_err()
    }

    /// What a host has seen that took this release.
    pub(crate) fn seen(&self, site: &Site) -> Seen {
        Seen::after(None, &self.judge(site, None, NOW).unwrap())
    }
}

pub(crate) fn of(fetched: &Fetched) -> Signed<'_> {
    Signed { bytes: &fetched.bytes, signature: fetched.signature.as_deref() }
}

pub(crate) fn signed(key: &SecretKey, bytes: Vec<u8>, comment: &str) -> Fetched {
    let signature = key.sign(&bytes, comment).into_bytes();
    Fetched { bytes, signature: Some(signature) }
}
