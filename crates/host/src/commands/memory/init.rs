//! `clawlets-host memory init`.

use std::{fs, path::PathBuf};

use clap::{Args, ValueHint};
use clawlets_memory::{Beginning, SeedStep};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_verbs::memory::{Patience, Place};
use serde::Serialize;

/// Bring the shared memory into its form: folders, rights, and the files that a fresh one holds.
///
/// What stands in /etc/clawlets/memory.toml counts. Nothing that anybody wrote is touched, and doing it again does nothing.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder of what a fresh memory holds [default: the policy's 'seed'].
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    seed: Option<PathBuf>,
    /// The group that shares the memory [default: the policy's 'group'].
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    #[command(flatten)]
    patience: Patience,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    root: &'a std::path::Path,
    steps: &'a [SeedStep],
}

impl Init {
    pub(crate) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = Place::find(self.patience)?;
        let policy = place.policy();
        if !policy.mounted {
            // Only its last part: a path that is mistyped earlier is a fault.
            make(&place)?;
        }
        let beginning = Beginning {
            seed: self.seed.unwrap_or_else(|| policy.seed.clone()),
            group: self.group.unwrap_or_else(|| policy.group.clone()),
        };
        let steps = place.with(|memory| memory.begin(&beginning))?;
        match printer.form() {
            Form::Json => printer.json(&Document { root: place.root(), steps: &steps }),
            Form::Text => tell(printer, &place, &steps),
        }
        let mut is_sound = true;
        for step in &steps {
            if let SeedStep::Foreign { path, writer } = step {
                printer.warn(format!(
                    "{path} is protected, and {writer} could write it: look at it, and write it again with 'clf memory write {path}'"
                ));
                is_sound = false;
            }
        }
        Ok(if is_sound { ExitCode::Ok } else { FaultCode::MemoryForeign.exit() })
    }
}

fn make(place: &Place) -> Result<(), Fault> {
    match fs::create_dir(place.root()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            Err(Fault::new(FaultCode::Io, format!("failed to make the folder {}", place.root().display()))
                .because(&error))
        }
    }
}

fn tell(printer: &Printer, place: &Place, steps: &[SeedStep]) {
    let mut kept = 0;
    let mut changed = 0;
    for step in steps {
        match step {
            SeedStep::Wrote(path) => printer.note(format!("Wrote {path}.")),
            SeedStep::Mended(what) => printer.note(format!("Set the rights of {what}.")),
            SeedStep::Skipped(what) => {
                printer.warn(format!("{what} is none of the memory's files; name it otherwise"));
            }
            SeedStep::Kept(_) => kept += 1,
            SeedStep::Foreign { .. } => {}
        }
        changed += usize::from(matches!(step, SeedStep::Wrote(_) | SeedStep::Mended(_)));
    }
    let root = place.root().display();
    printer.note(format!("The memory at {root} is ready: {} changed, {kept} kept.", count(changed, "thing")));
}
