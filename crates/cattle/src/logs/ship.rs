//! The thread that brings records to the orchestrator.

use std::{io, thread};

use super::LogQueue;
use crate::{
    deadline::Deadline,
    session::{Backoff, BatchAnswer, Client, SessionError, Summons, obey},
};

/// Ships records, as soon as there are any, until the queue is closed and empty or the session is over.
///
/// One batch is on its way at a time; what is written meanwhile makes the next one. A batch that failed is sent again.
///
/// # Errors
/// When the system gives no thread.
pub fn ship(
    queue: LogQueue,
    client: Client,
    deadline: Deadline,
    summon: impl Fn(Summons) + Send + 'static,
) -> io::Result<()> {
    thread::Builder::new().name("ship".to_owned()).spawn(move || {
        let mut backoff = Backoff::new();
        while let Some(batch) = queue.next_batch() {
            let got_on = match client.logs(&batch.body) {
                Ok(BatchAnswer::Taken(orders)) => {
                    obey(orders, &deadline, &summon);
                    queue.go_on_from(orders.next);
                    orders.next != batch.first_seq
                }
                Ok(BatchAnswer::GoOnFrom(seq)) => {
                    queue.go_on_from(seq);
                    seq != batch.first_seq
                }
                Err(SessionError::Over { .. }) => return summon(Summons::SessionOver),
                Err(SessionError::Refused { .. }) => {
                    queue.drop_refused(batch.count);
                    false
                }
                Err(
                    SessionError::Unreachable { .. }
                    | SessionError::Unavailable { .. }
                    | SessionError::Malformed { .. }
                    | SessionError::TooLate { .. },
                ) => false,
            };
            if got_on {
                backoff.reset();
            } else {
                thread::sleep(backoff.next_pause());
            }
        }
    })?;
    Ok(())
}
