//! The thread that writes, and how it shares one wait for the disk among many callers.

use std::{
    fmt,
    num::NonZeroUsize,
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use crate::store::{
    attendant::{Access, Attended},
    error::{ApplyError, ArtifactError, EnqueueError, StoreError},
};

/// How many operations may wait. Whoever comes then waits for a place.
const QUEUE: usize = 1_024;

/// The end of the queue into which operations go.
pub(in crate::store) struct Writer {
    /// Taken when the writer stops.
    queue: Option<mpsc::Sender<Box<dyn Operation>>>,
    commits: watch::Receiver<u64>,
    thread: Option<JoinHandle<()>>,
    attended: Attended,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("commits", &*self.commits.borrow()).finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts a writer whose commits are shared by `most` operations at most.
    pub(in crate::store) fn start(
        db: Connection,
        most: NonZeroUsize,
        attended: Attended,
    ) -> Result<Self, StoreError> {
        let (queue, operations) = mpsc::channel(QUEUE);
        let (counter, commits) = watch::channel(0);
        let thread = thread::Builder::new()
            .name("jobs-write".to_owned())
            .spawn(move || write(db, operations, most, &counter))
            .map_err(StoreError::file("start the writer of", "the store"))?;
        Ok(Self { queue: Some(queue), commits, thread: Some(thread), attended })
    }

    pub(in crate::store) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Runs an operation in the next transaction. The answer comes when it is on disk; a refusal undoes what this
    /// operation wrote, and nothing else.
    pub(in crate::store) async fn run<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
    {
        let operation = std::any::type_name_of_val(&work);
        let handed_over = async {
            let (reply, answer) = oneshot::channel();
            let pending = Pending { work: Some(work), outcome: None, reply };
            let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
            queue.send(Box::new(pending)).await.map_err(|_| StoreError::Closed)?;
            answer.await.map_err(|_| StoreError::Closed)?
        };
        self.attended.run(Access::Write, operation, handed_over).await
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has told its callers by dropping their replies.
            let _panicked = thread.join();
        }
    }
}

/// An error that may come from the store itself.
pub(in crate::store) trait Failure: From<StoreError> + Send + 'static {
    /// The store's part of it.
    fn of_store(&self) -> Option<&StoreError>;
}

impl Failure for StoreError {
    fn of_store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

macro_rules! failure {
    ($($error:ident { $($other:ident),+ })+) => {
        $(impl Failure for $error {
            fn of_store(&self) -> Option<&StoreError> {
                match self {
                    Self::Store(error) => Some(error),
                    $(Self::$other { .. })|+ => None,
                }
            }
        })+
    };
}

failure! {
    EnqueueError { Conflict, QueueFull, NoRoom }
    ApplyError { Unknown, Refused }
    ArtifactError { Unknown, Refused, Exists, TooMany, TooLarge }
}

/// Something to be done in a transaction, and somebody who waits for it.
trait Operation: Send {
    /// Does it. What went wrong in the store comes back, if anything did.
    fn run(&mut self, tx: &Connection) -> Verdict;
    /// Answers: with what it found, or with what made the whole transaction fail.
    fn answer(self: Box<Self>, failure: Option<&StoreError>);
}

/// Whether what an operation wrote stays.
enum Verdict {
    Keep,
    Undo(Option<StoreError>),
}

struct Pending<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Operation for Pending<F, T, E>
where
    F: FnOnce(&Connection) -> Result<T, E> + Send,
    T: Send,
    E: Failure,
{
    fn run(&mut self, tx: &Connection) -> Verdict {
        let Some(work) = self.work.take() else { return Verdict::Undo(None) };
        let outcome = self.outcome.insert(work(tx));
        match outcome {
            Ok(_) => Verdict::Keep,
            Err(error) => Verdict::Undo(error.of_store().cloned()),
        }
    }

    fn answer(self: Box<Self>, failure: Option<&StoreError>) {
        let answer = match (self.outcome, failure) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(_)) | None, Some(failure)) => Err(failure.clone().into()),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(StoreError::Closed.into()),
        };
        // Nobody listens when the caller gave up; what it asked for is done all the same.
        let _gone = self.reply.send(answer);
    }
}

fn write(
    mut db: Connection,
    mut operations: mpsc::Receiver<Box<dyn Operation>>,
    most: NonZeroUsize,
    commits: &watch::Sender<u64>,
) {
    while let Some(first) = operations.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < most.get()
            && let Ok(next) = operations.try_recv()
        {
            batch.push(next);
        }
        let before = db.total_changes();
        let failure = run_batch(&mut db, &mut batch).err();
        if failure.is_none() && db.total_changes() != before {
            commits.send_modify(|count| *count += 1);
        }
        for operation in batch {
            operation.answer(failure.as_ref());
        }
    }
}

/// Runs the operations in one transaction, each in a savepoint. When this fails, none of them happened.
fn run_batch(db: &mut Connection, batch: &mut [Box<dyn Operation>]) -> Result<(), StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for operation in batch {
        tx.prepare_cached("SAVEPOINT operation")?.execute([])?;
        if let Verdict::Undo(error) = operation.run(&tx) {
            // Some failures, such as a full disk, make SQLite undo the whole transaction.
            if let (true, Some(error)) = (tx.is_autocommit(), error) {
                return Err(error);
            }
            tx.prepare_cached("ROLLBACK TO operation")?.execute([])?;
        }
        tx.prepare_cached("RELEASE operation")?.execute([])?;
    }
    tx.commit()?;
    Ok(())
}
