//! `clawlets config migrate`.

use std::path::Path;

use clap::Args;
use clawlets_fleet::SchemaVersion;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, plain};
use serde::Serialize;

use crate::fleet_file::{Migration, ProjectFlag, plain_lines};

/// Bring a project of an earlier release to this one.
///
/// The configuration is rewritten with its keys in the order that they have, and files with names of the earlier tool are
/// moved. Every step leaves a project that works, so an interrupted migration is simply run again.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    project: ProjectFlag,
    /// Only show what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    path: &'a Path,
    from_version: SchemaVersion,
    to_version: SchemaVersion,
    changed: bool,
    dry_run: bool,
    steps: &'a [String],
    moved: Vec<Moved<'a>>,
    left: &'a [String],
    diff: String,
}

#[derive(Serialize)]
struct Moved<'a> {
    from: &'a Path,
    to: &'a Path,
}

impl Migrate {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let project = self.project.find_quietly()?;
        let migration = Migration::plan(&project)?;
        if !self.dry_run {
            migration.carry_out().await?;
        }
        match printer.form() {
            Form::Json => printer.json(&Document {
                path: migration.path(),
                from_version: migration.read_as(),
                to_version: SchemaVersion::CURRENT,
                changed: migration.changes(),
                dry_run: self.dry_run,
                steps: migration.steps(),
                moved: migration.moves().map(|(from, to)| Moved { from, to }).collect(),
                left: migration.left(),
                diff: migration.diff(),
            }),
            Form::Text => self.report(printer, &migration),
        }
        Ok(ExitCode::Ok)
    }

    fn report(&self, printer: &Printer, migration: &Migration) {
        for (from, to) in migration.moves() {
            printer.note(plain(&format!("  {} is moved to {}", from.display(), to.display())));
        }
        for step in migration.steps() {
            printer.note(plain(&format!("  {step}")));
        }
        for left in migration.left() {
            printer.warn(plain(left));
        }
        match (migration.changes(), self.dry_run) {
            (false, true | false) => printer.note("It is so already; nothing was changed."),
            (true, true) => {
                printer.raw(plain_lines(&migration.diff()).as_bytes());
                printer.note("Nothing was written.");
            }
            (true, false) => {
                printer.note(format!(
                    "{} is of version {}.",
                    migration.path().display(),
                    SchemaVersion::CURRENT
                ));
            }
        }
    }
}
