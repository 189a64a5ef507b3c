//! The threads that read.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::options::StoreOptions;
use crate::store::{
    attendant::{Access, Attended},
    error::StoreError,
};

/// How many reads run at once.
const READERS: usize = 2;

type Read = Box<dyn FnOnce(&Connection) + Send>;

/// A few threads with a connection each. They see everything that was answered before they were asked.
pub(in crate::store) struct Readers {
    /// Taken when the readers stop.
    queue: Option<mpsc::Sender<Read>>,
    threads: Vec<JoinHandle<()>>,
    attended: Attended,
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

impl Readers {
    pub(in crate::store) fn start(options: &StoreOptions, attended: Attended) -> Result<Self, StoreError> {
        let (queue, reads) = mpsc::channel::<Read>();
        let reads = Arc::new(Mutex::new(reads));
        let mut readers = Self { queue: Some(queue), threads: Vec::new(), attended };
        for number in 0..READERS {
            let db = options.connect_to_read()?;
            let reads = Arc::clone(&reads);
            let next = move || reads.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
            let body = move || std::iter::from_fn(next).for_each(|read| read(&db));
            let thread = thread::Builder::new().name(format!("jobs-read-{number}")).spawn(body);
            readers.threads.push(thread.map_err(StoreError::file("start a reader of", &options.path))?);
        }
        Ok(readers)
    }

    /// Runs a read on one of the threads.
    pub(in crate::store) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let operation = std::any::type_name_of_val(&read);
        let (reply, answer) = oneshot::channel();
        let read: Read = Box::new(move |db| {
            // One transaction, so that all statements of a read see the same state.
            let read = || {
                let snapshot = db.unchecked_transaction()?;
                read(&snapshot)
            };
            // Nobody listens when the caller gave up.
            let _gone = reply.send(read());
        });
        let handed_over = async {
            self.queue.as_ref().ok_or(StoreError::Closed)?.send(read).map_err(|_| StoreError::Closed)?;
            answer.await.map_err(|_| StoreError::Closed)?
        };
        self.attended.run(Access::Read, operation, handed_over).await
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A reader that panicked has nothing left to give back.
            let _panicked = thread.join();
        }
    }
}
