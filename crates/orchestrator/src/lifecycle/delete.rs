//! Deleting a VM until it is proved gone.

use std::time::Duration;

use clawlets_cloud::{CloudError, Deletion, ServerId};
use clawlets_jobs::{Event, Job, Note};
use clawlets_model::{VmState, cause::chain};

use super::driver::{DriveError, Driver};

/// How long one deletion may take before the provider is asked again.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause after a first failure; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Driver {
    /// Returns when the VM is proved gone. However often the provider fails, it is asked again.
    pub(super) async fn delete(&mut self, job: &Job) -> Result<(), DriveError> {
        let Some(number) = job.vm.server_id else { return Ok(()) };
        if job.vm.state == VmState::Live {
            self.apply(Event::DeleteRequested).await?;
        }
        let id = ServerId::new(number);
        let mut pause = FIRST_PAUSE;
        let mut complained = false;
        loop {
            match self.delete_once(id).await {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => {
                    let message = chain(&error);
                    tracing::warn!(job_id = %self.id, server_id = number, error = message, "failed to delete a VM");
                    if !complained {
                        self.apply(Event::Noted { note: Note::Provider, detail: message }).await?;
                        complained = true;
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        tracing::info!(job_id = %self.id, server_id = number, "a VM is gone");
        metrics::counter!("clf_servers_deleted_total").increment(1);
        if !job.vm.redeemed {
            // It may never have joined, and has no use for its key any more.
            self.revoke_key();
        }
        if let Some(name) = &job.vm.server_name {
            self.shared.reach.remove_soon(name);
        }
        self.apply(Event::VmGone { attempt: job.attempt }).await.map(drop)
    }

    /// Whether the VM is proved gone. That a deletion was accepted proves nothing: it may still run, or fail.
    async fn delete_once(&self, id: ServerId) -> Result<bool, CloudError> {
        match self.shared.cloud.delete_server(id).await? {
            Deletion::AlreadyGone => Ok(true),
            Deletion::Started(action) => {
                self.shared.cloud.wait_actions(&[action.id], PATIENCE, None).await?;
                Ok(self.shared.cloud.server(id).await?.is_none())
            }
        }
    }
}
