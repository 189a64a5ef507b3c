//! Images: what servers are made from.

use std::collections::BTreeMap;

use clawlets_model::Labels;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{action::Action, id::id_type, labels, selector::Selector, server::ServerId};

id_type! {
    /// The id of an image.
    ImageId
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WireImage")]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Its name; snapshots have none.
    pub name: Option<String>,
    /// What people read.
    pub description: String,
    /// Who made it.
    pub kind: ImageKind,
    /// Whether servers can be made from it.
    pub status: ImageStatus,
    /// Its labels.
    pub labels: Labels,
    /// `x86` or `arm`.
    pub architecture: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Since when it is deprecated; `None` when it is not.
    pub deprecated: Option<Timestamp>,
}

/// Who made an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageKind {
    /// The provider: an operating system.
    System,
    /// The provider: an operating system with an application.
    App,
    /// The project: a snapshot of a server.
    Snapshot,
    /// The project: a backup, bound to its server.
    Backup,
    /// Anything else.
    #[serde(other)]
    Other,
}

impl ImageKind {
    /// As the API spells it; empty for [`ImageKind::Other`].
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::App => "app",
            Self::Snapshot => "snapshot",
            Self::Backup => "backup",
            Self::Other => "",
        }
    }
}

/// Whether servers can be made from an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageStatus {
    /// They can.
    Available,
    /// Not yet.
    Creating,
    /// Not any more, or anything else.
    #[serde(other)]
    Unavailable,
}

/// Which images are meant: those that fit all that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageFilter {
    /// Only those with these labels.
    pub selector: Selector,
    /// Only the one of this name.
    pub name: Option<String>,
    /// Only those of this kind.
    pub kind: Option<ImageKind>,
    /// Only those for this architecture: `x86` or `arm`.
    pub architecture: Option<String>,
}

/// A snapshot to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateImage {
    /// Of which server.
    pub server: ServerId,
    /// What people read.
    pub description: String,
    /// Its labels, the only way to find it again.
    pub labels: Labels,
}

/// A snapshot in the making.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CreatedImage {
    /// The image.
    pub image: Image,
    /// It is complete when this action has ended.
    pub action: Action,
}

#[derive(Serialize)]
pub(crate) struct CreateImageBody<'a> {
    #[serde(rename = "type")]
    kind: ImageKind,
    description: &'a str,
    labels: &'a Labels,
}

impl CreateImage {
    pub(crate) fn body(&self) -> CreateImageBody<'_> {
        CreateImageBody { kind: ImageKind::Snapshot, description: &self.description, labels: &self.labels }
    }
}

#[derive(Deserialize)]
struct WireImage {
    id: ImageId,
    name: Option<String>,
    description: Option<String>,
    #[serde(rename = "type")]
    kind: ImageKind,
    status: ImageStatus,
    labels: Option<BTreeMap<String, String>>,
    architecture: Option<String>,
    created: Option<Timestamp>,
    deprecated: Option<Timestamp>,
}

impl From<WireImage> for Image {
    fn from(wire: WireImage) -> Self {
        Self {
            id: wire.id,
            name: wire.name,
            description: wire.description.unwrap_or_default(),
            kind: wire.kind,
            status: wire.status,
            labels: labels::split(wire.labels).0,
            architecture: wire.architecture.unwrap_or_default(),
            created: wire.created,
            deprecated: wire.deprecated,
        }
    }
}
