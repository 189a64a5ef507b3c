//! Claiming jobs and starting their drivers.

use std::{sync::Arc, time::Duration};

use clawlets_jobs::{LEASE, StoreError, WorkerId};
use clawlets_model::cause::chain;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::driver::drive;
use crate::daemon::Shared;

/// How many jobs are driven at once. Jobs that wait for room are not among them.
const DRIVERS: usize = 1024;
/// How long the queue is left alone at most when nobody says that there is something in it: a clock that is set forward
/// brings times closer, and nobody says so.
const LONGEST: Duration = Duration::from_secs(60);
/// The store's resolution of time.
const MILLISECOND: Duration = Duration::from_millis(1);
/// The pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(5);

/// Claims whatever is due and starts a driver for it, until the daemon stops. The drivers run in `drivers`.
pub(crate) async fn dispatch(
    shared: Arc<Shared>,
    worker: WorkerId,
    drivers: TaskTracker,
    stop: CancellationToken,
) {
    let seats = Arc::new(Semaphore::new(DRIVERS));
    loop {
        let pause = match claim_all(&shared, &worker, &drivers, &seats, &stop).await {
            Ok(()) => until_next(&shared).await,
            Err(error) => Err(error),
        };
        let pause = pause.unwrap_or_else(|error| {
            tracing::error!(error = %chain(&error), "failed to claim a job");
            STORE_PAUSE
        });
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.signals.dispatched() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// How long there is nothing to claim, as far as is known now.
async fn until_next(shared: &Shared) -> Result<Duration, StoreError> {
    let now = shared.now();
    let next = shared.store.next_claim(now).await?;
    // Times are kept in whole milliseconds.
    let pause =
        next.map(|next| Duration::try_from(next.duration_since(now)).unwrap_or_default() + MILLISECOND);
    Ok(pause.unwrap_or(LONGEST).min(LONGEST))
}

async fn claim_all(
    shared: &Arc<Shared>,
    worker: &WorkerId,
    drivers: &TaskTracker,
    seats: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        // Whoever gives a seat back says so.
        let Ok(seat) = Arc::clone(seats).try_acquire_owned() else { return Ok(()) };
        let room = shared.fleet.room(&shared.caps);
        let Some(job) = shared.store.claim(worker.clone(), LEASE, room, shared.now()).await? else {
            return Ok(());
        };
        let (driver, done) = (drive(Arc::clone(shared), job, stop.clone()), Arc::clone(shared));
        drivers.spawn(async move {
            driver.await;
            drop(seat);
            done.signals.dispatch();
        });
    }
    Ok(())
}
