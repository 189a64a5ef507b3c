//! Images: system images that were registered, and snapshots of servers.

use std::path::PathBuf;

use clawlets_model::label::Labels;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{document::Document, protection::Protection};
use crate::vm::BootFiles;

/// Something that servers can be made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Image {
    pub(crate) id: u64,
    pub(crate) kind: ImageKind,
    /// Snapshots have none.
    pub(crate) name: Option<String>,
    pub(crate) description: String,
    pub(crate) created: Timestamp,
    /// Since when a newer image of the same name exists.
    pub(crate) deprecated: Option<Timestamp>,
    pub(crate) created_from: Option<CreatedFrom>,
    pub(crate) labels: Labels,
    pub(crate) protection: Protection,
    pub(crate) boot: BootFiles,
    /// The kernel's version.
    pub(crate) os_version: Option<String>,
    /// Tells whether the files of a newly built image are the same. Empty for snapshots.
    pub(crate) digest: String,
    /// Bytes that the boot files take.
    pub(crate) size: u64,
}

/// Where an image comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ImageKind {
    /// Registered by the owner of the cloud.
    System,
    /// Made from a server. Guests keep nothing on disk, so it boots what the server boots.
    Snapshot,
}

/// The server that a snapshot was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CreatedFrom {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// A system image as its owner offers it.
#[derive(Clone, Debug)]
pub(crate) struct SystemImageFiles {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) labels: Labels,
    pub(crate) kernel: PathBuf,
    pub(crate) initramfs: PathBuf,
    pub(crate) kernel_version: String,
    pub(crate) digest: String,
    pub(crate) parks: bool,
}

impl ImageKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Snapshot => "snapshot",
        }
    }
}

impl Document for Image {
    const KIND: &'static str = "image";

    fn id(&self) -> u64 {
        self.id
    }
}
