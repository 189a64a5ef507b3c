//! Jobs and artifacts as tables.

use clawlets_model::socket::{ArtifactView, JobView};
use clawlets_printer::{Table, ago};
use jiff::Timestamp;

/// Jobs, one a line, as of `now`.
#[must_use]
pub fn job_table(jobs: &[JobView], now: Timestamp) -> Table {
    let mut table =
        Table::new(["JOB", "KIND", "STATUS", "PHASE", "REASON", "PERSONA", "TASK", "REQUESTER", "CREATED"]);
    for job in jobs {
        table.row([
            job.job_id.to_string(),
            job.kind.to_string(),
            job.status.to_string(),
            phase(job),
            job.reason.map_or_else(dash, |reason| reason.to_string()),
            job.persona.as_ref().map_or_else(dash, ToString::to_string),
            job.task_id.clone().unwrap_or_else(dash),
            job.requester.to_string(),
            ago(job.created_at.as_second(), now.as_second()),
        ]);
    }
    table
}

/// How one job ended, as a line with its headings.
pub(crate) fn outcome_table(job: &JobView, artifacts: usize) -> Table {
    let mut table = Table::new(["JOB", "STATUS", "REASON", "EXIT", "TOOK", "VM", "ARTIFACTS"]);
    let took = job.started_at.zip(job.ended_at).map(|(from, to)| to.as_second() - from.as_second());
    table.row([
        job.job_id.to_string(),
        job.status.to_string(),
        job.reason.map_or_else(dash, |reason| reason.to_string()),
        job.exit_code.map_or_else(dash, |code| code.to_string()),
        took.map_or_else(dash, clawlets_printer::seconds),
        job.vm.to_string(),
        artifacts.to_string(),
    ]);
    table
}

/// Artifacts, one a line.
pub(crate) fn artifact_table(artifacts: &[ArtifactView]) -> Table {
    let mut table = Table::new(["ARTIFACT", "BYTES", "SHA-256"]);
    for artifact in artifacts {
        table.row([artifact.name.to_string(), artifact.size.to_string(), artifact.sha256.clone()]);
    }
    table
}

fn phase(job: &JobView) -> String {
    match job.position {
        Some(position) => format!("{} ({position})", job.phase),
        None => job.phase.to_string(),
    }
}

fn dash() -> String {
    "-".to_owned()
}
