//! From a QEMU that was just started to a guest that runs, or waits to be claimed.

use std::{os::fd::AsFd, path::Path};

use super::{
    control::Controls,
    error::ShimError,
    guest::Started,
    metadata,
    qmp::{Monitor, MonitorCommand},
    relay::Relays,
    spare::Spare,
};
use crate::vm::{
    SPEC,
    spec::{Birth, GuestSpec},
    timeline::{Phase, Timeline},
};

/// Makes a guest run in the way that its specification says.
pub(super) async fn attend(
    spec: &GuestSpec,
    started: &mut Started,
    mut timeline: Timeline,
) -> Result<Controls, ShimError> {
    match spec.birth {
        Birth::Boot => {
            let relays = connect(spec).await?;
            timeline.note(Phase::Connected);
            let monitor = greeted(started, &mut timeline).await?;
            Ok(Controls { monitor, relays, spare: None })
        }
        Birth::Clone(_) => {
            // Done while QEMU comes up.
            let relays = connect(spec).await?;
            timeline.note(Phase::Connected);
            let mut monitor = restored(started, &mut timeline).await?;
            let mut port = started.claim.take().expect("a copy has a claim port");
            port.claim(spec).await.map_err(ShimError::monitor("claim the guest"))?;
            timeline.note(Phase::Claimed);
            resume(&mut monitor).await?;
            timeline.note(Phase::Resumed);
            tokio::spawn(port.ignore());
            Ok(Controls { monitor, relays, spare: None })
        }
        Birth::Fresh(_) => {
            let monitor = restored(started, &mut timeline).await?;
            let spare = Spare::fresh(started, timeline)?;
            Ok(Controls { monitor, relays: Relays::new(spec.server_id), spare: Some(spare) })
        }
        Birth::Spare(_) => {
            let mut monitor = restored(started, &mut timeline).await?;
            let spare = Spare::rehearsed(started, &mut monitor, timeline).await?;
            Ok(Controls { monitor, relays: Relays::new(spec.server_id), spare: Some(spare) })
        }
        Birth::Template(_) => Err(ShimError::NotAGuest),
    }
}

/// Makes a spare guest the server that `spec` describes.
pub(super) async fn claim(controls: &mut Controls, spec: &GuestSpec) -> Result<(), ShimError> {
    let Some(mut spare) = controls.spare.take() else { return Err(ShimError::NotAGuest) };
    spare.timeline.note(Phase::Asked);
    spare.outlive_the_daemon()?;
    // From here on the directory is the server's, whoever looks.
    spec.write(Path::new(SPEC))?;
    controls.relays = connect(spec).await?;
    spare.timeline.note(Phase::Connected);
    spare.claim(spec, &mut controls.monitor).await
}

/// Opens what the guest may reach.
async fn connect(spec: &GuestSpec) -> Result<Relays, ShimError> {
    let mut relays = Relays::new(spec.server_id);
    relays.set(&spec.relays).await?;
    metadata::start(spec).await?;
    Ok(relays)
}

/// The monitor of a QEMU that has come up.
pub(super) async fn greeted(started: &mut Started, timeline: &mut Timeline) -> Result<Monitor, ShimError> {
    let stream = started.monitor.take().expect("nobody has taken the monitor before");
    let monitor = Monitor::open(stream).await.map_err(ShimError::monitor("start the machine"))?;
    timeline.note(Phase::Greeted);
    Ok(monitor)
}

/// The same, with the machine as its template was.
async fn restored(started: &mut Started, timeline: &mut Timeline) -> Result<Monitor, ShimError> {
    let mut monitor = greeted(started, timeline).await?;
    let snapshot = started.snapshot.take().expect("a copy has a snapshot");
    monitor.restore(snapshot.state().as_fd()).await.map_err(ShimError::monitor("restore the machine"))?;
    timeline.note(Phase::Restored);
    Ok(monitor)
}

/// Lets the guest's processor run.
pub(super) async fn resume(monitor: &mut Monitor) -> Result<(), ShimError> {
    monitor.execute(MonitorCommand::Continue).await.map_err(ShimError::monitor("resume the guest"))
}
