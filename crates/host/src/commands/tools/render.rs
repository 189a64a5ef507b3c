//! `clawlets-host tools render`.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count, plain};
use clawlets_seed::{
    tools::document,
    workspace::{Action, Mode, show_tools},
};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::{commands::seed::read_tools, fault::of_workspace, program::ConfigFlag};

/// Show the list of tools as Markdown, and under '## Tools' in the documents of workspaces.
///
/// The list has a line for each tool: name, package and what it is for, separated by tabs. A list that a document shows
/// already is replaced, so doing it again changes nothing.
#[derive(Debug, Args)]
pub(crate) struct Render {
    /// The list.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    list: Option<PathBuf>,
    /// Where it is shown; '-' is standard output.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// A workspace whose AGENTS.md and TOOLS.md show it; may be repeated.
    #[arg(long = "workspace", value_name = "DIR", value_hint = ValueHint::DirPath)]
    workspaces: Vec<PathBuf>,
    /// Say what would be written.
    #[arg(long)]
    dry_run: bool,
}

/// What `--json` prints of each file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    path: PathBuf,
    changed: bool,
}

impl Render {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let settings = config.load_if_there()?.map(|config| config.tools).unwrap_or_default();
        let Some(tools) = read_tools(self.list.as_deref(), &settings.list)? else {
            printer.note(format!("There is no {}: no tool is shown.", settings.list.display()));
            return Ok(ExitCode::Ok);
        };
        let out = self.out.as_ref().unwrap_or(&settings.rendered);
        let text = document(&tools);
        let mut shown = Vec::new();
        if out == Path::new("-") {
            if printer.form() == Form::Text {
                printer.raw(text.as_bytes());
            }
        } else {
            let changed = fs::read(out).ok().as_deref() != Some(text.as_bytes());
            if changed && !self.dry_run {
                replace(out, text.as_bytes()).map_err(|error| {
                    Fault::new(FaultCode::Io, format!("failed to write {}", out.display())).because(&error)
                })?;
            }
            shown.push(Shown { path: out.clone(), changed });
        }
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Apply };
        for workspace in &self.workspaces {
            for change in show_tools(workspace, &tools, mode).map_err(|error| of_workspace(&error))? {
                let changed = change.action != Action::Unchanged;
                shown.push(Shown { path: workspace.join(change.path), changed });
            }
        }
        match printer.form() {
            Form::Json => printer.json(&shown),
            Form::Text => {
                let verb = if self.dry_run { "would show" } else { "shows" };
                for file in shown.iter().filter(|file| file.changed) {
                    printer.note(plain(&format!(
                        "{} {verb} {}.",
                        file.path.display(),
                        count(tools.len(), "tool")
                    )));
                }
            }
        }
        Ok(ExitCode::Ok)
    }
}

/// Replaces a file that everybody may read, in one step.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::with_prefix_in(".new-", folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
