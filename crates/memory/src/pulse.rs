//! Signs of life.

use std::{fmt, sync::Arc};

/// Called after each step of bounded size, so that whoever watches can tell slow from hung.
#[derive(Clone)]
pub struct Pulse(Arc<dyn Fn() + Send + Sync>);

impl Pulse {
    /// Calls `beat` after each step.
    pub fn new(beat: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(beat))
    }

    /// Nobody watches.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|| {})
    }

    pub(crate) fn beat(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pulse")
    }
}
