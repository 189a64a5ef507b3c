//! While the task runs: its deadline, a guest that falls silent, a guest that was asked to stop.

use std::time::Duration;

use clawlets_cloud::{ServerId, ServerStatus};
use clawlets_jobs::{Event, Job};
use clawlets_model::{Reason, cause::chain};
use tokio::time::Instant;

use super::driver::{DriveError, Driver};

/// How long a guest that was asked to stop may take: two heartbeats, so that its last words arrive.
const STOP: Duration = Duration::from_secs(10);

impl Driver {
    /// Waits for a change. A guest that is silent for too long is looked for at the provider: a VM that is gone or off
    /// is lost. One that runs may only have lost its way to us, and keeps working; it is given up when it stays silent
    /// for [`lost_after`](crate::config::Cattle::lost_after), or at its deadline.
    pub(super) async fn watch(&mut self, job: &Job) -> Result<(), DriveError> {
        let (silence, lost_after) = (self.shared.config.cattle.silence, self.shared.config.cattle.lost_after);
        let heard = self.signal.last_heard();
        let is_silent = heard.elapsed() >= silence;
        if is_silent && let Some(message) = self.lost(job, heard.elapsed(), lost_after).await {
            self.apply(Event::Ended { reason: Reason::Lost, message: Some(message) }).await?;
            return Ok(());
        }
        let look_at = if is_silent { Instant::now() + silence } else { heard + silence };
        let deadline = job.expires_at.unwrap_or(jiff::Timestamp::MAX);
        tokio::select! {
            () = self.wait_until(deadline) => {}
            () = tokio::time::sleep_until(look_at) => {}
        }
        Ok(())
    }

    /// What became of a silent guest, if that is certain.
    async fn lost(&self, job: &Job, silent_for: Duration, lost_after: Duration) -> Option<String> {
        let server_id = ServerId::new(job.vm.server_id?);
        match self.shared.cloud.server(server_id).await {
            Ok(None) => Some("the VM disappeared from the provider".to_owned()),
            Ok(Some(server)) if server.status == ServerStatus::Off => {
                Some("the VM powered off without a result".to_owned())
            }
            Ok(Some(_)) if silent_for >= lost_after => {
                Some(format!("the VM runs, but said nothing for {} s", silent_for.as_secs()))
            }
            Ok(Some(_)) => None,
            Err(error) => {
                tracing::warn!(job_id = %self.id, error = %chain(&error), "failed to look for a silent VM");
                None
            }
        }
    }

    /// The guest hears of the cancellation in the answer to its next heartbeat. Whatever it does, its job ends soon.
    pub(super) async fn await_stop(&mut self) -> Result<(), DriveError> {
        let deadline = *self.stops_since.get_or_insert_with(Instant::now) + STOP;
        tokio::select! {
            () = self.signal.changed() => Ok(()),
            () = tokio::time::sleep_until(deadline) => self.end(Reason::Canceled).await,
        }
    }
}
