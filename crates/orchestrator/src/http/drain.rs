//! An orderly end: connections in flight finish what they began, for a bounded time.

use std::time::Duration;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Knows every connection and tells them when the daemon stops.
#[derive(Clone, Debug)]
pub(crate) struct Drain {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Drain {
    /// A drain that begins when `stop` is canceled.
    #[must_use]
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self { tasks: TaskTracker::new(), stop }
    }

    /// Canceled when the daemon stops.
    #[must_use]
    pub(crate) const fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Runs a connection. It should end soon after [`Drain::stopping`] is canceled.
    pub(crate) fn spawn(&self, connection: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(connection);
    }

    /// Waits at most `patience` for every connection to end. Answers whether all of them did.
    pub(crate) async fn finish(&self, patience: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(patience, self.tasks.wait()).await.is_ok()
    }
}
