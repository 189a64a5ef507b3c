//! Waiting for a job.

use std::time::Duration;

use clawlets_model::{
    VmState,
    socket::{JobAnswer, JobView},
};
use tokio::time::{Instant, sleep};

use crate::{Client, ClientError, Reference, patience::Patience};

/// The first pause between two looks at the job.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause between two looks at the job.
const LONGEST: Duration = Duration::from_millis(500);

/// How far a job is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Until its result is decided.
    Ended,
    /// Until its VM is proved gone as well.
    Gone,
}

impl Until {
    /// Whether a job got there.
    #[must_use]
    pub const fn is_reached(self, job: &JobView) -> bool {
        let vm_is_gone = match job.vm {
            VmState::None | VmState::Gone => true,
            VmState::Live | VmState::Deleting => false,
        };
        match self {
            Self::Ended => job.status.is_final(),
            Self::Gone => job.status.is_final() && vm_is_gone,
        }
    }
}

impl Client {
    /// Waits until a job got to `until`, at most `within` a time if one is given. `on_change` sees the job as it is
    /// found first and each time that something about it changed. A restart of the orchestrator is sat out.
    ///
    /// # Errors
    /// [`ClientError::StillRunning`] when the time is over; otherwise as [`Client::job`].
    pub async fn wait(
        &self,
        job: &Reference,
        until: Until,
        within: Option<Duration>,
        mut on_change: impl FnMut(&JobView),
    ) -> Result<JobView, ClientError> {
        let deadline = within.map(|within| (within, Instant::now() + within));
        let mut seen: Option<JobView> = None;
        let mut patience = Patience::new();
        let mut pause = FIRST;
        loop {
            match self.job(job).await {
                Ok(JobAnswer { job, .. }) => {
                    patience.restore();
                    if seen.as_ref() != Some(&job) {
                        on_change(&job);
                        pause = FIRST;
                    }
                    if until.is_reached(&job) {
                        return Ok(job);
                    }
                    seen = Some(job);
                }
                Err(fault) => patience.bear(fault).await?,
            }
            let left = deadline.map(|(within, at)| (within, at.saturating_duration_since(Instant::now())));
            if let (Some((within, Duration::ZERO)), Some(last)) = (left, &seen) {
                return Err(ClientError::StillRunning { last: Box::new(last.clone()), within });
            }
            sleep(left.map_or(pause, |(_, left)| pause.min(left))).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
}
