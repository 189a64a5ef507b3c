//! What is said about a task that is over.

use std::{thread, time::Duration};

use clawlets_model::{Reason, Scrubber, Status, guest::TaskResult};

use super::{Outcome, Stop};
use crate::{
    deadline::Deadline,
    session::{Backoff, Client, SessionError},
    task::Ending,
};

/// How a task went, in the words of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The status of the job.
    pub status: Status,
    /// Why.
    pub reason: Reason,
    /// The program's exit code, if it had one.
    pub exit_code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// What went wrong, in a sentence.
    pub message: Option<String>,
}

/// Whether the machine ran out of memory while the task ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// There was enough.
    Enough,
    /// The kernel ended something for want of it.
    RanOut,
}

impl Verdict {
    /// Judges an outcome. That somebody stopped the task weighs more than how it then ended.
    #[must_use]
    pub fn of(outcome: &Outcome, memory: Memory) -> Self {
        let (exit_code, signal, mut message) = match &outcome.ending {
            Ending::Exited { code } => (Some(*code), None, None),
            Ending::Killed { signal } => (None, Some(*signal), None),
            Ending::NotStarted { message } | Ending::Unconfined { message } => {
                (None, None, Some(message.clone()))
            }
        };
        let (status, reason) = match (outcome.stop, &outcome.ending, memory) {
            (Some(Stop::Canceled | Stop::SessionOver), _, _) => (Status::Canceled, Reason::Canceled),
            (Some(Stop::Timeout), _, _) => (Status::Failed, Reason::Timeout),
            (Some(Stop::Ttl), _, _) => (Status::Failed, Reason::Ttl),
            (None, Ending::Exited { code: 0 }, _) => (Status::Done, Reason::Finished),
            (None, Ending::Unconfined { .. }, _) => (Status::Failed, Reason::Error),
            (None, Ending::Exited { .. } | Ending::Killed { .. }, Memory::RanOut) => {
                message = Some("the task ran out of memory".to_owned());
                (Status::Failed, Reason::Oom)
            }
            (None, Ending::Exited { .. } | Ending::Killed { .. }, Memory::Enough)
            | (None, Ending::NotStarted { .. }, _) => (Status::Failed, Reason::Nonzero),
        };
        Self { status, reason, exit_code, signal, message }
    }

    /// The verdict on work that could not even be begun.
    #[must_use]
    pub const fn not_begun(message: String) -> Self {
        Self {
            status: Status::Failed,
            reason: Reason::Error,
            exit_code: None,
            signal: None,
            message: Some(message),
        }
    }

    /// The verdict on work that was canceled before it began.
    #[must_use]
    pub const fn canceled() -> Self {
        Self {
            status: Status::Canceled,
            reason: Reason::Canceled,
            exit_code: None,
            signal: None,
            message: None,
        }
    }

    /// The result as it is sent.
    #[must_use]
    pub fn into_result(self, output: Option<String>, duration: Duration, scrubber: &Scrubber) -> TaskResult {
        TaskResult {
            status: self.status,
            reason: self.reason,
            exit_code: self.exit_code,
            signal: self.signal,
            message: self.message.map(|message| scrubber.scrub(&message)),
            output,
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Sends the result, again and again until it arrives or the machine's time is over.
///
/// # Errors
/// [`SessionError`] when the orchestrator does not want it.
pub(super) fn send(client: &Client, result: &TaskResult, deadline: &Deadline) -> Result<(), SessionError> {
    let mut backoff = Backoff::new();
    loop {
        match client.result(result) {
            Err(error) if error.is_temporary() && !deadline.remaining().is_zero() => {
                thread::sleep(backoff.next_pause());
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_says_how_and_why() {
        let exited = |code| Ending::Exited { code };
        let killed = Ending::Killed { signal: 9 };
        let not_started = Ending::NotStarted { message: "no such file".to_owned() };
        let unconfined = Ending::Unconfined { message: "no namespaces".to_owned() };
        use Memory::{Enough, RanOut};
        for (ending, stop, memory, expected) in [
            (exited(0), None, Enough, (Status::Done, Reason::Finished)),
            (exited(0), None, RanOut, (Status::Done, Reason::Finished)),
            (exited(3), None, Enough, (Status::Failed, Reason::Nonzero)),
            (killed.clone(), None, Enough, (Status::Failed, Reason::Nonzero)),
            (killed.clone(), None, RanOut, (Status::Failed, Reason::Oom)),
            (killed.clone(), Some(Stop::Timeout), Enough, (Status::Failed, Reason::Timeout)),
            (exited(0), Some(Stop::Timeout), Enough, (Status::Failed, Reason::Timeout)),
            (exited(0), Some(Stop::Ttl), Enough, (Status::Failed, Reason::Ttl)),
            (killed, Some(Stop::Canceled), RanOut, (Status::Canceled, Reason::Canceled)),
            (not_started, None, Enough, (Status::Failed, Reason::Nonzero)),
            (unconfined, None, Enough, (Status::Failed, Reason::Error)),
        ] {
            let outcome = Outcome { ending, stop, duration: Duration::ZERO };
            let verdict = Verdict::of(&outcome, memory);
            assert_eq!((verdict.status, verdict.reason), expected, "{outcome:?} {memory:?}");
        }
    }
}
