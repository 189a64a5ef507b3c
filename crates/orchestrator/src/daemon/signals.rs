//! Who tells whom that something happened. Signals carry nothing: what is true stands in the store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use clawlets_model::JobId;
use tokio::{sync::Notify, time::Instant};

/// Signals to the drivers of jobs, and to the dispatcher that starts them.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    jobs: Mutex<HashMap<JobId, Arc<JobSignal>>>,
    dispatch: Notify,
}

/// The signal to the driver of one job.
#[derive(Debug)]
pub(crate) struct JobSignal {
    changed: Notify,
    heard: Mutex<Instant>,
}

impl Signals {
    /// The signal to the driver of a job, which begins now.
    pub(crate) fn begin(&self, job: JobId) -> Arc<JobSignal> {
        let signal = Arc::new(JobSignal { changed: Notify::new(), heard: Mutex::new(Instant::now()) });
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(job, Arc::clone(&signal));
        signal
    }

    /// The driver that `signal` was made for is gone.
    pub(crate) fn end(&self, job: JobId, signal: &Arc<JobSignal>) {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.get(&job).is_some_and(|current| Arc::ptr_eq(current, signal)) {
            jobs.remove(&job);
        }
    }

    fn get(&self, job: JobId) -> Option<Arc<JobSignal>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
    }

    /// The job is another one than it was: its driver looks again.
    pub(crate) fn changed(&self, job: JobId) {
        if let Some(signal) = self.get(job) {
            signal.changed.notify_one();
        }
    }

    /// The job's guest called.
    pub(crate) fn heard(&self, job: JobId) {
        if let Some(signal) = self.get(job) {
            *signal.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }

    /// There may be a job to claim: one was enqueued, is due, or there is room again.
    pub(crate) fn dispatch(&self) {
        self.dispatch.notify_one();
    }

    /// Waits for [`Signals::dispatch`].
    pub(crate) async fn dispatched(&self) {
        self.dispatch.notified().await;
    }
}

impl JobSignal {
    /// Waits until the job changed. A change since the last wait counts.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// When the guest called last, or when the driver began.
    pub(crate) fn last_heard(&self) -> Instant {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_change_before_the_wait_is_not_lost() {
        let signals = Signals::default();
        let job = JobId::from_parts(1, 1);
        let signal = signals.begin(job);
        signals.changed(job);
        signal.changed().await;
    }

    #[test]
    fn a_driver_that_ends_late_does_not_silence_its_successor() {
        let signals = Signals::default();
        let job = JobId::from_parts(1, 1);
        let old = signals.begin(job);
        let new = signals.begin(job);
        signals.end(job, &old);
        assert!(signals.get(job).is_some());
        signals.end(job, &new);
        assert!(signals.get(job).is_none());
    }
}
