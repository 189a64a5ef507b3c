//! Devices of VMs that are gone.

use std::{sync::Arc, time::Duration};

use clawlets_model::cause::chain;
use reqwest::Method;
use serde::Deserialize;

use super::{TAG, Tailnet, TailnetError, client::Body};

/// The pauses before each look for a device: one that joined a moment ago is in no list yet.
const LOOKS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
    Duration::from_secs(60),
];

#[derive(Deserialize)]
struct Listed {
    devices: Vec<Device>,
}

#[derive(Deserialize)]
struct Device {
    /// The id by which a device is deleted; older answers have only `id`.
    #[serde(rename = "nodeId")]
    node_id: Option<String>,
    id: Option<String>,
    #[serde(default)]
    hostname: String,
    /// With the tailnet's name behind it.
    #[serde(default)]
    name: String,
    #[serde(default)]
    tags: Vec<String>,
}

impl Device {
    /// Whether it is the device of the VM of this name. A tag cannot be chosen by whoever joins.
    fn is_of(&self, name: &str) -> bool {
        let first_label = self.name.split('.').next().unwrap_or_default();
        (self.hostname == name || first_label == name) && self.tags.iter().any(|tag| tag == TAG)
    }
}

impl Tailnet {
    /// Removes the device of a VM that is gone, in the background. One that is not found is ephemeral all the same, so
    /// the tailnet removes it by itself.
    pub(crate) fn remove_soon(self: &Arc<Self>, name: String) {
        let tailnet = Arc::clone(self);
        tokio::spawn(async move {
            for pause in LOOKS {
                tokio::time::sleep(pause).await;
                match tailnet.remove(&name).await {
                    Ok(0) => {}
                    Ok(devices) => {
                        tracing::info!(name, devices, "a device is removed from the tailnet");
                        return;
                    }
                    Err(error) => {
                        tracing::warn!(
                            name,
                            error = chain(&error),
                            "failed to remove a device from the tailnet"
                        );
                    }
                }
            }
            tracing::debug!(name, "no device of a VM that is gone is in the tailnet");
        });
    }

    /// Removes every device of that VM, and says how many there were.
    async fn remove(&self, name: &str) -> Result<usize, TailnetError> {
        const LIST: &str = "list the devices of the tailnet";
        const REMOVE: &str = "remove a device from the tailnet";
        let answer = self.call(LIST, Method::GET, &["tailnet", "-", "devices"], &Body::Nothing).await?;
        let listed: Listed =
            serde_json::from_slice(&answer).map_err(|_| TailnetError::Malformed { tried: LIST })?;
        let mut removed = 0;
        for device in listed.devices.into_iter().filter(|device| device.is_of(name)) {
            let Some(id) = device.node_id.or(device.id) else { continue };
            match self.call(REMOVE, Method::DELETE, &["device", &id], &Body::Nothing).await {
                Ok(_) | Err(TailnetError::Refused { status: 404, .. }) => removed += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tagged_device_of_that_name_is_the_vms() {
        let device = |hostname: &str, name: &str, tags: &[&str]| Device {
            node_id: Some("n1".to_owned()),
            id: None,
            hostname: hostname.to_owned(),
            name: name.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        let name = "cattle-rex-0-1";
        assert!(device(name, "", &[TAG]).is_of(name));
        assert!(device("", "cattle-rex-0-1.tail1.ts.net", &["tag:x", TAG]).is_of(name));
        assert!(!device(name, "", &["tag:server"]).is_of(name), "a person's machine may have any name");
        assert!(!device("cattle-rex-0-12", "", &[TAG]).is_of(name));
    }
}
