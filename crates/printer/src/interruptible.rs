//! Ctrl-C while a question is open.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use signal_hook::{SigId, consts::SIGINT, flag, low_level::unregister};

/// As long as this lives, SIGINT ends the question and not the program, so that the program can say how to go on.
///
/// Afterwards the signal belongs to whoever else listens for it. Where nobody does, what follows an answer is short.
pub(crate) struct Interruptible {
    came: Arc<AtomicBool>,
    registered: SigId,
}

impl Interruptible {
    /// Begins to listen.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn begin() -> io::Result<Self> {
        let came = Arc::new(AtomicBool::new(false));
        let registered = flag::register(SIGINT, Arc::clone(&came))?;
        Ok(Self { came, registered })
    }

    /// Whether the signal came.
    pub(crate) fn has_come(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        unregister(self.registered);
    }
}
