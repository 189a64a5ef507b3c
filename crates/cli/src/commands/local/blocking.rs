//! Work that blocks, from a verb that listens for interrupts meanwhile.

use clawlets_printer::{Fault, FaultCode};

/// Runs what blocks beside the runtime, so that an interrupt is noticed meanwhile.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => {
            Err(Fault::new(FaultCode::LocalFailed, "a step ended before it was done").because(&error))
        }
    }
}
