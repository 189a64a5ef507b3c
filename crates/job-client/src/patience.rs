//! How long an orchestrator that is being restarted is waited for.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::ClientError;

/// The longest outage that a wait or a follow sits out. A restart takes a few seconds.
const OUTAGE: Duration = Duration::from_secs(30);
/// The first pause between two tries.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(2);

/// What is left of the patience with one outage.
#[derive(Debug)]
pub(crate) struct Patience {
    outage_ends: Option<Instant>,
    pause: Duration,
}

impl Patience {
    pub(crate) const fn new() -> Self {
        Self { outage_ends: None, pause: FIRST }
    }

    /// The orchestrator answered: the next outage has the whole patience again.
    pub(crate) const fn restore(&mut self) {
        *self = Self::new();
    }

    /// Pauses after a fault that may pass; gives the fault back once the patience is over, or when it will not pass.
    pub(crate) async fn bear(&mut self, fault: ClientError) -> Result<(), ClientError> {
        let ends = *self.outage_ends.get_or_insert_with(|| Instant::now() + OUTAGE);
        if !fault.is_passing() || Instant::now() + self.pause > ends {
            return Err(fault);
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST);
        Ok(())
    }
}
