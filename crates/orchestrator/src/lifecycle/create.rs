//! Asking the provider for a VM, and finding out what came of it.

use std::time::Duration;

use clawlets_cloud::{CloudError, CreateServer, CreatedServer, Origin, PublicNet, Server, StartAfterCreate};
use clawlets_jobs::{Event, Job, Note};
use clawlets_model::{Labels, Reason, Secret, boot::Boot, cattle, cattle::Brand};

use super::{
    driver::{DriveError, Driver},
    token::Token,
};
use crate::{reaper::chain, spawn::Order};

/// How long a token may be redeemed, counted from the request to create its VM. Shortened when the VM runs.
const TOKEN_AT_FIRST: Duration = Duration::from_secs(15 * 60);
/// How often a VM that was asked for is looked up by its name before it is taken for never made.
const LOOKS: u32 = 4;
/// The pause between two such looks.
const PAUSE: Duration = Duration::from_secs(1);

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
        let tailnet_key = match self.shared.reach.tailnet_key().await {
            Ok(key) => key,
            Err(error) => return self.give_up_before_the_call(Reason::Error, chain(&error)).await,
        };
        let user_data = match self.user_data(&token, order.snapshot.ttl.seconds(), tailnet_key) {
            Ok(user_data) => user_data,
            Err(error) => return self.give_up_before_the_call(Reason::Error, error.to_string()).await,
        };
        let request = self.request(&order, &brand, user_data);
        let intended = Event::CreateIntended {
            attempt: brand.attempt,
            server_name: request.name.clone(),
            expires_at: brand.expires_at,
            token: token.hash(),
            token_expires_at: brand.expires_at.min(now + TOKEN_AT_FIRST),
        };
        self.apply(intended).await?;
        self.boots_since = None;
        match self.shared.cloud.create_server(&request).await {
            Ok(created) => self.created(created).await,
            Err(error) => self.not_created(brand.attempt, error).await,
        }
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

    fn request(&self, order: &Order, brand: &Brand, user_data: Secret<String>) -> CreateServer {
        let place = &order.snapshot;
        CreateServer {
            name: brand.server_name(),
            server_type: place.server_type.clone(),
            image: place.image.clone(),
            location: Some(place.location.clone()).filter(|location| !location.is_empty()),
            labels: brand.labels(&self.shared.config.cattle.labels),
            user_data: Some(user_data),
            ssh_keys: Vec::new(),
            firewalls: Vec::new(),
            start: StartAfterCreate::Start,
            public_net: PublicNet::default(),
        }
    }

    async fn created(&mut self, created: CreatedServer) -> Result<(), DriveError> {
        let server_id = created.server.id.get();
        tracing::info!(job_id = %self.id, server_id, name = created.server.name, "a VM was created");
        metrics::counter!("clf_servers_created_total").increment(1);
        self.actions = created.actions.iter().map(|action| action.id).collect();
        self.apply(Event::Created { server_id }).await?;
        if created.origin == Origin::Adopted {
            let detail = format!("server {server_id} exists already, from a request whose answer was lost");
            self.apply(Event::Noted { note: Note::Adopted, detail }).await?;
        }
        Ok(())
    }

    async fn not_created(&mut self, attempt: u32, error: CloudError) -> Result<(), DriveError> {
        let message = chain(&error);
        tracing::warn!(job_id = %self.id, error = message, "a VM was not created");
        metrics::counter!("clf_creates_failed_total").increment(1);
        if error.maybe_accepted() {
            // The next step looks for it.
            self.apply(Event::Noted { note: Note::Provider, detail: message }).await?;
            return Ok(());
        }
        self.apply(Event::VmGone { attempt }).await?;
        let no_room = matches!(error, CloudError::OutOfCapacity { .. } | CloudError::ResourceLimit { .. });
        let reason = if no_room { Reason::Capacity } else { Reason::Error };
        if no_room || error.is_retryable() {
            self.failure = Some((reason, message));
        } else {
            self.apply(Event::Ended { reason, message: Some(message) }).await?;
        }
        Ok(())
    }

    /// There is no VM and none was asked for.
    async fn give_up_before_the_call(&mut self, reason: Reason, message: String) -> Result<(), DriveError> {
        tracing::warn!(job_id = %self.id, error = message, "a VM cannot be asked for");
        self.failure = Some((reason, message));
        Ok(())
    }

    /// Looks for a VM whose creation was recorded and whose id is not known.
    pub(super) async fn find(&mut self, job: &Job) -> Result<(), DriveError> {
        let Some(name) = job.vm.server_name.as_deref() else {
            return self.apply(Event::VmGone { attempt: job.attempt }).await.map(drop);
        };
        let mut looks = 0;
        loop {
            match self.shared.cloud.server_by_name(name).await {
                Ok(Some(server)) if self.is_ours(job, &server) => {
                    let server_id = server.id.get();
                    self.apply(Event::Created { server_id }).await?;
                    let detail = format!("server {server_id} was found by its name");
                    self.apply(Event::Noted { note: Note::Adopted, detail }).await?;
                    return Ok(());
                }
                Ok(Some(server)) => {
                    let id = server.id;
                    self.apply(Event::VmGone { attempt: job.attempt }).await?;
                    if !job.status.is_final() {
                        let message =
                            Some(format!("server {id} has the name {name} and belongs to somebody else"));
                        self.apply(Event::Ended { reason: Reason::Error, message }).await?;
                    }
                    return Ok(());
                }
                // A request in flight may still be accepted, so one look is not enough.
                Ok(None) if looks >= LOOKS => {
                    return self.apply(Event::VmGone { attempt: job.attempt }).await.map(drop);
                }
                Ok(None) => looks += 1,
                Err(error) => {
                    tracing::warn!(job_id = %self.id, error = %chain(&error), "failed to look for a VM");
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn is_ours(&self, job: &Job, server: &Server) -> bool {
        let has = |key: &str, value: &str| label(&server.labels, key) == Some(value);
        has(cattle::keys::JOB_ID, &job.id.to_string())
            && has(cattle::keys::ATTEMPT, &job.attempt.to_string())
            && has(cattle::keys::ORCHESTRATOR, self.shared.config.id.as_str())
    }
}

fn label<'a>(labels: &'a Labels, key: &str) -> Option<&'a str> {
    cattle::label(labels, key)
}
