//! `clf memory edit`.

use std::{
    ffi::OsString,
    io::{self, IsTerminal},
    os::unix::ffi::{OsStrExt, OsStringExt},
};

use clap::Args;
use clawlets_memory::{Digest, Expect, MemoryPath};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_verbs::memory::{Patience, Place};
use serde::Serialize;

use super::{editor, input, path::PathArgument, read, said};

/// Change a part of a file.
///
/// --find and --replace exchange a text wherever it stands. --with gives the file to a command on standard input and takes
/// what it prints; a command may also change the copy that $CLAWLETS_MEMORY_FILE names and print nothing. Without either, your
/// editor opens on a terminal; elsewhere the new content is read from standard input. What others changed meanwhile is
/// never overwritten.
#[derive(Debug, Args)]
pub(super) struct Edit {
    #[command(flatten)]
    path: PathArgument,
    /// The text to replace, as it stands.
    #[arg(long, value_name = "TEXT", requires = "replace", allow_hyphen_values = true)]
    find: Option<OsString>,
    /// What takes its place.
    #[arg(long, value_name = "TEXT", requires = "find", allow_hyphen_values = true)]
    replace: Option<OsString>,
    /// A shell command that makes the new content of the old one.
    #[arg(long, value_name = "COMMAND", conflicts_with = "find")]
    with: Option<OsString>,
    #[command(flatten)]
    patience: Patience,
}

/// What `--json` prints of an edit that changes nothing.
#[derive(Serialize)]
struct Unchanged<'a> {
    path: &'a MemoryPath,
    sha256: Digest,
    changed: bool,
}

impl Edit {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = self.path.path()?;
        let place = Place::find(self.patience)?;
        if let (Some(find), Some(replacement)) = (&self.find, &self.replace) {
            return substitute(printer, &place, &path, find, replacement);
        }
        let old = match read::version(&place, &path) {
            Ok(found) => Some(found.content),
            Err(fault) if fault.code() == FaultCode::MemoryMissing && self.with.is_none() => None,
            Err(fault) => return Err(fault),
        };
        let before = old.as_deref().unwrap_or_default();
        let (new, kept) = match &self.with {
            Some(command) => (editor::filtered(command, before)?, None),
            None if io::stdin().is_terminal() => {
                let draft = editor::edited(&path, before)?;
                (draft.content, Some(draft.file))
            }
            None => (input::standard_input()?, None),
        };
        if old.as_ref() == Some(&new) {
            match printer.form() {
                Form::Json => {
                    printer.json(&Unchanged { path: &path, sha256: Digest::of(&new), changed: false });
                }
                Form::Text => printer.note(format!("{path} stays as it is.")),
            }
            return Ok(ExitCode::Ok);
        }
        let expect = old.as_ref().map_or(Expect::Nothing, |old| Expect::Version(Digest::of(old)));
        match place.with(|memory| memory.save_edit(&path, &new, expect)) {
            Ok(change) => {
                said::changed(printer, "Edited", &change);
                Ok(ExitCode::Ok)
            }
            Err(fault) => Err(match kept.and_then(|file| file.keep().ok()) {
                Some(file) => fault.hint(format!("what you wrote is in {}", file.display())),
                None => fault,
            }),
        }
    }
}

fn substitute(
    printer: &Printer,
    place: &Place,
    path: &MemoryPath,
    find: &OsString,
    replacement: &OsString,
) -> Result<ExitCode, Fault> {
    if find.is_empty() {
        return Err(Fault::new(FaultCode::UsageValue, "--find is empty"));
    }
    let (find, replacement) = (find.as_bytes(), replacement.clone().into_vec());
    let done = place.with(|memory| memory.substitute(path, find, &replacement))?;
    match printer.form() {
        Form::Json => printer.json(&done),
        Form::Text => {
            said::changed(printer, &format!("Replaced {} in", count(done.places, "place")), &done.change);
        }
    }
    Ok(ExitCode::Ok)
}
