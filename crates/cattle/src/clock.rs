//! The one clock that deadlines use.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Time since the kernel started, suspension included. It never goes back and nobody can set it.
#[must_use]
pub fn since_boot() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}
