//! Waiting for a VM to call.

use std::time::Duration;

use clawlets_cloud::{ActionId, CloudError};
use clawlets_jobs::{Event, Job};
use clawlets_model::{Reason, cause::chain};
use tokio::time::Instant;

use super::driver::{DriveError, Driver};

/// How long a token may be redeemed, counted from when the VM runs.
const TOKEN_WHEN_RUNNING: Duration = Duration::from_secs(5 * 60);

/// What ended the wait.
enum Woken {
    /// The job changed: the VM redeemed its token, or somebody canceled.
    Changed,
    /// The provider made and started the VM.
    Started,
    /// The provider could not.
    Failed(CloudError),
    /// It is not known any more what the provider does.
    Unknown(CloudError),
    /// The VM never called.
    TimedOut,
}

impl Driver {
    pub(super) async fn await_boot(&mut self, job: &Job) -> Result<(), DriveError> {
        let timeout = self.shared.config.cattle.boot_timeout;
        let deadline = *self.boots_since.get_or_insert_with(Instant::now) + timeout;
        let woken = tokio::select! {
            () = self.signal.changed() => Woken::Changed,
            () = tokio::time::sleep_until(deadline) => Woken::TimedOut,
            outcome = self.provider(timeout) => match outcome {
                Ok(()) => Woken::Started,
                Err(error @ CloudError::ActionFailed { .. }) => Woken::Failed(error),
                Err(error) => Woken::Unknown(error),
            },
        };
        match woken {
            Woken::Changed => {}
            Woken::Started => {
                self.actions.clear();
                let now = self.shared.now();
                let latest = job.expires_at.unwrap_or(jiff::Timestamp::MAX);
                self.apply(Event::PoweredOn { token_expires_at: latest.min(now + TOKEN_WHEN_RUNNING) })
                    .await?;
            }
            Woken::Unknown(error) => {
                self.actions.clear();
                tracing::warn!(job_id = %self.id, error = %chain(&error), "lost sight of a VM that starts");
            }
            Woken::Failed(error) if error.is_out_of_capacity() => {
                // The next VM is asked for elsewhere first.
                if let Some(spot) = &self.spot {
                    self.shared.sold_out.remember(spot);
                }
                self.give_up(Reason::Capacity, chain(&error)).await?;
            }
            Woken::Failed(error) => self.give_up(Reason::Error, chain(&error)).await?,
            Woken::TimedOut => {
                let message = format!("the VM did not call within {} s", timeout.as_secs());
                self.give_up(Reason::BootFailed, message).await?;
            }
        }
        Ok(())
    }

    /// Waits for what the provider still does; for ever when it does nothing.
    async fn provider(&self, patience: Duration) -> Result<(), CloudError> {
        let actions: &[ActionId] = &self.actions;
        if actions.is_empty() {
            return std::future::pending().await;
        }
        self.shared.cloud.wait_actions(actions, patience, None).await.map(drop)
    }

    /// The VM is of no use: it is deleted, and then the job is tried again.
    async fn give_up(&mut self, reason: Reason, message: String) -> Result<(), DriveError> {
        tracing::warn!(job_id = %self.id, message, "a VM did not boot");
        self.actions.clear();
        self.apply(Event::DeleteRequested).await?;
        self.failure = Some((reason, message));
        Ok(())
    }
}
