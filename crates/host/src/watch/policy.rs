//! How patient the watch is. All in seconds.

/// When a sick bot is started anew, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many restarts a window may hold.
    pub most: u32,
    /// The window.
    pub window: u64,
    /// The time between the first restart and the second; twice as much before the third, and so on.
    pub backoff: u64,
    /// How long a gateway may be gone or silent before it is started anew.
    pub patience: u64,
    /// How long a chat may be cut off before its gateway is started anew: the gateway itself tries first.
    pub cut_off_patience: u64,
    /// How long a gateway may take to come up.
    pub starting: u64,
}

impl Policy {
    /// How long after the last of `count` restarts within the window the next one may come.
    pub(super) fn rest(&self, count: usize) -> u64 {
        let doublings = u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX).min(32);
        self.backoff.saturating_mul(1 << doublings)
    }
}
