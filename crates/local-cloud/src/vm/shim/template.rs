//! A guest that is booted only to be copied.

use std::{os::fd::AsFd, time::Duration};

use tokio::time::sleep;

use super::{birth::greeted, error::ShimError, guest::Started, qmp::MonitorCommand};
use crate::vm::timeline::{Phase, Timeline};

/// How long the guest may take until it waits for an identity. A guest program that does not know how would never.
const BOOT_DEADLINE: Duration = Duration::from_secs(90);
/// How long the guest is left alone then. The kernel corrects its clock once, almost two seconds after it started; a
/// copy of an earlier state would do it in the middle of its work.
const SETTLE: Duration = Duration::from_secs(2);

/// Waits until the guest is nobody in particular, saves it, and ends it.
pub(super) async fn save(started: &mut Started, timeline: &mut Timeline) -> Result<(), ShimError> {
    let mut monitor = greeted(started, timeline).await?;
    let port = started.claim.as_mut().expect("a template has a claim port");
    port.parked(BOOT_DEADLINE).await.map_err(ShimError::monitor("boot the template"))?;
    timeline.note(Phase::Parked);
    sleep(SETTLE).await;
    let failed = || ShimError::monitor("save the template");
    monitor.execute(MonitorCommand::Stop).await.map_err(failed())?;
    let snapshot = started.snapshot.as_ref().expect("a template has a snapshot");
    monitor.save(snapshot.state().as_fd()).await.map_err(failed())?;
    monitor.execute(MonitorCommand::Quit).await.map_err(failed())?;
    let status = started.qemu.wait().await.map_err(ShimError::process("wait for QEMU"))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed()(std::io::Error::other(format!("QEMU ended with {status}"))))
    }
}
