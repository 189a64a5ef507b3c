//! Work that may never end, in a process of its own.

use std::{
    io::{PipeWriter, Write},
    sync::Mutex,
    time::{Duration, Instant},
};

use clawlets_printer::{Fault, FaultCode};
use clawlets_sys::{Apart, Said};
use serde::{Serialize, de::DeserializeOwned};

/// How often a sign of life is sent at most.
const RHYTHM: Duration = Duration::from_millis(50);
/// A sign of life. Everything else that the child says begins with one of the two below.
const BEAT: u8 = b'.';
const DONE: u8 = b'+';
const FAULT: u8 = b'-';

/// The pipe through which a child shows that it lives.
#[derive(Debug)]
pub struct Heart {
    pipe: PipeWriter,
    last: Mutex<Instant>,
}

impl Heart {
    /// Shows that the work goes on.
    pub fn beat(&self) {
        let Ok(mut last) = self.last.lock() else { return };
        if last.elapsed() >= RHYTHM {
            *last = Instant::now();
            // A parent that is gone hears nothing, and takes this process with it.
            let _ = (&self.pipe).write_all(&[BEAT]);
        }
    }
}

/// Does `work` in a copy of this process, and gives up when it says nothing for as long as `silence`. The copy has none of
/// the standard streams.
///
/// # Errors
/// The fault that `work` ended in; none of its own, but `on_silence()`, when it went silent.
pub fn bytes(
    silence: Duration,
    on_silence: impl FnOnce() -> Fault,
    work: impl FnOnce(Heart) -> Result<Vec<u8>, Fault>,
) -> Result<Vec<u8>, Fault> {
    let broken = |error| Fault::new(FaultCode::Io, "failed to work in a process apart").because(&error);
    let begun = Apart::begin(|mut pipe| {
        let Ok(heart) = pipe.try_clone() else { return };
        let outcome = work(Heart { pipe: heart, last: Mutex::new(Instant::now()) });
        let (mark, answer) = match outcome {
            Ok(answer) => (DONE, answer),
            Err(fault) => (FAULT, serde_json::to_vec(&fault).unwrap_or_default()),
        };
        // Nobody is left to tell when this fails.
        let _ = pipe.write_all(&[mark]).and_then(|()| pipe.write_all(&answer));
    });
    let mut child = begun.map_err(broken)?;
    let mut answer = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match child.next(&mut buffer, silence).map_err(broken)? {
            Said::Bytes(count) if answer.is_empty() => {
                let beats = buffer[..count].iter().take_while(|byte| **byte == BEAT).count();
                answer.extend_from_slice(&buffer[beats..count]);
            }
            Said::Bytes(count) => answer.extend_from_slice(&buffer[..count]),
            Said::Nothing => {
                child.abandon();
                return Err(on_silence());
            }
            Said::Everything => break,
        }
    }
    child.finish();
    match answer.first().copied() {
        Some(DONE) => {
            answer.remove(0);
            Ok(answer)
        }
        Some(FAULT) => Err(serde_json::from_slice(&answer[1..]).unwrap_or_else(|_| lost())),
        Some(_) | None => Err(lost()),
    }
}

/// As [`bytes`], with an answer that is a value.
///
/// # Errors
/// As [`bytes`].
pub fn value<T: Serialize + DeserializeOwned>(
    silence: Duration,
    on_silence: impl FnOnce() -> Fault,
    work: impl FnOnce(Heart) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let answer = bytes(silence, on_silence, |heart| {
        work(heart).map(|value| serde_json::to_vec(&value).unwrap_or_default())
    })?;
    serde_json::from_slice(&answer).map_err(|_| lost())
}

fn lost() -> Fault {
    Fault::new(FaultCode::Io, "the process that worked apart ended without an answer").hint("try again")
}
