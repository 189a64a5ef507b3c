//! `clawlets config validate`.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_fleet::{Fleet, Problem, SchemaVersion, Severity, Strictness};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count, plain};
use serde::Serialize;

use crate::fleet_file::{LARGEST, ProjectFlag, read_bytes, too_large};

/// Check the configuration, and list everything that is wrong with it.
///
/// Each problem is printed with its line, its column and its path. The exit code is 6 when there is an error. A file of an
/// earlier version is checked as what it becomes.
#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    project: ProjectFlag,
    /// Another file than the project's; '-' is standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "dir")]
    file: Option<PathBuf>,
    /// Count warnings that usually mean a mistake as errors, such as a token that stands in the file.
    #[arg(long)]
    strict: bool,
    /// Take a part of a configuration, such as `schemaVersion` and `cattle` alone.
    #[arg(long)]
    fragment: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    ok: bool,
    file: &'a Path,
    /// The version that the file is of; none when it could not be read.
    schema_version: Option<SchemaVersion>,
    errors: Vec<&'a Problem>,
    warnings: Vec<&'a Problem>,
}

impl Validate {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let (path, bytes) = match self.file {
            Some(file) => {
                let bytes = read(&file)?;
                (file, bytes)
            }
            None => {
                let path = self.project.find(printer)?.config().to_owned();
                let (bytes, _) = read_bytes(&path)?;
                (path, bytes)
            }
        };
        let read = if self.fragment { Fleet::read_fragment_bytes(&bytes) } else { Fleet::read_bytes(&bytes) };
        let (schema_version, problems) = match read {
            Ok(loaded) => (Some(loaded.from_version), loaded.warnings),
            Err(invalid) => (None, invalid.problems),
        };
        let strictness = if self.strict { Strictness::Strict } else { Strictness::Lenient };
        let problems: Vec<_> = problems.into_iter().map(|problem| problem.weighed(strictness)).collect();
        let (errors, warnings): (Vec<_>, Vec<_>) =
            problems.iter().partition(|problem| problem.severity == Severity::Error);
        let ok = errors.is_empty();
        match printer.form() {
            Form::Json => printer.json(&Document { ok, file: &path, schema_version, errors, warnings }),
            Form::Text => {
                problems.iter().for_each(|problem| printer.data(line(&path, problem)));
                printer.note(summary(&path, errors.len(), warnings.len()));
            }
        }
        Ok(if ok { ExitCode::Ok } else { FaultCode::FleetInvalid.exit() })
    }
}

/// Reads a file of any kind, such as what a shell substitutes for a command, up to the size that a configuration may have.
fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let is_stdin = path.as_os_str() == "-";
    let source: io::Result<Box<dyn Read>> = if is_stdin {
        Ok(Box::new(io::stdin().lock()))
    } else {
        File::open(path).map(|file| Box::new(file) as _)
    };
    let mut bytes = Vec::new();
    source.and_then(|source| source.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(&error)
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large(path));
    }
    Ok(bytes)
}

/// A problem as compilers print one, so that editors can jump to it.
fn line(path: &Path, problem: &Problem) -> String {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = format!("{}:{}:{}", path.display(), problem.line, problem.column);
    plain(&format!("{place}: {severity}: {problem} [{}]", problem.code.as_str()))
}

fn summary(path: &Path, errors: usize, warnings: usize) -> String {
    let path = path.display();
    match (errors, warnings) {
        (0, 0) => format!("{path} is valid."),
        (0, warnings) => format!("{path} is valid, with {}.", count(warnings, "warning")),
        (errors, 0) => format!("{path} has {}.", count(errors, "error")),
        (errors, warnings) => {
            format!("{path} has {} and {}.", count(errors, "error"), count(warnings, "warning"))
        }
    }
}
