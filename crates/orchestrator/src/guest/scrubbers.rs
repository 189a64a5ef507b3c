//! What must not appear in the words of a job's guest.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use clawlets_model::{JobId, Scrubber};

/// How many jobs are remembered; one that is forgotten is worked out again.
const REMEMBERED: usize = 1024;

/// The scrubbers of jobs whose guests got their values from us.
#[derive(Debug, Default)]
pub(super) struct Scrubbers(Mutex<HashMap<JobId, Arc<Scrubber>>>);

impl Scrubbers {
    pub(super) fn get(&self, job: JobId) -> Option<Arc<Scrubber>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
    }

    pub(super) fn set(&self, job: JobId, scrubber: Scrubber) -> Arc<Scrubber> {
        let scrubber = Arc::new(scrubber);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(job, Arc::clone(&scrubber));
        scrubber
    }

    pub(super) fn forget(&self, job: JobId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
    }
}
