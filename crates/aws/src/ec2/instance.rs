//! One instance.

use std::net::IpAddr;

use jiff::Timestamp;

use super::{Tags, tags_of};
use crate::{ImageId, InstanceId, xml::Element};

/// One instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its state in the provider's word: `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`.
    pub state: String,
    /// The image that it was started from.
    pub image: Option<ImageId>,
    /// Its type, such as `t3.large`.
    pub kind: String,
    /// Its address on the public network.
    pub public_ip: Option<IpAddr>,
    /// Its address in its own network.
    pub private_ip: Option<IpAddr>,
    /// When it was last started.
    pub launched_at: Option<Timestamp>,
    /// Its tags.
    pub tags: Tags,
}

impl Instance {
    /// Its tag `Name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.tags.get("Name").map(String::as_str)
    }

    /// Whether it is gone, or on its way there.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self.state.as_str(), "terminated" | "shutting-down")
    }
}

pub(super) fn of(item: &Element) -> Result<Instance, String> {
    let id = item.text("instanceId").and_then(|text| InstanceId::parse(text).ok());
    let state = item.child("instanceState").and_then(|state| state.text("name"));
    Ok(Instance {
        id: id.ok_or("an instance has no id")?,
        state: state.ok_or("an instance has no state")?.to_owned(),
        image: item.text("imageId").and_then(|text| ImageId::parse(text).ok()),
        kind: item.text("instanceType").unwrap_or_default().to_owned(),
        public_ip: item.text("ipAddress").and_then(|text| text.parse().ok()),
        private_ip: item.text("privateIpAddress").and_then(|text| text.parse().ok()),
        launched_at: item.text("launchTime").and_then(|text| text.parse().ok()),
        tags: tags_of(item),
    })
}
