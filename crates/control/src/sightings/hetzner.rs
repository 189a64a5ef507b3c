//! Servers at Hetzner Cloud, or at a cloud that speaks its API.

use async_trait::async_trait;
use clawlets_cloud::{Cloud, Hetzner, Selector, Server, ServerStatus};
use clawlets_model::LabelKey;

use super::{Machine, Provides};
use crate::late::Late;

/// Servers of ours that are no disposable VMs.
const SELECTOR: &str = "managed-by=clawlets,!cattle";
/// The label that names the host.
const HOST: &str = "host";

/// The servers of ours.
#[derive(Debug)]
pub struct HetznerSource(pub Late<Hetzner>);

#[async_trait]
impl Provides for HetznerSource {
    async fn machines(&self) -> Result<Vec<Machine>, String> {
        let cloud = self.0.get().map_err(|error| error.to_string())?;
        let selector = Selector::parse(SELECTOR).expect("a fixed selector is one");
        let servers = cloud.servers(&selector).await.map_err(|error| error.to_string())?;
        Ok(servers.iter().map(machine).collect())
    }
}

fn machine(server: &Server) -> Machine {
    let label = LabelKey::parse(HOST).expect("a fixed label is one");
    Machine {
        name: server.labels.get(&label).map_or_else(|| server.name.clone(), ToString::to_string),
        id: server.id.to_string(),
        state: server.status.as_str().to_owned(),
        image: server.image.map(|image| image.to_string()),
        ip: server.ipv4.map(|ip| ip.to_string()),
        is_gone: server.status == ServerStatus::Deleting,
    }
}
