//! Where the machine talks when nobody listens yet: its console.

use std::{
    io::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A line-wise door to the console. Cloning gives another handle to the same door.
#[derive(Clone)]
pub struct Console(Arc<Mutex<Door>>);

struct Door {
    out: Box<dyn Write + Send>,
    /// What is said while the door is closed.
    held: Option<Vec<u8>>,
}

impl Console {
    /// A console that writes to `out`. Faults of `out` are ignored: there is nobody to tell.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Door { out: Box::new(out), held: None })))
    }

    /// One that keeps what is said to itself until [`Console::release`]: a serial port is slow, and a machine that has
    /// somebody to talk to has better things to do first.
    pub fn held(out: impl Write + Send + 'static) -> Self {
        let console = Self::new(out);
        console.door().held = Some(Vec::new());
        console
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one line. The caller makes sure that it holds no secret.
    pub fn say(&self, line: &str) {
        let line = format!("clawlets-cattle: {line}\n");
        let mut door = self.door();
        match &mut door.held {
            Some(held) => held.extend_from_slice(line.as_bytes()),
            // In one piece: a serial port takes its time for each.
            None => door.write(line.as_bytes()),
        }
    }

    /// Writes what was kept, and from now on everything at once.
    pub fn release(&self) {
        let mut door = self.door();
        if let Some(held) = door.held.take() {
            door.write(&held);
        }
    }
}

impl Door {
    fn write(&mut self, bytes: &[u8]) {
        let _ = self.out.write_all(bytes);
        let _ = self.out.flush();
    }
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Console")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Read};

    #[test]
    fn what_is_said_while_it_is_held_comes_first_once_it_is_released() {
        let (mut reader, writer) = io::pipe().unwrap();
        let console = Console::held(writer);
        console.say("one");
        rustix::io::ioctl_fionbio(&reader, true).unwrap();
        assert_eq!(reader.read(&mut [0; 64]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        console.release();
        console.release();
        console.say("two");
        drop(console);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "clawlets-cattle: one\nclawlets-cattle: two\n");
    }
}
