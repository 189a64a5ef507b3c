//! A thread that reads one stream of the task.

use std::{
    io::{self, Read},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use clawlets_model::{Scrubber, guest::LogStream};

use super::{LineSplitter, LogQueue, Tail};

const CHUNK: usize = 64 * 1024;

/// A stream that is being read.
#[derive(Debug)]
pub struct Captured {
    done: Receiver<Tail>,
}

impl Captured {
    /// Waits for the stream's end, at most that long, and returns its last lines.
    #[must_use]
    pub fn finish(&self, at_most: Duration) -> Option<Tail> {
        self.done.recv_timeout(at_most).ok()
    }
}

/// Reads a stream to its end: every line becomes one or more records.
///
/// # Errors
/// When the system gives no thread.
pub fn capture(
    mut source: impl Read + Send + 'static,
    stream: LogStream,
    scrubber: Scrubber,
    queue: LogQueue,
) -> io::Result<Captured> {
    let (sender, done) = mpsc::channel();
    thread::Builder::new().name(stream.as_str().to_owned()).spawn(move || {
        let mut tail = Tail::default();
        let mut splitter = LineSplitter::new(scrubber);
        let mut emit = |line: String| {
            tail.push(&line);
            queue.output(stream, line);
        };
        let mut chunk = vec![0; CHUNK];
        loop {
            match source.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => splitter.push(&chunk[..count], &mut emit),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A pipe fails only when it is gone, which is its end.
                Err(_) => break,
            }
        }
        splitter.finish(&mut emit);
        // Nobody waits any more when the machine is about to go.
        let _ = sender.send(tail);
    })?;
    Ok(Captured { done })
}
