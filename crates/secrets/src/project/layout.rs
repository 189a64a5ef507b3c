//! Where a project keeps its secrets and keys.

use std::path::{Path, PathBuf};

use clawlets_model::{HostName, OperatorId, SecretName};

/// The key under which a host's age key stands in its file.
pub const HOST_KEY: &str = "age_key";
/// The key under which a host's SSH key stands in its file.
pub const SSH_HOST_KEY: &str = "ssh_host_ed25519_key";

/// The folders of one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The layout of the project in a folder.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The project's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of everything that is encrypted; `.sops.yaml` names files relative to it.
    #[must_use]
    pub fn secrets(&self) -> PathBuf {
        self.root.join("secrets")
    }

    /// The rules of who each file is encrypted to.
    #[must_use]
    pub fn rules(&self) -> PathBuf {
        self.secrets().join(".sops.yaml")
    }

    /// The folder of one host's secrets.
    #[must_use]
    pub fn host_folder(&self, host: &HostName) -> PathBuf {
        self.secrets().join("hosts").join(host.as_str())
    }

    /// One secret of one host.
    #[must_use]
    pub fn secret(&self, host: &HostName, secret: &SecretName) -> PathBuf {
        self.host_folder(host).join(format!("{secret}.yaml"))
    }

    /// A host's age key, encrypted to operators only.
    #[must_use]
    pub fn host_key(&self, host: &HostName) -> PathBuf {
        self.secrets().join("keys/hosts").join(format!("{host}.agekey.yaml"))
    }

    /// A host's SSH key, encrypted to operators only.
    #[must_use]
    pub fn ssh_host_key(&self, host: &HostName) -> PathBuf {
        self.secrets().join("keys/hosts").join(format!("{host}.sshkey.yaml"))
    }

    /// The folder of what stays on this machine and is never committed.
    #[must_use]
    pub fn runtime(&self) -> PathBuf {
        self.root.join(".clawlets")
    }

    /// The folder of this machine's operators' keys.
    #[must_use]
    pub fn operator_keys(&self) -> PathBuf {
        self.runtime().join("keys/operators")
    }

    /// An operator's private key.
    #[must_use]
    pub fn operator_key(&self, operator: &OperatorId) -> PathBuf {
        self.operator_keys().join(format!("{operator}.agekey"))
    }

    /// A password that was made for a person, kept where only its operator reads it.
    #[must_use]
    pub fn password(&self, host: &HostName, secret: &SecretName) -> PathBuf {
        self.runtime().join("passwords").join(format!("{host}.{secret}"))
    }

    /// The folder of what is put on the disks of hosts before their first boot; for its owner alone.
    #[must_use]
    pub fn all_extra_files(&self) -> PathBuf {
        self.runtime().join("extra-files")
    }

    /// The files that are put on a host's disk before it boots for the first time.
    #[must_use]
    pub fn extra_files(&self, host: &HostName) -> PathBuf {
        self.all_extra_files().join(host.as_str())
    }

    /// A file's path as the rules see it: relative to `secrets/`, with slashes. None for a file elsewhere.
    #[must_use]
    pub fn in_rules(&self, path: &Path) -> Option<String> {
        path.strip_prefix(self.secrets()).ok()?.to_str().map(str::to_owned)
    }
}
