//! Everything a shim must know to run one guest, as it is written to `spec.json`.

use std::{
    fs,
    os::fd::RawFd,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{error::GuestError, shim::ContainmentSettings};
use crate::state_dir::{NOBODY, replace_private};

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
    #[serde(default)]
    pub(crate) birth: Birth,
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
    /// Whether the guest program, asked to, waits for its identity on the claim port, so that copies of a guest can be
    /// made.
    #[serde(default)]
    pub(crate) parks: bool,
}

/// How a shim makes its guest run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Birth {
    /// Booted from nothing.
    #[default]
    Boot,
    /// Booted until it waits for an identity, written into the snapshot, and ended. Nobody's guest.
    Template(SnapshotFiles),
    /// Restored from the snapshot, and given its identity at once.
    Clone(SnapshotFiles),
    /// Restored from the snapshot and paused, before it ever ran, until it is claimed.
    Fresh(SnapshotFiles),
    /// Restored from the snapshot, rehearsed and paused, until it is claimed.
    Spare(SnapshotFiles),
}

/// The files of a snapshot, by the numbers under which the shim inherits them. They mean something only in the process
/// that was started with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SnapshotFiles {
    /// The guest's memory.
    pub(crate) memory: RawFd,
    /// Everything else that the machine is.
    pub(crate) state: RawFd,
}

/// How a guest came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Booted from nothing.
    Cold,
    /// Restored from a template, and run for the first time when it was ordered.
    Clone,
    /// Restored and rehearsed beforehand, and claimed when it was ordered.
    Pool,
}

impl Origin {
    /// The word for it in answers and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Clone => "clone",
            Self::Pool => "pool",
        }
    }
}

impl Birth {
    pub(crate) const fn origin(self) -> Origin {
        match self {
            Self::Boot | Self::Template(_) => Origin::Cold,
            Self::Clone(_) | Self::Fresh(_) => Origin::Clone,
            Self::Spare(_) => Origin::Pool,
        }
    }

    /// The files that QEMU maps or reads, when there are any.
    pub(super) const fn snapshot(self) -> Option<SnapshotFiles> {
        match self {
            Self::Boot => None,
            Self::Template(files) | Self::Clone(files) | Self::Fresh(files) | Self::Spare(files) => {
                Some(files)
            }
        }
    }
}

/// What the guest runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) qemu: PathBuf,
    pub(crate) accelerator: Accelerator,
    pub(crate) memory_mib: u32,
    pub(crate) cores: u32,
    pub(crate) translation_cache_mib: u32,
    #[serde(default)]
    pub(crate) containment: ContainmentSettings,
    /// The control group in which guests get theirs, where the daemon has one.
    #[serde(default)]
    pub(crate) group: Option<PathBuf>,
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

/// Ends the hardware address of a template and of its copies.
const TEMPLATE_NUMBER: u64 = 1;

impl GuestSpec {
    /// A guest that is nobody: everything but who it is, and no secret.
    pub(crate) fn nobody(boot: &BootFiles, machine: &Machine) -> Self {
        Self {
            server_id: NOBODY,
            hostname: String::new(),
            boot: boot.clone(),
            machine: machine.clone(),
            metadata: Metadata::default(),
            user_data: String::new(),
            relays: Vec::new(),
            birth: Birth::Boot,
            record: serde_json::Value::Null,
        }
    }

    pub(crate) fn read(path: &Path) -> Result<Self, GuestError> {
        let bytes = fs::read(path).map_err(GuestError::file("read", path))?;
        serde_json::from_slice(&bytes)
            .map_err(|source| GuestError::Specification { path: path.to_path_buf(), source })
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), GuestError> {
        let bytes = serde_json::to_vec_pretty(self).expect("a guest specification has string keys only");
        // Not flushed to the disk: a power cut ends the guest as well.
        replace_private(path, &bytes).map_err(GuestError::file("write", path))
    }

    /// The guest's hardware address, locally administered. Guests that were booted have different ones; a copy has its
    /// template's, because its kernel keeps what it found when it booted. No two guests share a network.
    pub(crate) fn mac_address(&self) -> String {
        let number = match self.birth {
            Birth::Boot => self.server_id,
            Birth::Template(_) | Birth::Clone(_) | Birth::Fresh(_) | Birth::Spare(_) => TEMPLATE_NUMBER,
        };
        let [.., a, b, c] = number.to_be_bytes();
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
                parks: false,
            },
            machine: Machine {
                qemu: "qemu-system-x86_64".into(),
                accelerator: Accelerator::Tcg,
                memory_mib: 256,
                cores: 1,
                translation_cache_mib: 64,
                containment: ContainmentSettings::default(),
                group: None,
            },
            metadata: Metadata {
                region: "eu-central".to_owned(),
                availability_zone: "nbg1-dc3".to_owned(),
                public_ipv4: "198.18.0.1".to_owned(),
                public_keys: vec!["ssh-ed25519 AAAA maren@laptop".to_owned()],
            },
            user_data: "#cloud-config\n".to_owned(),
            relays: vec![Relay { port: 18337, socket: "/run/clf/cattle.sock".into() }],
            birth: Birth::Boot,
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
    fn the_mac_address_ends_in_the_server_id_unless_the_guest_is_a_copy() {
        let mut spec = GuestSpec::example();
        assert_eq!(spec.mac_address(), "52:54:00:53:f1:2a");
        let files = SnapshotFiles { memory: 7, state: 8 };
        for birth in [Birth::Template(files), Birth::Clone(files), Birth::Fresh(files), Birth::Spare(files)] {
            spec.birth = birth;
            assert_eq!(spec.mac_address(), "52:54:00:00:00:01");
        }
    }

    #[test]
    fn a_specification_from_before_there_were_copies_is_one_of_a_booted_guest() {
        let mut value = serde_json::to_value(GuestSpec::example()).unwrap();
        value.as_object_mut().unwrap().remove("birth");
        value["boot"].as_object_mut().unwrap().remove("parks");
        assert_eq!(serde_json::from_value::<GuestSpec>(value).unwrap(), GuestSpec::example());
    }
}
