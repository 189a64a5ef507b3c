//! Makes what a mirror serves, with the same bytes for the same release.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use clawlets_model::{Channel, HostName};
use clawlets_release::{
    document::{Check, Health, Look, Manifest, Need, Pointer, SecretsRef},
    signature::SecretKey,
    value::{
        Epoch, Order, Period, ReleaseId, ReleaseName, Revision, Sha256Digest, SitePath, StorePath,
        SystemName, UtcTime,
    },
};
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::story::{Key, Served, SignatureDeed};
use crate::{publisher::Publisher, store::systems};

/// When all of it happens, where a story does not say otherwise.
pub(super) const NOW: &str = "2026-11-21T08:00:00Z";

/// Whoever makes the releases of an attack.
pub(super) struct Maker {
    publisher: Publisher,
    recovery: SecretKey,
    previous: SecretKey,
    stranger: SecretKey,
    namesake: SecretKey,
    /// Whether its systems are real.
    has_nix: bool,
    bundles: BTreeMap<u64, Vec<u8>>,
}

fn new_key(id: Option<[u8; 8]>) -> SecretKey {
    let mut seed = Zeroizing::new([0; 32]);
    let mut random = [0; 8];
    getrandom::fill(seed.as_mut()).unwrap();
    getrandom::fill(&mut random).unwrap();
    SecretKey::from_seed(&seed, id.unwrap_or(random))
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Maker {
    pub(super) fn new(has_nix: bool) -> Self {
        let publisher = Publisher::new(&[]);
        let id = u64::from_str_radix(&publisher.key.public().id().to_string(), 16).unwrap().to_le_bytes();
        Self {
            publisher,
            recovery: new_key(None),
            previous: new_key(None),
            stranger: new_key(None),
            namesake: new_key(Some(id)),
            has_nix,
            bundles: BTreeMap::new(),
        }
    }

    pub(super) fn key(&self, key: Key) -> &SecretKey {
        match key {
            Key::Trusted => &self.publisher.key,
            Key::Recovery => &self.recovery,
            Key::Previous => &self.previous,
            Key::Stranger => &self.stranger,
            Key::Namesake => &self.namesake,
        }
    }

    /// What configurations call this key: `@trusted@` and so on.
    pub(super) fn fill_in(&self, text: &str) -> String {
        let names =
            [("@trusted@", Key::Trusted), ("@recovery@", Key::Recovery), ("@previous@", Key::Previous)];
        let named = names.iter().fold(text.to_owned(), |text, (name, key)| {
            text.replace(name, &self.key(*key).public().to_string())
        });
        named.replace("@id-of-trusted@", &self.publisher.key.public().id().to_string())
    }

    /// Puts a release into the folder of a mirror. Its manifest is as its story says.
    pub(super) fn make(&mut self, served: &Served, folder: &Path) {
        let key = served.signed_by;
        let mut manifest = self.manifest(served, served.release);
        if let Some(issued_at) = served.manifest.issued_at {
            manifest.issued_at = UtcTime::at(issued_at);
        }
        let mut pointer = self.pointer(served, &manifest);
        if let Some(other) = served.pointer.names_manifest_of {
            pointer.manifest_sha256 = Sha256Digest::of(&self.manifest(served, other).to_bytes());
        }
        if let Some(other) = served.manifest.is_that_of {
            manifest = self.manifest(served, other);
        }
        let secrets = self.bundle(served.secrets_of.unwrap_or(served.release));
        let site = Site { folder: folder.join("web-1/prod") };
        site.put(manifest.secrets.url.as_str(), &secrets);
        self.signed(
            &site,
            &format!("{}.json", served.release),
            key,
            &manifest.to_bytes(),
            &manifest.name(),
            &served.manifest.signature,
        );
        self.signed(
            &site,
            "latest.json",
            key,
            &pointer.to_bytes(),
            &pointer.name(),
            &served.pointer.signature,
        );
    }

    fn signed(
        &self,
        site: &Site,
        file: &str,
        key: Key,
        bytes: &[u8],
        name: &ReleaseName,
        deed: &SignatureDeed,
    ) {
        site.put(file, bytes);
        let sign = |bytes: &[u8], comment: &str| self.key(key).sign(bytes, comment).into_bytes();
        let right = sign(bytes, &name.to_string());
        let signature = match deed {
            SignatureDeed::Nothing => right,
            SignatureDeed::Missing => return,
            SignatureDeed::Cut(length) => right[..*length].to_vec(),
            SignatureDeed::OfAnotherFile => sign(b"another file\n", &name.to_string()),
            SignatureDeed::FollowedByMore => [right, b"more\n".to_vec()].concat(),
            SignatureDeed::SpeaksOf(other) => sign(bytes, other),
        };
        site.put(&format!("{file}.minisig"), &signature);
    }

    /// Serves a document as it is, signed, in a release that is right otherwise.
    pub(super) fn make_around(&mut self, file: &str, bytes: Vec<u8>, folder: &Path) {
        let site = Site { folder: folder.join("web-1/prod") };
        let served = Served::default();
        let mut manifest = self.manifest(&served, served.release);
        let (mut manifest_bytes, mut pointer_bytes) = (None, None);
        let mut secrets = self.bundle(served.release);
        match file {
            "secrets.tgz" => {
                manifest.secrets.digest = Sha256Digest::of(&bytes);
                secrets = bytes;
            }
            "7.json" => manifest_bytes = Some(bytes),
            "latest.json" => pointer_bytes = Some(bytes),
            other => panic!("{other} is no part of a release"),
        }
        let manifest_bytes = manifest_bytes.unwrap_or_else(|| manifest.to_bytes());
        let mut pointer = self.pointer(&served, &manifest);
        pointer.manifest_sha256 = Sha256Digest::of(&manifest_bytes);
        let pointer_bytes = pointer_bytes.unwrap_or_else(|| pointer.to_bytes());
        site.put(manifest.secrets.url.as_str(), &secrets);
        for (file, bytes) in [("7.json", manifest_bytes), ("latest.json", pointer_bytes)] {
            let signature = self.key(Key::Trusted).sign(&bytes, &comment(&bytes));
            site.put(file, &bytes);
            site.put(&format!("{file}.minisig"), signature.as_bytes());
        }
    }

    fn pointer(&self, served: &Served, manifest: &Manifest) -> Pointer {
        let issued_at = served.pointer.issued_at.unwrap_or_else(|| time("2026-11-21T06:00:00Z"));
        let expires_at = served.pointer.expires_at.unwrap_or(issued_at + SignedDuration::from_hours(7 * 24));
        let mut name = manifest.name();
        if let Some(number) = served.pointer.release {
            name.order.release_id = ReleaseId::new(number).unwrap();
        }
        let digest = Sha256Digest::of(&manifest.to_bytes());
        let mut pointer = Pointer::to_release(name, digest, UtcTime::at(issued_at), UtcTime::at(expires_at));
        pointer.file = SitePath::parse(&format!("{}.json", served.release)).unwrap();
        pointer.halted = served.pointer.halted;
        pointer
    }

    fn manifest(&mut self, served: &Served, number: u64) -> Manifest {
        let order =
            Order { epoch: Epoch::new(served.epoch).unwrap(), release_id: ReleaseId::new(number).unwrap() };
        let name = ReleaseName {
            host: HostName::parse("web-1").unwrap(),
            channel: Channel::parse("prod").unwrap(),
            order,
        };
        let system = match self.has_nix {
            true => systems().system(&number.to_string(), served.quality),
            false => StorePath::parse(&format!("/nix/store/{number:032}-nowhere")).unwrap(),
        };
        let digest = Sha256Digest::of(&self.bundle(number));
        let mut manifest = Manifest::new(
            name,
            SystemName::parse("x86_64-linux").unwrap(),
            UtcTime::parse("2026-11-20T10:00:00Z").unwrap(),
            Revision::parse(&"0a".repeat(20)).unwrap(),
            system,
            SecretsRef::at_usual_place(digest),
        );
        let check = Check {
            look: Look::Disk,
            need: Need::Required,
            grace: None,
            deadline: Period::parse("5s").unwrap(),
        };
        manifest.health = Some(Health { probation: Period::parse("1s").unwrap(), checks: vec![check] });
        manifest
    }

    fn bundle(&mut self, number: u64) -> Vec<u8> {
        let Self { publisher, bundles, .. } = self;
        bundles.entry(number).or_insert_with(|| publisher.bundle(number).bytes).clone()
    }
}

/// What a document that can be read at all says that it is about, for a signature that says the same.
fn comment(bytes: &[u8]) -> String {
    let document: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |key: &str| document[key].as_str().unwrap_or("web-1").to_owned();
    format!("{}/{}/{}/{}", text("host"), text("channel"), document["epoch"], document["releaseId"])
}

struct Site {
    folder: PathBuf,
}

impl Site {
    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
