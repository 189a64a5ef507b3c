//! What brings records to the orchestrator.

use std::{io, ops::ControlFlow, thread, time::Duration};

use super::{Batch, LogQueue};
use crate::{
    deadline::Deadline,
    session::{Backoff, BatchAnswer, Client, SessionError, Summons, obey},
};

/// Ships records until the queue is closed and empty or the session is over.
///
/// One batch is on its way at a time; what is written meanwhile makes the next one. A batch that failed is sent again.
pub struct Shipper<F> {
    queue: LogQueue,
    client: Client,
    deadline: Deadline,
    summon: F,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shipped {
    /// The queue is not where it was.
    GotOn,
    /// The same batch must be sent again.
    Stuck,
}

impl<F: Fn(Summons) + Send + 'static> Shipper<F> {
    /// One that has not begun.
    #[must_use]
    pub const fn new(queue: LogQueue, client: Client, deadline: Deadline, summon: F) -> Self {
        Self { queue, client, deadline, summon }
    }

    /// Sends what is in the queue now, once, within `at_most`, and waits for the answer. What did not arrive is sent again
    /// by the thread.
    pub fn say_hello(&self, at_most: Duration) {
        if let Some(batch) = self.queue.batch() {
            let _ = self.ship(&batch, Some(at_most));
        }
    }

    /// Starts the thread that ships, as soon as there are any records.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(self) -> io::Result<()> {
        thread::Builder::new().name("ship".to_owned()).spawn(move || {
            let mut backoff = Backoff::new();
            while let Some(batch) = self.queue.next_batch() {
                match self.ship(&batch, None) {
                    ControlFlow::Continue(Shipped::GotOn) => backoff.reset(),
                    ControlFlow::Continue(Shipped::Stuck) => thread::sleep(backoff.next_pause()),
                    ControlFlow::Break(()) => return,
                }
            }
        })?;
        Ok(())
    }

    /// Sends a batch once; breaks when the session is over.
    fn ship(&self, batch: &Batch, at_most: Option<Duration>) -> ControlFlow<(), Shipped> {
        let got_on = match self.client.logs(&batch.body, at_most) {
            Ok(BatchAnswer::Taken(orders)) => {
                obey(orders, &self.deadline, &self.summon);
                self.queue.go_on_from(orders.next);
                orders.next != batch.first_seq
            }
            Ok(BatchAnswer::GoOnFrom(seq)) => {
                self.queue.go_on_from(seq);
                seq != batch.first_seq
            }
            Err(SessionError::Over { .. }) => {
                (self.summon)(Summons::SessionOver);
                return ControlFlow::Break(());
            }
            Err(SessionError::Refused { .. }) => {
                self.queue.drop_refused(batch.count);
                false
            }
            Err(
                SessionError::Unreachable { .. }
                | SessionError::Unavailable { .. }
                | SessionError::Malformed { .. }
                | SessionError::TooLate { .. },
            ) => false,
        };
        ControlFlow::Continue(if got_on { Shipped::GotOn } else { Shipped::Stuck })
    }
}
