//! The firewall of all VMs: nobody reaches them from outside; they call out.

use clawlets_cloud::{Cloud, CloudError, CreateFirewall, Direction, FirewallId, Selector};
use clawlets_model::{LabelKey, LabelValue, Labels, cattle};
use tokio::sync::Mutex;

/// Its name, unique within the provider's project.
const NAME: &str = "clawlets-cattle";

/// The firewall of all VMs. It is made once for the provider's project and shared by its orchestrators.
#[derive(Debug, Default)]
pub(crate) struct CattleFirewall(Mutex<Option<FirewallId>>);

impl CattleFirewall {
    /// Its id: known, found by its labels, or made now.
    ///
    /// # Errors
    /// [`CloudError`].
    pub(crate) async fn id(&self, cloud: &dyn Cloud) -> Result<FirewallId, CloudError> {
        let mut known = self.0.lock().await;
        if let Some(id) = *known {
            return Ok(id);
        }
        let id = match find(cloud).await? {
            Some(id) => id,
            None => match cloud.create_firewall(&wanted()).await {
                Ok(created) => created.firewall.id,
                // Another orchestrator was faster, or the answer was lost.
                Err(error) => find(cloud).await?.ok_or(error)?,
            },
        };
        *known = Some(id);
        Ok(id)
    }

    /// It may not be there any more: the next VM looks for it.
    pub(crate) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

async fn find(cloud: &dyn Cloud) -> Result<Option<FirewallId>, CloudError> {
    let selector = Selector::parse(cattle::SELECTOR).expect("the fixed selector is valid");
    let Some(found) = cloud.firewalls(&selector).await?.into_iter().find(|one| one.name == NAME) else {
        return Ok(None);
    };
    let lets_in = |rule: &&clawlets_cloud::FirewallRule| rule.direction == Direction::In;
    if found.rules.iter().any(|rule| lets_in(&rule)) {
        tracing::warn!(firewall = %found.id, "the firewall of VMs let somebody in; it is closed again");
        let kept: Vec<_> = found.rules.iter().filter(|rule| !lets_in(rule)).cloned().collect();
        cloud.set_firewall_rules(found.id, &kept).await?;
    }
    Ok(Some(found.id))
}

/// Without any rule nothing comes in, and everything goes out.
fn wanted() -> CreateFirewall {
    let label = |(key, value): (&str, &str)| {
        let key = LabelKey::parse(key).expect("the fixed label keys are valid");
        (key, LabelValue::parse(value).expect("the fixed label values are valid"))
    };
    let labels: Labels =
        cattle::SELECTOR.split(',').filter_map(|pair| pair.split_once('=')).map(label).collect();
    CreateFirewall { name: NAME.to_owned(), labels, rules: Vec::new(), targets: Vec::new() }
}
