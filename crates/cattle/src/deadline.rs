//! The dead man's switch: a thread that ends the machine at its deadline, whatever the rest of the program does.
//!
//! It waits on a kernel timer and shares nothing with others but that timer and one atomic number, so no lock that
//! somebody holds and no call that hangs can keep it from firing.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

use crate::clock::since_boot;

/// How long a machine may take from its start until it knows its real deadline.
pub const BOOT_DEADLINE: Duration = Duration::from_secs(5 * 60);

/// An armed deadline. Cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub struct Deadline(Arc<Timer>);

#[derive(Debug)]
struct Timer {
    timer: OwnedFd,
    /// Nanoseconds since the kernel started.
    at: AtomicU64,
}

impl Deadline {
    /// Arms a deadline that many seconds from now and runs `action` when it is reached.
    ///
    /// `action` runs on a thread of its own, must end the machine or the process, and must take no lock.
    ///
    /// # Errors
    /// When the kernel gives no timer or no thread.
    pub fn arm(remaining: Duration, action: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Boottime, TimerfdFlags::CLOEXEC)?;
        let deadline = Self(Arc::new(Timer { timer, at: AtomicU64::new(0) }));
        deadline.set(remaining);
        let watched = deadline.clone();
        thread::Builder::new().name("deadline".to_owned()).spawn(move || {
            while !watched.remaining().is_zero() {
                watched.wait();
            }
            action();
        })?;
        Ok(deadline)
    }

    /// Moves the deadline to that long from now, earlier or later.
    pub fn set(&self, remaining: Duration) {
        self.set_at(since_boot().saturating_add(remaining));
    }

    /// Moves the deadline to a time since the kernel started.
    pub fn set_at(&self, at: Duration) {
        let nanos = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX >> 1).clamp(1, u64::MAX >> 1);
        self.0.at.store(nanos, Ordering::SeqCst);
        let at = Duration::from_nanos(nanos);
        let value = Timespec {
            tv_sec: i64::try_from(at.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(at.subsec_nanos()),
        };
        let once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let spec = Itimerspec { it_interval: once, it_value: value };
        // A timer that exists takes any valid time; were it to refuse, the thread wakes at the old time, looks at the
        // number, and waits in short naps.
        let _ = timerfd_settime(&self.0.timer, TimerfdTimerFlags::ABSTIME, &spec);
    }

    /// How long it is until the deadline; zero when it has passed.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        Duration::from_nanos(self.0.at.load(Ordering::SeqCst)).saturating_sub(since_boot())
    }

    fn wait(&self) {
        let mut fired = [0; 8];
        match rustix::io::read(&self.0.timer, &mut fired) {
            // The time may have been moved between the timer's firing and this look at the clock.
            Ok(_) if self.remaining().is_zero() => {}
            Ok(_) | Err(_) => thread::sleep(self.remaining().min(Duration::from_millis(100))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn it_fires_when_it_was_moved_closer() {
        let (sender, fired) = mpsc::channel();
        let deadline = Deadline::arm(Duration::from_secs(3600), move || sender.send(()).unwrap()).unwrap();
        deadline.set(Duration::from_millis(20));
        fired.recv_timeout(Duration::from_secs(30)).unwrap();
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    #[test]
    fn it_does_not_fire_at_a_time_that_was_moved_away() {
        let (sender, fired) = mpsc::channel();
        let deadline = Deadline::arm(Duration::from_millis(200), move || sender.send(()).unwrap()).unwrap();
        deadline.set(Duration::from_secs(3600));
        assert!(fired.recv_timeout(Duration::from_millis(600)).is_err());
        assert!(deadline.remaining() > Duration::from_secs(3000));
    }

    #[test]
    fn a_deadline_beyond_all_measure_is_far_away_and_nothing_more() {
        let deadline = Deadline::arm(Duration::MAX, || {}).unwrap();
        assert!(deadline.remaining() > Duration::from_secs(1 << 31));
    }
}
