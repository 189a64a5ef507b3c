//! Bundles, as whoever publishes them makes and stores them.

use std::fs;

use clawlets_aws::{
    Aws, AwsConfig, Bucket, CredentialSource, Credentials, Endpoint, ObjectKey, PutCondition, Region, Upload,
};
use clawlets_instance_bundle::{BundleFile, BundleVersion, Manifest};
use clawlets_model::{HostName, Secret};
use clawlets_release::{signature::SecretKey, value::Sha256Digest};
use clawlets_secrets::{
    AgeIdentity, Bundle,
    sops::{Tree, seal},
};
use zeroize::Zeroizing;

pub(crate) const BUCKET: &str = "fleet-bucket";

/// A bundle before it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) manifest: Vec<u8>,
    pub(crate) signature: String,
    pub(crate) secrets: Vec<u8>,
    pub(crate) seeds: Vec<u8>,
}

/// Whoever publishes bundles, and the key of the host that opens them.
pub(crate) struct Publisher {
    key: SecretKey,
    pub(crate) host: AgeIdentity,
    aws: Aws,
}

impl Publisher {
    pub(crate) fn new(endpoint: &str) -> Self {
        let keys = Credentials::new("AKIAIOSFODNN7TESTING", "a-secret-key-of-a-test", None).unwrap();
        let mut config =
            AwsConfig::new(Region::parse("eu-central-1").unwrap(), CredentialSource::Fixed(keys));
        config.endpoint = Some(Endpoint::parse(endpoint).unwrap());
        Self { key: key(1), host: AgeIdentity::generate(), aws: Aws::new(config).unwrap() }
    }

    pub(crate) fn public_key(&self) -> String {
        self.key.public().to_string()
    }

    /// A bundle whose secret and whose snapshot tell its version.
    pub(crate) fn make(&self, instance: &str, version: u64) -> Made {
        self.make_with(instance, version, &self.key)
    }

    pub(crate) fn make_by_a_stranger(&self, instance: &str, version: u64) -> Made {
        self.make_with(instance, version, &key(9))
    }

    fn make_with(&self, instance: &str, version: u64, key: &SecretKey) -> Made {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::single("z_ai_api_key", &Secret::from(format!("key of bundle {version}")));
        let sealed =
            seal(&tree, &[self.host.recipient().clone()], "2026-11-21T00:00:00Z".parse().unwrap()).unwrap();
        fs::write(folder.path().join("z_ai_api_key.yaml"), sealed).unwrap();
        let secrets = Bundle::of_folder(folder.path()).unwrap().bytes;
        let seeds = format!("snapshot of bundle {version}").into_bytes();
        let files = [
            (BundleFile::Secrets, Sha256Digest::of(&secrets)),
            (BundleFile::RepoSeeds, Sha256Digest::of(&seeds)),
        ];
        let version = BundleVersion::new(version).unwrap();
        let manifest = Manifest::new(HostName::parse(instance).unwrap(), version, files).to_bytes();
        let signature = key.sign(&manifest, &format!("{instance}/{version}"));
        Made { manifest, signature, secrets, seeds }
    }

    /// The same bundle with other secrets, signed as it should be.
    pub(crate) fn sign_again(&self, made: Made, secrets: Vec<u8>) -> Made {
        let mut manifest = Manifest::parse(&made.manifest).unwrap();
        manifest.files.insert(BundleFile::Secrets.name().to_owned(), Sha256Digest::of(&secrets));
        let manifest = manifest.to_bytes();
        let signature = self.key.sign(&manifest, "");
        Made { manifest, signature, secrets, ..made }
    }

    /// Stores the four objects that every reader knows.
    pub(crate) fn store(&self, prefix: &str, made: &Made) {
        self.put(&format!("{prefix}/secrets.tgz"), &made.secrets);
        self.put(&format!("{prefix}/repo-seeds.tar.zst"), &made.seeds);
        self.put(&format!("{prefix}/manifest.json.minisig"), made.signature.as_bytes());
        self.put(&format!("{prefix}/manifest.json"), &made.manifest);
    }

    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        let (bucket, key) = (Bucket::parse(BUCKET).unwrap(), ObjectKey::parse(key).unwrap());
        let upload = Upload::Bytes(bytes.to_vec());
        let s3 = self.aws.s3();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(s3.put(&bucket, &key, &upload, &PutCondition::Always)).unwrap();
    }
}

fn key(name: u8) -> SecretKey {
    SecretKey::from_seed(&Zeroizing::new([name; 32]), [name; 8])
}
