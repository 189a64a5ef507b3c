//! What `{id}` in a path means: a job's id or a prefix of it, or the id or name of a job's VM.

use clawlets_jobs::{Found, Job};
use clawlets_model::socket::ApiErrorCode;

use super::{access::scope, answer::Fault, routes::Api};
use crate::identity::Caller;

impl Api {
    /// The one job among those that the caller may see.
    pub(super) async fn job(&self, caller: &Caller, reference: &str) -> Result<Job, Fault> {
        self.job_if_any(caller, reference)
            .await?
            .ok_or_else(|| Fault::not_found(&format!("job {reference:?}")))
    }

    /// As [`Api::job`]; `None` when nothing fits.
    pub(super) async fn job_if_any(&self, caller: &Caller, reference: &str) -> Result<Option<Job>, Fault> {
        match self.shared.store.find(scope(caller)?, reference).await? {
            Found::One(job) => Ok(Some(*job)),
            Found::Nothing => Ok(None),
            Found::Several(jobs) => {
                let some: Vec<String> = jobs.iter().map(ToString::to_string).collect();
                let message = format!("{reference:?} fits several jobs: {}", some.join(", "));
                Err(Fault::new(ApiErrorCode::Ambiguous, message))
            }
        }
    }
}
