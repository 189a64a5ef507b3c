//! The tables `[aws]`, `[aws_secrets]` and `[bootstrap]`: what a host that boots from an image starts from.

use std::path::PathBuf;

use clawlets_release::value::Period;
use serde::Deserialize;

use crate::bootstrap::machine::Phase;

/// How AWS is reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AwsSettings {
    /// The region; empty: as a file says that the instance was given, or its metadata. `AWS_REGION` wins over it.
    pub region: String,
    /// One endpoint for all services; empty: the vendor's own. `AWS_ENDPOINT_URL` wins over it.
    pub endpoint: String,
    /// The metadata service; empty: at its usual address. `AWS_EC2_METADATA_SERVICE_ENDPOINT` wins over it.
    pub metadata: String,
}

/// Which secrets come from Secrets Manager.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AwsSecretsSettings {
    /// What their names begin with.
    pub prefix: String,
    /// Those that must be there. Behind the prefix, and the names of the files that they become.
    pub required: Vec<String>,
    /// Those that may be there.
    pub optional: Vec<String>,
    /// What this instance's `discord-token` is called behind the prefix; empty: as [`Self::discord_token_files`] say, or
    /// just so.
    pub discord_token: String,
    /// What the key that opens this instance's bundle is called behind the prefix, where there is none on the disk;
    /// `{instance}` stands for the name of the instance. It need not be there.
    pub age_key: String,
    /// Files of which the first that is there says what the token is called.
    pub discord_token_files: Vec<PathBuf>,
}

impl Default for AwsSecretsSettings {
    fn default() -> Self {
        Self {
            prefix: "clawdinator/".to_owned(),
            required: words(&["anthropic-api-key", "discord-token", "github-app-pem"]),
            optional: words(&["openai-api-key"]),
            discord_token: String::new(),
            age_key: "{instance}-age-key".to_owned(),
            discord_token_files: older_too("discord-token-secret"),
        }
    }
}

/// What a host that boots from an image starts from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BootstrapSettings {
    /// Files of which the first that is there names the instance; else it is `host`.
    pub instance_files: Vec<PathBuf>,
    /// Files of which the first that is there holds what the objects of its bundle begin with, or the whole
    /// `s3://BUCKET/PREFIX`; else it is `bootstrap/INSTANCE`.
    pub prefix_files: Vec<PathBuf>,
    /// What the objects begin with; wins over the files.
    pub prefix: String,
    /// Files of which the first that is there names the bucket.
    pub bucket_files: Vec<PathBuf>,
    /// The bucket; wins over the files.
    pub bucket: String,
    /// Files of which the first that is there names the region.
    pub region_files: Vec<PathBuf>,
    /// The keys that sign bundles, in minisign's form; those of updates if there are none.
    pub public_keys: Vec<String>,
    /// The folder of what is kept: how far the boot is, and bundles.
    pub state: PathBuf,
    /// Where the snapshots of repositories are put.
    pub repo_seeds: PathBuf,
    /// For how long a bundle may fit together badly while somebody is storing a new one.
    pub patience: Period,
    /// How long to wait before something is tried again.
    pub pause: Period,
    /// What seeds repositories. `clawlets-host` as the first word is this program, with this configuration.
    pub seed: Vec<String>,
    /// What prepares the shared memory. Nothing if empty, as with all of these.
    pub memory: Vec<String>,
    /// What mints a token for GitHub.
    pub token: Vec<String>,
    /// What starts the gateways.
    pub start: Vec<String>,
    /// What restarts them on a running host, after a new bundle was brought in.
    pub restart: Vec<String>,
    /// What ends with 0 when they are ready; if empty, what the gateways of `[health]` say.
    pub ready: Vec<String>,
    /// How long each phase may take.
    pub deadlines: Deadlines,
}

impl Default for BootstrapSettings {
    fn default() -> Self {
        Self {
            instance_files: older_too("instance-name"),
            prefix_files: older_too("bootstrap-prefix"),
            prefix: String::new(),
            bucket_files: older_too("bootstrap-bucket"),
            bucket: String::new(),
            region_files: older_too("aws-region"),
            public_keys: Vec::new(),
            state: "/var/lib/clawlets/bootstrap".into(),
            repo_seeds: "/var/lib/clawlets/repo-seeds/repo-seeds.tar.zst".into(),
            patience: super::document::period("1m"),
            pause: super::document::period("5s"),
            seed: words(&["clawlets-host", "seed", "repos"]),
            memory: words(&["clawlets-host", "memory", "init"]),
            token: words(&["clawlets-host", "github-token", "mint"]),
            start: Vec::new(),
            restart: Vec::new(),
            ready: Vec::new(),
            deadlines: Deadlines::default(),
        }
    }
}

/// How long each phase of a boot may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deadlines {
    /// Finding out who the instance is.
    pub metadata: Period,
    /// Fetching the bundle.
    pub bundle: Period,
    /// Verifying it on the disk.
    pub verified: Period,
    /// Fetching secrets and putting them in use.
    pub secrets: Period,
    /// Seeding repositories.
    pub repos: Period,
    /// Preparing the shared memory.
    pub memory: Period,
    /// Minting a token.
    pub token: Period,
    /// Waiting for the gateways.
    pub gateway: Period,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            metadata: super::document::period("2m"),
            bundle: super::document::period("30m"),
            verified: super::document::period("5m"),
            secrets: super::document::period("5m"),
            repos: super::document::period("30m"),
            memory: super::document::period("3m"),
            token: super::document::period("2m"),
            gateway: super::document::period("5m"),
        }
    }
}

impl Deadlines {
    /// That of a phase; the last has none, since nothing is done in it.
    #[must_use]
    pub const fn of(&self, phase: Phase) -> Option<Period> {
        match phase {
            Phase::Metadata => Some(self.metadata),
            Phase::Bundle => Some(self.bundle),
            Phase::Verified => Some(self.verified),
            Phase::Secrets => Some(self.secrets),
            Phase::Repos => Some(self.repos),
            Phase::Memory => Some(self.memory),
            Phase::Token => Some(self.token),
            Phase::Gateway => Some(self.gateway),
            Phase::Ready => None,
        }
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Where an instance is told who it is, and where an earlier system was told it.
fn older_too(name: &str) -> Vec<PathBuf> {
    ["/etc/clawlets", "/etc/clawdinator"].map(|folder| PathBuf::from(folder).join(name)).into()
}
