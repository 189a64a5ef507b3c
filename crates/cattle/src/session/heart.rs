//! Heartbeats: they prove that the machine lives, and bring the orchestrator's orders.

use std::{
    io,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use clawlets_model::guest::{GuestOrders, GuestPhase};

use super::{Client, SessionError};
use crate::{clock::since_boot, deadline::Deadline};

/// Well below the 5 s that the orchestrator waits, so that one lost beat does no harm.
const INTERVAL: Duration = Duration::from_secs(2);

/// What the orchestrator can ask of a machine at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summons {
    /// The task must stop.
    Cancel,
    /// The session is over: nothing can be reported any more.
    SessionOver,
    /// There is less time than was thought.
    Hurry,
}

/// Seconds travel whole, so a deadline that comes this much closer did not really move.
const ROUNDING: Duration = Duration::from_secs(1);

/// Obeys what came with an answer: the deadline is moved, and a cancel is passed on.
pub fn obey(orders: GuestOrders, deadline: &Deadline, summon: &dyn Fn(Summons)) {
    let before = deadline.remaining();
    let remaining = Duration::from_secs(orders.remaining);
    deadline.set(remaining);
    if remaining + ROUNDING < before {
        summon(Summons::Hurry);
    }
    if orders.cancel {
        summon(Summons::Cancel);
    }
}

/// A thread that sends heartbeats until it is dropped.
#[derive(Debug)]
pub struct Heart {
    phases: Sender<GuestPhase>,
}

impl Heart {
    /// Starts in the phase `ready`. The first beat comes when that changes, or after two seconds: until then, the session
    /// that has just begun is proof enough of life.
    ///
    /// `summon` may be called more than once for the same thing.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        client: Client,
        deadline: Deadline,
        summon: impl Fn(Summons) + Send + 'static,
    ) -> io::Result<Self> {
        let (phases, changes) = mpsc::channel();
        thread::Builder::new().name("heart".to_owned()).spawn(move || {
            let mut phase = GuestPhase::Ready;
            let mut began = since_boot();
            loop {
                match changes.recv_timeout(INTERVAL.saturating_sub(since_boot().saturating_sub(began))) {
                    Ok(next) => phase = next,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                began = since_boot();
                match client.heartbeat(phase) {
                    Ok(orders) => obey(orders, &deadline, &summon),
                    Err(SessionError::Over { .. }) => return summon(Summons::SessionOver),
                    // The next beat tries again; the deadline stands meanwhile.
                    Err(
                        SessionError::Unreachable { .. }
                        | SessionError::Unavailable { .. }
                        | SessionError::Refused { .. }
                        | SessionError::Malformed { .. }
                        | SessionError::TooLate { .. },
                    ) => {}
                }
            }
        })?;
        Ok(Self { phases })
    }

    /// Says at once that the machine is in another phase.
    pub fn enter(&self, phase: GuestPhase) {
        // The thread is gone only when the session is over, and then nobody wants to know.
        let _ = self.phases.send(phase);
    }
}
