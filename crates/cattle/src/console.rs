//! Where the machine talks when nobody listens yet: its console.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

/// A line-wise door to the console. Cloning gives another handle to the same door.
#[derive(Clone)]
pub struct Console(Arc<Mutex<Box<dyn Write + Send>>>);

impl Console {
    /// A console that writes to `out`. Faults of `out` are ignored: there is nobody to tell.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(out))))
    }

    /// Writes one line. The caller makes sure that it holds no secret.
    pub fn say(&self, line: &str) {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(out, "clawlets-cattle: {line}");
        let _ = out.flush();
    }
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Console")
    }
}
