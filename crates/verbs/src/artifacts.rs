//! The files that a job's task left, on a terminal and on disk.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_job_client::{Client, ClientError, Reference};
use clawlets_model::{ExitCode, limits::PROTOCOL_VERSION, socket::ArtifactView};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::{Target, fault::of_client, job_table::artifact_table};

/// List the files that a job's task left, or fetch them.
#[derive(Debug, Args)]
pub struct Artifacts {
    #[command(flatten)]
    target: Target,
    /// Write the files into this folder, which is made if it is missing; files of the same names are replaced.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

/// What `--json` prints of artifacts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    protocol_version: u32,
    artifacts: &'a [ArtifactView],
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<&'a Path>,
}

impl Artifacts {
    /// Lists or fetches.
    ///
    /// # Errors
    /// A fault when there is no such job, a file arrives damaged or cannot be written, or the orchestrator does not
    /// answer.
    pub async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let job = self.target.reference();
        let artifacts = client.artifacts(&job).await.map_err(|error| of_client(&error))?.artifacts;
        if let Some(folder) = &self.out {
            make_folder(folder)?;
            for artifact in &artifacts {
                fetch(client, &job, artifact, folder).await?;
            }
        }
        match (printer.form(), &self.out) {
            (Form::Json, out) => {
                let out = out.as_deref();
                printer.json(&Document { protocol_version: PROTOCOL_VERSION, artifacts: &artifacts, out });
            }
            (Form::Text, None) if artifacts.is_empty() => printer.note("The task left no artifacts."),
            (Form::Text, None) => printer.table(&artifact_table(&artifacts)),
            (Form::Text, Some(folder)) => {
                artifacts
                    .iter()
                    .for_each(|a| printer.data(folder.join(a.name.as_str()).display().to_string()));
            }
        }
        Ok(ExitCode::Ok)
    }
}

/// Writes one file beneath `folder`: whole and proved, or not at all.
async fn fetch(
    client: &Client,
    job: &Reference,
    artifact: &ArtifactView,
    folder: &Path,
) -> Result<(), Fault> {
    // Names have no `..` and no root, so this stays in the folder.
    let path = folder.join(artifact.name.as_str());
    let parent = path.parent().unwrap_or(folder);
    make_folder(parent)?;
    let unwritable = |error: io::Error| {
        Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(&error)
    };
    let file = temporary(parent).map_err(unwritable)?;
    let mut sink = tokio::fs::File::from_std(file.reopen().map_err(unwritable)?);
    client.artifact(job, artifact, &mut sink).await.map_err(|error| {
        if let ClientError::Write(source) = error { unwritable(source) } else { of_client(&error) }
    })?;
    file.persist(&path).map_err(|error| unwritable(error.error))?;
    Ok(())
}

/// A file to become the artifact, with the rights that other new files of this user get.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let as_the_umask_says = fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(".clawlets-").permissions(as_the_umask_says).tempfile_in(folder)
}

fn make_folder(folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to make the folder {}", folder.display())).because(&error)
    })
}
