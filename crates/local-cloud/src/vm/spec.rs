//! Everything a shim must know to run one guest, as it is written to `spec.json`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::error::GuestError;
use crate::state_dir::write_private;

/// One guest. The file is private to its owner, since user data may hold a one-time token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct GuestSpec {
    pub(crate) server_id: u64,
    pub(crate) hostname: String,
    pub(crate) boot: BootFiles,
    pub(crate) machine: Machine,
    pub(crate) metadata: Metadata,
    pub(crate) user_data: String,
    pub(crate) relays: Vec<Relay>,
    /// The server as the API knows it, so that a daemon whose state was lost recognises the guest.
    pub(crate) record: serde_json::Value,
}

/// What the guest boots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BootFiles {
    pub(crate) kernel: PathBuf,
    pub(crate) initramfs: PathBuf,
    /// Added to the kernel's command line.
    #[serde(default)]
    pub(crate) command_line: String,
}

/// What the guest runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) qemu: PathBuf,
    pub(crate) accelerator: Accelerator,
    pub(crate) memory_mib: u32,
    pub(crate) cores: u32,
    pub(crate) translation_cache_mib: u32,
}

/// Who executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Accelerator {
    /// The processor.
    Kvm,
    /// QEMU's translator.
    Tcg,
}

/// What the metadata service tells the guest about itself, beside its id and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) region: String,
    pub(crate) availability_zone: String,
    pub(crate) public_ipv4: String,
    pub(crate) public_keys: Vec<String>,
}

/// A way out of the guest's network namespace: a port that the guest reaches at `10.0.2.2`, and the unix socket to
/// which each connection is forwarded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Relay {
    pub(crate) port: u16,
    pub(crate) socket: PathBuf,
}

impl GuestSpec {
    pub(crate) fn read(path: &Path) -> Result<Self, GuestError> {
        let bytes = fs::read(path).map_err(GuestError::file("read", path))?;
        serde_json::from_slice(&bytes)
            .map_err(|source| GuestError::Specification { path: path.to_path_buf(), source })
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), GuestError> {
        let bytes = serde_json::to_vec_pretty(self).expect("a guest specification has string keys only");
        write_private(path, &bytes).map_err(GuestError::file("write", path))
    }

    /// The guest's hardware address: locally administered, and different for servers that live at the same time.
    pub(crate) fn mac_address(&self) -> String {
        let [.., a, b, c] = self.server_id.to_be_bytes();
        format!("52:54:00:{a:02x}:{b:02x}:{c:02x}")
    }
}

#[cfg(test)]
impl GuestSpec {
    pub(crate) fn example() -> Self {
        Self {
            server_id: 1_700_000_042,
            hostname: "cattle-rex".to_owned(),
            boot: BootFiles {
                kernel: "/cache/vmlinux".into(),
                initramfs: "/cache/initramfs".into(),
                command_line: String::new(),
            },
            machine: Machine {
                qemu: "qemu-system-x86_64".into(),
                accelerator: Accelerator::Tcg,
                memory_mib: 256,
                cores: 1,
                translation_cache_mib: 64,
            },
            metadata: Metadata {
                region: "eu-central".to_owned(),
                availability_zone: "nbg1-dc3".to_owned(),
                public_ipv4: "198.18.0.1".to_owned(),
                public_keys: vec!["ssh-ed25519 AAAA maren@laptop".to_owned()],
            },
            user_data: "#cloud-config\n".to_owned(),
            relays: vec![Relay { port: 18337, socket: "/run/clf/cattle.sock".into() }],
            record: serde_json::Value::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specification_survives_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("spec.json");
        let spec = GuestSpec::example();
        spec.write(&path).unwrap();
        assert_eq!(GuestSpec::read(&path).unwrap(), spec);
    }

    #[test]
    fn the_mac_address_ends_in_the_server_id() {
        assert_eq!(GuestSpec::example().mac_address(), "52:54:00:53:f1:2a");
    }
}
