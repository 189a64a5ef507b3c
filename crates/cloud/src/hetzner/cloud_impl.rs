//! [`Cloud`] for [`Hetzner`]: leads every method to where it is done.

use std::time::Duration;

use async_trait::async_trait;
use clawlets_model::Labels;
use serde::Deserialize;

use super::{Hetzner, servers::Power};
use crate::{
    Action, ActionId, ActionProgress, Cloud, CloudError, CreateFirewall, CreateImage, CreateServer,
    CreateSshKey, CreatedFirewall, CreatedImage, CreatedServer, Deletion, Firewall, FirewallId, FirewallRule,
    FirewallTarget, Image, ImageFilter, ImageId, Location, Pricing, RateLimit, Selector, Server, ServerId,
    ServerType, SshKey, SshKeyId, request::Request, retry::Repeat,
};

#[derive(Deserialize)]
struct PricingAnswer {
    pricing: Pricing,
}

#[async_trait]
impl Cloud for Hetzner {
    async fn create_server(&self, request: &CreateServer) -> Result<CreatedServer, CloudError> {
        self.create(request).await
    }

    async fn server(&self, id: ServerId) -> Result<Option<Server>, CloudError> {
        self.read_server(id).await
    }

    async fn server_by_name(&self, name: &str) -> Result<Option<Server>, CloudError> {
        self.find_server(name, None, self.deadline()).await
    }

    async fn servers(&self, selector: &Selector) -> Result<Vec<Server>, CloudError> {
        self.list(&[("label_selector", selector.as_str())]).await
    }

    async fn delete_server(&self, id: ServerId) -> Result<Deletion, CloudError> {
        self.delete(id).await
    }

    async fn set_labels(&self, id: ServerId, labels: &Labels) -> Result<Server, CloudError> {
        self.label(id, labels).await
    }

    async fn power_off(&self, id: ServerId) -> Result<Action, CloudError> {
        self.power(id, Power::Off).await
    }

    async fn power_on(&self, id: ServerId) -> Result<Action, CloudError> {
        self.power(id, Power::On).await
    }

    async fn shutdown(&self, id: ServerId) -> Result<Action, CloudError> {
        self.power(id, Power::Shutdown).await
    }

    async fn images(&self, filter: &ImageFilter) -> Result<Vec<Image>, CloudError> {
        self.list_images(filter).await
    }

    async fn create_image(&self, request: &CreateImage) -> Result<CreatedImage, CloudError> {
        self.snapshot(request).await
    }

    async fn delete_image(&self, id: ImageId) -> Result<(), CloudError> {
        self.remove_image(id).await
    }

    async fn server_types(&self) -> Result<Vec<ServerType>, CloudError> {
        self.list(&[]).await
    }

    async fn locations(&self) -> Result<Vec<Location>, CloudError> {
        self.list(&[]).await
    }

    async fn pricing(&self) -> Result<Pricing, CloudError> {
        let request = Request::get(&["pricing"], "read the prices".to_owned());
        Ok(self.call::<PricingAnswer>(&request, Repeat::Harmless).await?.pricing)
    }

    async fn firewalls(&self, selector: &Selector) -> Result<Vec<Firewall>, CloudError> {
        self.list(&[("label_selector", selector.as_str())]).await
    }

    async fn create_firewall(&self, request: &CreateFirewall) -> Result<CreatedFirewall, CloudError> {
        self.add_firewall(request).await
    }

    async fn set_firewall_rules(
        &self,
        id: FirewallId,
        rules: &[FirewallRule],
    ) -> Result<Vec<Action>, CloudError> {
        self.set_rules(id, rules).await
    }

    async fn apply_firewall(&self, id: FirewallId, to: &[FirewallTarget]) -> Result<Vec<Action>, CloudError> {
        self.apply(id, to).await
    }

    async fn remove_firewall(
        &self,
        id: FirewallId,
        from: &[FirewallTarget],
    ) -> Result<Vec<Action>, CloudError> {
        self.unapply(id, from).await
    }

    async fn delete_firewall(&self, id: FirewallId) -> Result<(), CloudError> {
        self.remove_firewall_itself(id).await
    }

    async fn ssh_keys(&self, selector: &Selector) -> Result<Vec<SshKey>, CloudError> {
        self.list(&[("label_selector", selector.as_str())]).await
    }

    async fn create_ssh_key(&self, request: &CreateSshKey) -> Result<SshKey, CloudError> {
        self.add_ssh_key(request).await
    }

    async fn delete_ssh_key(&self, id: SshKeyId) -> Result<(), CloudError> {
        self.remove_ssh_key(id).await
    }

    async fn action(&self, id: ActionId) -> Result<Action, CloudError> {
        self.read_action(id).await
    }

    async fn wait_actions(
        &self,
        ids: &[ActionId],
        patience: Duration,
        progress: Option<ActionProgress<'_>>,
    ) -> Result<Vec<Action>, CloudError> {
        self.wait_for(ids, patience, progress).await
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        self.http.rate_limit()
    }
}
