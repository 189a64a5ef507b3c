//! Ctrl-C, and the polite request to end.

use clawlets_model::JobId;
use clawlets_printer::{Fault, FaultCode};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for SIGINT and SIGTERM from its making on, so that one that comes early is not missed.
#[derive(Debug)]
pub struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupt {
    /// Begins to listen. From now on a signal no longer ends the program by itself.
    ///
    /// # Errors
    /// A fault when the kernel refuses.
    pub fn listen() -> Result<Self, Fault> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Fault::new(FaultCode::Io, "failed to listen for signals").because(&error))
        };
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Waits until somebody wants the program to end.
    pub async fn came(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The fault of a wait that was interrupted.
pub(crate) fn of_wait(job: JobId) -> Fault {
    Fault::new(FaultCode::Interrupted, format!("you stopped waiting; job {job} goes on")).hint(format!(
        "'clf jobs wait {job}' waits again, 'clawlets cattle logs {job} --follow' shows its log"
    ))
}

/// The fault of a log that was no longer followed.
pub(crate) fn of_follow(job: &str, next: u64) -> Fault {
    Fault::new(FaultCode::Interrupted, format!("you stopped following; job {job} goes on"))
        .hint(format!("'clf jobs logs {job} --follow --from {next}' goes on with the log"))
}
