//! The wish that git ends.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether what runs is to end now. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

/// It is to end.
#[derive(Debug)]
pub(super) struct Stopped;

impl Stop {
    /// Ends what runs when this flag is set, by a signal for example.
    #[must_use]
    pub const fn when(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// Whether it is wanted no more.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    pub(super) fn check(&self) -> Result<(), Stopped> {
        if self.is_wanted() { Err(Stopped) } else { Ok(()) }
    }
}
