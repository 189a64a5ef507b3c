//! Until when a call may go on.

use std::time::Duration;

use tokio::time::Instant;

/// A point on the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// So far from now; a span beyond all clocks is a day.
    pub(crate) fn after(span: Duration) -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self(Instant::now() + span.min(DAY))
    }

    /// What is left, zero when it has passed.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}
