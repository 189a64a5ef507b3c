//! Servers, as the project remembers them.

use clawlets_model::label::Labels;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{document::Document, protection::Protection};
use crate::vm::BootFiles;

/// One server. The guest behind it, if any, is found in its directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Server {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) status: ServerStatus,
    /// Deletion has begun: the API no longer shows it.
    pub(crate) hidden: bool,
    pub(crate) server_type: String,
    pub(crate) location: String,
    /// The image it was made from; the image may be gone.
    pub(crate) image: u64,
    /// What it boots, whatever became of the image.
    pub(crate) boot: BootFiles,
    pub(crate) labels: Labels,
    pub(crate) user_data: String,
    pub(crate) public_keys: Vec<String>,
    pub(crate) protection: Protection,
    pub(crate) rescue_enabled: bool,
}

/// What a server is doing, in the vendor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServerStatus {
    /// It is being made.
    Initializing,
    /// Its guest is being started.
    Starting,
    /// Its guest runs.
    Running,
    /// Its guest was asked to power off, or is being ended.
    Stopping,
    /// It has no guest.
    Off,
    /// It is being deleted.
    Deleting,
    /// It is getting another image.
    Rebuilding,
}

impl ServerStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Initializing => "initializing",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Off => "off",
            Self::Deleting => "deleting",
            Self::Rebuilding => "rebuilding",
        }
    }
}

impl Document for Server {
    const KIND: &'static str = "server";

    fn id(&self) -> u64 {
        self.id
    }
}
