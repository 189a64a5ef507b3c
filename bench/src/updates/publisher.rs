//! Whoever publishes: a key, and the signed documents of a release.

use std::{fs, path::Path};

use clawlets_model::{Channel, HostName, Secret};
use clawlets_release::{
    document::{Check, Health, Look, Manifest, Need, Pointer, SecretsRef},
    signature::SecretKey,
    value::{
        Epoch, Order, Period, ReleaseId, ReleaseName, Revision, Sha256Digest, StorePath, SystemName, UtcTime,
    },
};
use clawlets_secrets::{AgeIdentity, Bundle, sops};
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

/// What a release is made of, as bytes with their signatures.
pub(super) struct Release {
    pub(super) pointer: (Vec<u8>, String),
    pub(super) manifest: (Vec<u8>, String),
    pub(super) bundle: Bundle,
}

pub(super) struct Publisher {
    key: SecretKey,
    reader: AgeIdentity,
}

impl Publisher {
    pub(super) fn new() -> Self {
        let (mut seed, mut id) = (Zeroizing::new([0; 32]), [0; 8]);
        getrandom::fill(seed.as_mut()).expect("the system has randomness");
        getrandom::fill(&mut id).expect("the system has randomness");
        Self { key: SecretKey::from_seed(&seed, id), reader: AgeIdentity::generate() }
    }

    pub(super) fn public_key(&self) -> clawlets_release::signature::PublicKey {
        self.key.public()
    }

    /// A release with so many secrets, and a check that runs this command.
    pub(super) fn release(
        &self,
        number: u64,
        system: &StorePath,
        secrets: usize,
        check: &[String],
    ) -> Release {
        let name = name(number);
        let now = Timestamp::now();
        let bundle = self.bundle(secrets);
        let digest = Sha256Digest::parse(&bundle.sha256).expect("it is a digest");
        let machine = SystemName::parse("x86_64-linux").expect("it is a machine");
        let rev = Revision::parse(&"0a".repeat(20)).expect("it is a revision");
        let secrets = SecretsRef::at_usual_place(digest);
        let mut manifest =
            Manifest::new(name.clone(), machine, UtcTime::at(now), rev, system.clone(), secrets);
        let period = |text| Period::parse(text).expect("it is a period");
        let check = Check {
            look: Look::Command(check.to_vec()),
            need: Need::Required,
            grace: None,
            deadline: period("5s"),
        };
        manifest.health = Some(Health { probation: period("2s"), checks: vec![check] });
        let manifest = manifest.to_bytes();
        let end = UtcTime::at(now + SignedDuration::from_hours(24));
        let pointer = Pointer::to_release(name.clone(), Sha256Digest::of(&manifest), UtcTime::at(now), end);
        let signed = |bytes: Vec<u8>| {
            let signature = self.key.sign(&bytes, &name.to_string());
            (bytes, signature)
        };
        Release { pointer: signed(pointer.to_bytes()), manifest: signed(manifest), bundle }
    }

    fn bundle(&self, secrets: usize) -> Bundle {
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
        for number in 0..secrets {
            let name = format!("token_{number}");
            let tree = sops::Tree::single(&name, &Secret::new(format!("made up {number}")));
            let sealed = sops::seal(&tree, &[self.reader.recipient().clone()], Timestamp::now());
            fs::write(folder.path().join(format!("{name}.yaml")), sealed.expect("a text can be sealed"))
                .expect("the folder was just made");
        }
        Bundle::of_folder(folder.path()).expect("the folder holds encrypted files")
    }
}

impl Release {
    /// Puts it where mirrors serve it, below `site`.
    pub(super) fn put(&self, number: u64, site: &Path) {
        let folder = site.join("web-1/prod");
        fs::create_dir_all(folder.join("secrets")).expect("the site can be written");
        let write = |name: String, bytes: &[u8]| {
            fs::write(folder.join(name), bytes).expect("the site can be written");
        };
        write(format!("secrets/{}.tgz", self.bundle.sha256), &self.bundle.bytes);
        write(format!("{number}.json"), &self.manifest.0);
        write(format!("{number}.json.minisig"), self.manifest.1.as_bytes());
        write("latest.json".to_owned(), &self.pointer.0);
        write("latest.json.minisig".to_owned(), self.pointer.1.as_bytes());
    }
}

fn name(number: u64) -> ReleaseName {
    let release_id = ReleaseId::new(number).expect("it is above 0");
    ReleaseName {
        host: HostName::parse("web-1").expect("it is a name"),
        channel: Channel::parse("prod").expect("it is a channel"),
        order: Order { epoch: Epoch::default(), release_id },
    }
}
