//! How the fleet is.

use clawlets_model::control::{DeployView, StatusAnswer};

use super::{Control, now};
use crate::registry::Registry;

impl Control {
    /// Everything that is known of the fleet now. What a source does not say is taken from before and marked so: this
    /// answers in any weather.
    pub(super) async fn status(&self, registry: &Registry) -> StatusAnswer {
        let (seen, deploy) = tokio::join!(self.sightings.look(registry, now()), self.last_deploy());
        let now = now();
        let age = now.duration_since(seen.as_of).as_secs().max(0).unsigned_abs();
        let stale = !seen.unavailable.is_empty();
        StatusAnswer {
            ok: true,
            instances: seen.instances,
            as_of: seen.as_of,
            stale,
            age_seconds: stale.then_some(age),
            unavailable: seen.unavailable,
            deploy,
        }
    }

    /// The last deploy, with what became of it meanwhile.
    async fn last_deploy(&self) -> Option<DeployView> {
        let last = |read: crate::store::Versioned| read.ledger.last().cloned();
        let deploy = self.store.load().await.ok().and_then(last)?;
        if deploy.is_over() || !self.pace.is_due() {
            return Some(deploy.view());
        }
        self.follow(&deploy).await;
        let now = self.store.load().await.ok();
        let now = now.and_then(|read| read.ledger.deploy(&deploy.id).cloned());
        Some(now.unwrap_or(deploy).view())
    }
}
