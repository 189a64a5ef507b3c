//! The job kind `cattle.reap`: one look at the provider, on demand.

use clawlets_jobs::{Event, Job};
use clawlets_model::{Reason, cause::chain, document, socket::ReapPayload};

use super::driver::{DriveError, Driver};
use crate::reaper::{DryRun, delete_doomed, look};

impl Driver {
    pub(super) async fn reap(&mut self, job: &Job) -> Result<(), DriveError> {
        let payload =
            self.shared.store.payload(job.id).await?.map(|payload| payload.body).unwrap_or_default();
        let dry_run = match document::from_value::<ReapPayload>(payload) {
            Ok(ReapPayload { dry_run: false }) => DryRun::No,
            // What cannot be read is taken for the harmless one of the two.
            Ok(ReapPayload { dry_run: true }) | Err(_) => DryRun::Yes,
        };
        let outcome = match look(&self.shared).await {
            Ok(look) => delete_doomed(&self.shared, &look, dry_run).await,
            Err(error) => Err(error),
        };
        let event = match outcome {
            Ok(reaped) => {
                let names: Vec<String> =
                    reaped.iter().map(|one| format!("{} ({})", one.name, one.why)).collect();
                let verb = match dry_run {
                    DryRun::Yes => "would delete",
                    DryRun::No => "deleted",
                };
                let message = format!("{verb} {} VMs: {}", names.len(), names.join(", "));
                Event::Ended {
                    reason: Reason::Finished,
                    message: Some(message.trim_end_matches(": ").to_owned()),
                }
            }
            Err(error) => Event::AttemptFailed { reason: Reason::Error, message: chain(&error) },
        };
        self.apply(event).await.map(drop)
    }
}
