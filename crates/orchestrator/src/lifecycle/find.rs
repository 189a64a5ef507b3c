//! Finding out whether a VM that was asked for exists.

use std::time::Duration;

use clawlets_cloud::Server;
use clawlets_jobs::{Event, Job, Note};
use clawlets_model::{Reason, cattle, cause::chain};

use super::driver::{DriveError, Driver};

/// How often a VM that was asked for is looked up by its name before it is taken for never made.
const LOOKS: u32 = 4;
/// The pause between two such looks.
const PAUSE: Duration = Duration::from_secs(1);

impl Driver {
    /// Looks for a VM whose creation was recorded and whose id is not known.
    pub(super) async fn find(&mut self, job: &Job) -> Result<(), DriveError> {
        match self.look_up(job).await {
            Some(server) => self.take_over(job, &server).await,
            None => {
                self.revoke_key();
                self.apply(Event::VmGone { attempt: job.attempt }).await.map(drop)
            }
        }
    }

    /// The server that has the name of the job's VM. `None` is certain: a request in flight may still be accepted, so
    /// one look is not enough.
    pub(super) async fn look_up(&self, job: &Job) -> Option<Server> {
        let name = job.vm.server_name.as_deref()?;
        let mut looks = 0;
        loop {
            match self.shared.cloud.server_by_name(name).await {
                Ok(Some(server)) => return Some(server),
                Ok(None) if looks >= LOOKS => return None,
                Ok(None) => looks += 1,
                Err(error) => {
                    tracing::warn!(job_id = %self.id, error = %chain(&error), "failed to look for a VM");
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Keeps a server that has the right name, if it is the job's.
    pub(super) async fn take_over(&mut self, job: &Job, server: &Server) -> Result<(), DriveError> {
        let id = server.id;
        if self.is_ours(job, server) {
            self.apply(Event::Created { server_id: id.get() }).await?;
            let detail = format!("server {id} was found by its name");
            return self.apply(Event::Noted { note: Note::Adopted, detail }).await.map(drop);
        }
        self.apply(Event::VmGone { attempt: job.attempt }).await?;
        if !job.status.is_final() {
            let message =
                Some(format!("server {id} has the name {} and belongs to somebody else", server.name));
            self.apply(Event::Ended { reason: Reason::Error, message }).await?;
        }
        Ok(())
    }

    fn is_ours(&self, job: &Job, server: &Server) -> bool {
        let has = |key: &str, value: &str| cattle::label(&server.labels, key) == Some(value);
        has(cattle::keys::JOB_ID, &job.id.to_string())
            && has(cattle::keys::ATTEMPT, &job.attempt.to_string())
            && has(cattle::keys::ORCHESTRATOR, self.shared.config.id.as_str())
    }
}
