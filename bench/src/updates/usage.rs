//! The processor time that is spent.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};

/// What all children that ended have spent so far, those of children included.
pub(super) fn of_children() -> Duration {
    of(UsageWho::RUSAGE_CHILDREN)
}

/// What this thread has spent so far.
pub(super) fn of_this_thread() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn of(who: UsageWho) -> Duration {
    let usage = getrusage(who).expect("the kernel counts");
    let spent = |time: nix::sys::time::TimeVal| {
        Duration::from_micros(u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap_or(0))
    };
    spent(usage.user_time()) + spent(usage.system_time())
}
