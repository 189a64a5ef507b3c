//! `clf memory read`.

use std::io::{self, IsTerminal};

use clap::Args;
use clawlets_memory::{Digest, MemoryPath, Owner};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, plain};
use clawlets_verbs::memory::{Patience, Place};
use serde::Serialize;

use super::path::PathArgument;

/// Print a file, byte for byte.
///
/// Reading never makes anything, and a file is always whole: a version before or after a change. With --json also the
/// SHA-256, which 'write --if-match' takes.
#[derive(Debug, Args)]
pub(super) struct Read {
    #[command(flatten)]
    path: PathArgument,
    #[command(flatten)]
    patience: Patience,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    path: &'a MemoryPath,
    sha256: Digest,
    bytes: usize,
    /// The content, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
}

impl Read {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = self.path.path()?;
        let found = version(&Place::find(self.patience)?, &path)?;
        if let Some(writer) = &found.foreign {
            printer.warn(format!(
                "{path} is protected, and {writer} could write it: look at it before others do"
            ));
        }
        match printer.form() {
            Form::Json => printer.json(&Document {
                path: &path,
                sha256: Digest::of(&found.content),
                bytes: found.content.len(),
                content: std::str::from_utf8(&found.content).ok(),
            }),
            // Any bot may have written it, and a terminal obeys what it is shown.
            Form::Text if io::stdout().is_terminal() => {
                String::from_utf8_lossy(&found.content).lines().for_each(|line| printer.data(plain(line)));
            }
            Form::Text => printer.exact(&found.content),
        }
        Ok(ExitCode::Ok)
    }
}

/// A file as it was found.
pub(super) struct Found {
    pub(super) content: Vec<u8>,
    /// Who could have written it although only humans may.
    pub(super) foreign: Option<Owner>,
}

/// Reads a file in a process apart.
pub(super) fn version(place: &Place, path: &MemoryPath) -> Result<Found, Fault> {
    // One line about it, and behind it the bytes as they are.
    let answer = place.with_bytes(|memory| {
        let found = memory.read(path)?;
        let mut answer = serde_json::to_vec(&found.foreign).unwrap_or_default();
        answer.push(b'\n');
        answer.extend_from_slice(&found.content);
        Ok(answer)
    })?;
    let broken = || Fault::new(FaultCode::Io, "the answer of the process that read it breaks off");
    let end = answer.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
    let foreign = serde_json::from_slice(&answer[..end]).map_err(|_| broken())?;
    Ok(Found { content: answer[end + 1..].to_vec(), foreign })
}
