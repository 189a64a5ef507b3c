//! Whoever publishes releases: documents, signatures and bundles of the library, in the folders of the mirrors.

use std::{
    fs,
    path::{Path, PathBuf},
};

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

use crate::world::TRIED;

pub(crate) struct Publisher {
    pub(crate) key: SecretKey,
    mirrors: Vec<PathBuf>,
    identity: AgeIdentity,
}

impl Publisher {
    pub(crate) fn new(mirrors: &[PathBuf]) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        let mut id = [0; 8];
        getrandom::fill(seed.as_mut()).unwrap();
        getrandom::fill(&mut id).unwrap();
        let key = SecretKey::from_seed(&seed, id);
        Self { key, mirrors: mirrors.to_vec(), identity: AgeIdentity::generate() }
    }

    pub(crate) fn public_key(&self) -> String {
        self.key.public().to_string()
    }

    /// The text of the key file of the host that its bundles are for.
    pub(crate) fn host_key(&self) -> Secret<String> {
        self.identity.to_file(Timestamp::now())
    }

    /// A bundle with one secret, whose key says which release it is of.
    pub(crate) fn bundle(&self, number: u64) -> Bundle {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("token_{number}");
        let tree = sops::Tree::single(&name, &Secret::new(format!("made up {number}")));
        let sealed = sops::seal(&tree, &[self.identity.recipient().clone()], Timestamp::now()).unwrap();
        fs::write(folder.path().join(format!("{name}.yaml")), sealed).unwrap();
        Bundle::of_folder(folder.path()).unwrap()
    }

    /// Publishes a release on all mirrors. Its required check reads the health that its system shows.
    pub(crate) fn publish(&self, number: u64, system: &StorePath, bundle: &Bundle, host: &Path) {
        let name = ReleaseName {
            host: HostName::parse("web-1").unwrap(),
            channel: Channel::parse("prod").unwrap(),
            order: Order { epoch: Epoch::default(), release_id: ReleaseId::new(number).unwrap() },
        };
        let now = Timestamp::now();
        let digest = Sha256Digest::parse(&bundle.sha256).unwrap();
        let mut manifest = Manifest::new(
            name.clone(),
            SystemName::parse("x86_64-linux").unwrap(),
            UtcTime::at(now),
            Revision::parse(&"0a".repeat(20)).unwrap(),
            system.clone(),
            SecretsRef::at_usual_place(digest),
        );
        let health = host.join("run/health").display().to_string();
        let tried = host.with_file_name(TRIED).display().to_string();
        let script = "grep -q fine \"$0\"; fine=$?; : > \"$1\"; exit $fine";
        let check = Check {
            look: Look::Command(["sh", "-c", script, &health, &tried].map(str::to_owned).to_vec()),
            need: Need::Required,
            grace: None,
            deadline: Period::parse("30s").unwrap(),
        };
        manifest.health = Some(Health { probation: Period::parse("1s").unwrap(), checks: vec![check] });
        let bytes = manifest.to_bytes();
        let expires = UtcTime::at(now + SignedDuration::from_hours(24));
        let pointer = Pointer::to_release(name.clone(), Sha256Digest::of(&bytes), UtcTime::at(now), expires);
        for mirror in &self.mirrors {
            let folder = mirror.join("web-1/prod");
            fs::create_dir_all(folder.join("secrets")).unwrap();
            fs::write(folder.join(format!("secrets/{digest}.tgz")), &bundle.bytes).unwrap();
            self.sign(&folder.join(format!("{number}.json")), &bytes, &name);
            self.sign(&folder.join("latest.json"), &pointer.to_bytes(), &name);
        }
    }

    fn sign(&self, path: &Path, bytes: &[u8], name: &ReleaseName) {
        fs::write(path, bytes).unwrap();
        let signature = self.key.sign(bytes, &name.to_string());
        fs::write(path.with_extension("json.minisig"), signature).unwrap();
    }
}
