//! Claiming jobs and starting their drivers.

use std::{sync::Arc, time::Duration};

use clawlets_jobs::{LEASE, WorkerId};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::driver::drive;
use crate::{daemon::Shared, reaper::chain};

/// How many jobs are driven at once. Jobs that wait for room are not among them.
const DRIVERS: usize = 1024;
/// How often the queue is looked at when nobody says that there is something in it: for jobs whose time has come.
const TICK: Duration = Duration::from_secs(5);

/// Claims whatever is due and starts a driver for it, until the daemon stops. The drivers run in `drivers`.
pub(crate) async fn dispatch(
    shared: Arc<Shared>,
    worker: WorkerId,
    drivers: TaskTracker,
    stop: CancellationToken,
) {
    let seats = Arc::new(Semaphore::new(DRIVERS));
    loop {
        claim_all(&shared, &worker, &drivers, &seats, &stop).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.signals.dispatched() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

async fn claim_all(
    shared: &Arc<Shared>,
    worker: &WorkerId,
    drivers: &TaskTracker,
    seats: &Arc<Semaphore>,
    stop: &CancellationToken,
) {
    while !stop.is_cancelled() {
        let Ok(seat) = Arc::clone(seats).try_acquire_owned() else { return };
        let room = shared.fleet.room(&shared.caps);
        match shared.store.claim(worker.clone(), LEASE, room, shared.now()).await {
            Ok(Some(job)) => {
                let driver = drive(Arc::clone(shared), job, stop.clone());
                drivers.spawn(async move {
                    driver.await;
                    drop(seat);
                });
            }
            Ok(None) => return,
            Err(error) => {
                tracing::error!(error = %chain(&error), "failed to claim a job");
                return;
            }
        }
    }
}
