//! What a VM is to be, recorded before the provider is asked for it.

use std::time::Duration;

use clawlets_cloud::{CloudError, CreateServer, FirewallId, PublicNet, StartAfterCreate};
use clawlets_jobs::{Event, Job};
use clawlets_model::{Reason, Secret, boot::Boot, cattle::Brand, cause::chain};

use super::{
    driver::{DriveError, Driver},
    token::Token,
};
use crate::spawn::Order;

/// How long a token may be redeemed, counted from the request to create its VM. Shortened when the VM runs.
const TOKEN_AT_FIRST: Duration = Duration::from_secs(15 * 60);

impl Driver {
    pub(super) async fn create(&mut self, job: &Job) -> Result<(), DriveError> {
        let order = self.order().await?;
        if let Err(error) = self.shared.reach.prepare().await {
            return self.give_up_before_the_call(Reason::Error, chain(&error)).await;
        }
        let token = match Token::draw() {
            Ok(token) => token,
            Err(error) => return self.give_up_before_the_call(Reason::Error, error.to_string()).await,
        };
        let now = self.shared.now();
        let ttl = Duration::from_secs(order.snapshot.ttl.seconds());
        let brand = Brand {
            orchestrator: self.shared.config.id.clone(),
            persona: order.snapshot.persona.clone(),
            task_id: order.task.id().to_owned(),
            job: job.id,
            attempt: job.attempt + 1,
            requester: job.requester.clone(),
            created_at: now,
            expires_at: now + ttl,
        };
        let firewalls = match self.firewalls().await {
            Ok(firewalls) => firewalls,
            Err(error) => return self.give_up_before_the_call(Reason::Error, chain(&error)).await,
        };
        let join_key = match self.shared.reach.tailnet_key(&brand.server_name()).await {
            Ok(key) => key,
            Err(error) => return self.give_up_before_the_call(Reason::Error, chain(&error)).await,
        };
        self.join_key = join_key.as_ref().and_then(|key| key.id.clone());
        let tailnet_key = join_key.map(|key| key.key);
        let user_data = match self.user_data(&token, order.snapshot.ttl.seconds(), tailnet_key) {
            Ok(user_data) => user_data,
            Err(error) => return self.give_up_before_the_call(Reason::Error, error.to_string()).await,
        };
        let request = CreateServer { firewalls, ..self.request(&order, &brand, user_data) };
        let intended = Event::CreateIntended {
            attempt: brand.attempt,
            server_name: request.name.clone(),
            expires_at: brand.expires_at,
            token: token.hash(),
            token_expires_at: brand.expires_at.min(now + TOKEN_AT_FIRST),
        };
        let spots = self.spots(&order.snapshot);
        let job = match self.apply(intended).await {
            Ok(job) => job,
            Err(error) => {
                self.revoke_key();
                return Err(error);
            }
        };
        self.boots_since = None;
        self.ask(&job, request, &spots).await
    }

    fn user_data(
        &self,
        token: &Token,
        remaining: u64,
        tailnet_key: Option<Secret<String>>,
    ) -> Result<Secret<String>, clawlets_model::boot::UserDataError> {
        let boot = Boot {
            base_url: self.shared.reach.base_url(),
            token: token.expose().clone(),
            remaining,
            tailnet_key,
            admin_keys: self
                .shared
                .config
                .cattle
                .admin_keys
                .iter()
                .map(|key| key.as_str().to_owned())
                .collect(),
            env: std::collections::BTreeMap::new(),
        };
        boot.to_user_data()
    }

    async fn firewalls(&self) -> Result<Vec<FirewallId>, CloudError> {
        if !self.shared.config.cattle.firewall {
            return Ok(Vec::new());
        }
        Ok(vec![self.shared.firewall.id(&*self.shared.cloud).await?])
    }

    fn request(&self, order: &Order, brand: &Brand, user_data: Secret<String>) -> CreateServer {
        let place = &order.snapshot;
        CreateServer {
            name: brand.server_name(),
            // Chosen when it is asked for.
            server_type: String::new(),
            image: place.image.clone(),
            location: None,
            labels: brand.labels(&self.shared.config.cattle.labels),
            user_data: Some(user_data),
            ssh_keys: Vec::new(),
            firewalls: Vec::new(),
            start: StartAfterCreate::Start,
            public_net: PublicNet::default(),
        }
    }

    /// There is no VM and none was asked for.
    async fn give_up_before_the_call(&mut self, reason: Reason, message: String) -> Result<(), DriveError> {
        tracing::warn!(job_id = %self.id, error = message, "a VM cannot be asked for");
        self.revoke_key();
        self.failure = Some((reason, message));
        Ok(())
    }
}
