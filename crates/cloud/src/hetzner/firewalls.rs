//! Firewalls.

use serde::{Deserialize, Serialize};

use super::{Hetzner, servers::absent_is_none};
use crate::{
    Action, CloudError, CreateFirewall, CreatedFirewall, FirewallId, FirewallRule, FirewallTarget,
    api::{
        firewall::{WireTarget, sent_targets},
        or_default,
    },
    request::Request,
    retry::Repeat,
};

#[derive(Deserialize)]
struct Acted {
    #[serde(default, deserialize_with = "or_default")]
    actions: Vec<Action>,
}

#[derive(Serialize)]
struct SetRules<'a> {
    rules: &'a [FirewallRule],
}

#[derive(Serialize)]
struct ApplyTo {
    apply_to: Vec<WireTarget>,
}

#[derive(Serialize)]
struct RemoveFrom {
    remove_from: Vec<WireTarget>,
}

impl Hetzner {
    pub(super) async fn add_firewall(&self, asked: &CreateFirewall) -> Result<CreatedFirewall, CloudError> {
        let request = Request::post(&["firewalls"], format!("create firewall {}", asked.name)).json(asked);
        self.call(&request, Repeat::MakesAnother).await
    }

    pub(super) async fn set_rules(
        &self,
        id: FirewallId,
        rules: &[FirewallRule],
    ) -> Result<Vec<Action>, CloudError> {
        let tried = format!("set the rules of firewall {id}");
        self.firewall_action(id, "set_rules", tried, &SetRules { rules }).await
    }

    pub(super) async fn apply(
        &self,
        id: FirewallId,
        to: &[FirewallTarget],
    ) -> Result<Vec<Action>, CloudError> {
        let body = ApplyTo { apply_to: sent_targets(to) };
        self.firewall_action(id, "apply_to_resources", format!("apply firewall {id}"), &body).await
    }

    pub(super) async fn unapply(
        &self,
        id: FirewallId,
        from: &[FirewallTarget],
    ) -> Result<Vec<Action>, CloudError> {
        let body = RemoveFrom { remove_from: sent_targets(from) };
        self.firewall_action(id, "remove_from_resources", format!("take away firewall {id}"), &body).await
    }

    pub(super) async fn remove_firewall_itself(&self, id: FirewallId) -> Result<(), CloudError> {
        let request = Request::delete(&["firewalls", &id.to_string()], format!("delete firewall {id}"));
        absent_is_none(self.call_for_nothing(&request, Repeat::Harmless).await).map(|_| ())
    }

    async fn firewall_action(
        &self,
        id: FirewallId,
        action: &str,
        tried: String,
        body: &(impl Serialize + Sync),
    ) -> Result<Vec<Action>, CloudError> {
        let path = ["firewalls", &id.to_string(), "actions", action];
        let request = Request::post(&path, tried).json(body);
        Ok(self.call::<Acted>(&request, Repeat::Harmless).await?.actions)
    }
}
