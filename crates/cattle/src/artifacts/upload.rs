//! The artifacts on their way.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    thread,
    time::Duration,
};

use clawlets_model::ArtifactName;
use sha2::{Digest, Sha256};

use super::Selection;
use crate::session::{Backoff, Client, SessionError};

/// Sends the selected files, one after the other. `time_left` says how long there still is for it; a call that failed
/// is tried again while there is any. What the orchestrator does not take is skipped; returned is what was skipped and
/// why, in words.
///
/// # Errors
/// [`SessionError::Over`] when the session ended meanwhile.
pub fn upload(
    client: &Client,
    selection: Selection,
    time_left: impl Fn() -> Duration,
) -> Result<Vec<String>, SessionError> {
    let mut skipped = selection.skipped;
    for (name, mut file, size) in selection.files {
        match send(client, &name, &mut file, size, &time_left) {
            Ok(()) => {}
            Err(UploadError::Session(error @ SessionError::Over { .. })) => return Err(error),
            Err(UploadError::Session(error)) => skipped.push(format!("{name}: {error}")),
            Err(UploadError::File(error)) => skipped.push(format!("{name}: {error}")),
        }
    }
    Ok(skipped)
}

enum UploadError {
    Session(SessionError),
    File(io::Error),
}

fn send(
    client: &Client,
    name: &ArtifactName,
    file: &mut File,
    size: u64,
    time_left: &impl Fn() -> Duration,
) -> Result<(), UploadError> {
    let sha256 = digest(file, size).map_err(UploadError::File)?;
    let mut backoff = Backoff::new();
    loop {
        file.seek(SeekFrom::Start(0)).map_err(UploadError::File)?;
        match client.artifact(name, file, size, &sha256) {
            Ok(()) => return Ok(()),
            Err(error) if error.is_temporary() => {
                let pause = backoff.next_pause();
                if time_left() <= pause {
                    return Err(UploadError::Session(error));
                }
                thread::sleep(pause);
            }
            Err(error) => return Err(UploadError::Session(error)),
        }
    }
}

fn digest(file: &mut File, size: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut rest = file.take(size);
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match rest.read(&mut chunk)? {
            0 => return Ok(hex::encode(hash.finalize())),
            count => hash.update(&chunk[..count]),
        }
    }
}
