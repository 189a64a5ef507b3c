//! Asking for a VM where there is room: one place after the other, under the same name.
//!
//! The next place is asked only when it is certain that the one before made nothing, so a job never has two VMs.

use clawlets_cloud::{CloudError, CreateServer, CreatedServer, Origin};
use clawlets_jobs::{Event, Job, Note};
use clawlets_model::{Reason, cause::chain};

use super::driver::{DriveError, Driver};
use crate::spawn::{Snapshot, Spot};

/// What came of asking in one place.
enum Asked {
    /// The VM exists or may exist, or the job is over: this is no matter of places.
    Settled,
    /// There is certainly no VM, and another place may have room.
    Elsewhere(String),
}

impl Driver {
    /// The places to ask, in order: those where the type is sold, and those that were sold out lately after the others.
    pub(super) fn spots(&self, order: &Snapshot) -> Vec<Spot> {
        let spots = order.spots();
        let sold: Vec<Spot> = match self.shared.catalogue.known() {
            Some(offers) => spots.iter().filter(|spot| offers.sells(spot)).cloned().collect(),
            None => Vec::new(),
        };
        // A catalogue that knows none of them may be wrong; the provider's own answer is not.
        self.shared.sold_out.last(if sold.is_empty() { spots } else { sold })
    }

    /// Asks for the VM of `job`, whose creation is recorded, in one place after the other.
    pub(super) async fn ask(
        &mut self,
        job: &Job,
        mut request: CreateServer,
        spots: &[Spot],
    ) -> Result<(), DriveError> {
        let mut refusal = String::new();
        for (place, spot) in spots.iter().enumerate() {
            if place > 0 {
                let detail = format!("{refusal}; trying {spot}");
                let job = self.apply(Event::Noted { note: Note::Provider, detail }).await?;
                if job.cancel_requested || job.status.is_final() {
                    break;
                }
            }
            request.server_type.clone_from(&spot.server_type);
            request.location = Some(spot.location.clone()).filter(|location| !location.is_empty());
            match self.shared.cloud.create_server(&request).await {
                Ok(created) => return self.created(created, spot).await,
                Err(error) => match self.not_created(job, error, spot, place).await? {
                    Asked::Settled => return Ok(()),
                    Asked::Elsewhere(message) => refusal = message,
                },
            }
        }
        self.revoke_key();
        self.apply(Event::VmGone { attempt: job.attempt }).await?;
        self.failure = Some((Reason::Capacity, refusal));
        Ok(())
    }

    async fn created(&mut self, created: CreatedServer, spot: &Spot) -> Result<(), DriveError> {
        let server_id = created.server.id.get();
        tracing::info!(job_id = %self.id, server_id, name = created.server.name, %spot, "a VM was created");
        metrics::counter!("clf_servers_created_total").increment(1);
        self.actions = created.actions.iter().map(|action| action.id).collect();
        self.spot = Some(spot.clone());
        self.apply(Event::Created { server_id }).await?;
        if created.origin == Origin::Adopted {
            let detail = format!("server {server_id} exists already, from a request whose answer was lost");
            self.apply(Event::Noted { note: Note::Adopted, detail }).await?;
        }
        // Without this the dearest place's price stands, which is never too little.
        if let Some(rate) = self.shared.catalogue.known().and_then(|offers| offers.rate(spot)) {
            self.shared.store.price(self.id, rate).await?;
        }
        Ok(())
    }

    async fn not_created(
        &mut self,
        job: &Job,
        error: CloudError,
        spot: &Spot,
        place: usize,
    ) -> Result<Asked, DriveError> {
        let message = chain(&error);
        tracing::warn!(job_id = %self.id, %spot, error = message, "a VM was not created");
        metrics::counter!("clf_creates_failed_total").increment(1);
        let sold_out = error.is_out_of_capacity();
        if sold_out {
            self.shared.sold_out.remember(spot);
        }
        if error.maybe_accepted() {
            // An earlier try may have been accepted before the last one was refused.
            if sold_out && self.look_up(job).await.is_none() {
                return Ok(Asked::Elsewhere(message));
            }
            // The next step looks for it.
            self.apply(Event::Noted { note: Note::Provider, detail: message }).await?;
            return Ok(Asked::Settled);
        }
        // A fallback that the provider does not know is as good as one that is sold out.
        let not_sold = place > 0 && matches!(error, CloudError::InvalidInput { .. });
        if sold_out || not_sold {
            return Ok(Asked::Elsewhere(message));
        }
        if matches!(error, CloudError::NotFound { .. } | CloudError::InvalidInput { .. }) {
            self.shared.firewall.forget().await;
        }
        self.revoke_key();
        self.apply(Event::VmGone { attempt: job.attempt }).await?;
        let no_room = matches!(error, CloudError::ResourceLimit { .. });
        let reason = if no_room { Reason::Capacity } else { Reason::Error };
        if no_room || error.is_retryable() {
            self.failure = Some((reason, message));
        } else {
            self.apply(Event::Ended { reason, message: Some(message) }).await?;
        }
        Ok(Asked::Settled)
    }
}
