//! Forgetting: jobs, logs and files are kept as long as they are configured to be, and no longer.

use std::{collections::HashSet, sync::Arc, time::Duration};

use clawlets_jobs::StoreError;
use clawlets_model::{JobId, cause::chain};
use jiff::Timestamp;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::{daemon::Shared, job_files::FileError};

/// The time between two cleanings.
const INTERVAL: Duration = Duration::from_secs(60 * 60);
/// The pause before the first one, so that the start is not slowed down.
const FIRST: Duration = Duration::from_secs(30);
/// How old files without a job must be, by the time in the job's id: a snapshot is written before its job is accepted.
const ORPHAN: Duration = Duration::from_secs(60 * 60);

/// Why a cleaning ended early.
#[derive(Debug, Error)]
enum CleanError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("deleting files was interrupted")]
    Interrupted,
}

/// Cleans now and then until the daemon stops.
pub(crate) async fn run(shared: &Arc<Shared>, stop: &CancellationToken) {
    let mut pause = FIRST;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = INTERVAL;
        let cleaned = tokio::select! {
            () = stop.cancelled() => return,
            cleaned = clean(shared) => cleaned,
        };
        if let Err(error) = cleaned {
            tracing::error!(error = chain(&error), "failed to forget what is too old");
        }
    }
}

async fn clean(shared: &Arc<Shared>) -> Result<(), CleanError> {
    let retention = shared.config.retention;
    loop {
        let forgotten = shared.store.prune(retention.jobs, shared.now()).await?;
        if forgotten.is_empty() {
            break;
        }
        tracing::info!(jobs = forgotten.len(), "forgot jobs");
        let files = shared.files.clone();
        blocking(move || forgotten.iter().try_for_each(|job| files.remove(*job))).await?;
    }
    let files = shared.files.clone();
    let with_files: HashSet<JobId> = blocking(move || files.jobs()).await?.into_iter().collect();
    let youngest_orphan = id_at(shared.now() - ORPHAN);
    let oldest_log = shared.now() - retention.logs;
    for job in with_files {
        let files = shared.files.clone();
        match shared.store.get(job).await? {
            None if job < youngest_orphan => blocking(move || files.remove(job)).await?,
            Some(found) if found.ended_at.is_some_and(|at| at < oldest_log) => {
                blocking(move || files.logs.remove(job)).await?;
            }
            None | Some(_) => {}
        }
    }
    Ok(())
}

/// The least id of a job that was enqueued at this time: ids sort by time.
fn id_at(time: Timestamp) -> JobId {
    JobId::from_parts(u64::try_from(time.as_millisecond()).unwrap_or(0), 0)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, CleanError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(|_| CleanError::Interrupted)??)
}
