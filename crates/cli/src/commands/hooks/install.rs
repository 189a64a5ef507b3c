//! `clawlets hooks install`.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use serde::Serialize;

use super::verdict::repository;
use crate::git::Git;

/// Where the hooks are, from the root of the repository.
const FOLDER: &str = ".githooks";
/// The hooks, by name.
const HOOKS: [(&str, &str); 2] = [
    ("pre-commit", include_str!("../../../../../template/.githooks/pre-commit")),
    ("pre-push", include_str!("../../../../../template/.githooks/pre-push")),
];

/// Switch the hooks of this repository on, and write those that are missing.
///
/// They are files of the repository, in .githooks; git is told to look there. Hooks that are there stay as they are.
#[derive(Debug, Args)]
pub(super) struct Install {
    /// Replace another folder of hooks that git was told to use.
    #[arg(long)]
    force: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    hooks_path: &'a str,
    written: Vec<&'a str>,
}

impl Install {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let repository = repository()?;
        let git = Git::at(repository.root());
        // Git exits with 1 when nothing is set.
        let set = git.run(&["config", "--get", "core.hooksPath"]).unwrap_or_default();
        let set = String::from_utf8_lossy(&set).trim().to_owned();
        if !set.is_empty() && set != FOLDER && !self.force {
            let message = format!("git looks for hooks in {set} already");
            return Err(Fault::new(FaultCode::HooksElsewhere, message).hint(
                "call 'clawlets hooks pre-commit' and 'clawlets hooks pre-push' from there, or give --force",
            ));
        }
        let mut written = Vec::new();
        for (name, content) in HOOKS {
            if write_new(&repository.root().join(FOLDER).join(name), content)? {
                written.push(name);
            }
        }
        git.run(&["config", "core.hooksPath", FOLDER])?;
        match printer.form() {
            Form::Json => printer.json(&Document { hooks_path: FOLDER, written }),
            Form::Text => {
                printer.note(format!("Git now runs the hooks in {FOLDER} before each commit and push."));
            }
        }
        Ok(ExitCode::Ok)
    }
}

/// Writes a program unless something is there; whether it was written.
fn write_new(path: &Path, content: &str) -> Result<bool, Fault> {
    let failed = |error: &std::io::Error| {
        Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(error)
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    match fs::File::options().write(true).create_new(true).mode(0o755).open(path) {
        Ok(mut file) => file.write_all(content.as_bytes()).map(|()| true).map_err(|error| failed(&error)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(&error)),
    }
}
