//! A guest that is nobody yet: restored, perhaps rehearsed, paused, and claimed at last.

use std::{fs, time::Duration};

use clawlets_model::rehearsal;
use rustix::process::{Pid, Signal, getppid, kill_process, set_parent_process_death_signal};

use super::{
    birth::resume,
    claim_port::ClaimPort,
    error::ShimError,
    guest::Started,
    qmp::{Monitor, MonitorCommand},
    rehearsal::Responder,
};
use crate::vm::{
    spec::GuestSpec,
    timeline::{Phase, Timeline},
};

/// How often a guest plays a life before it is parked. Each time the emulator has less new code to translate when the
/// guest is claimed; a fourth gains little more.
const REHEARSALS: usize = 3;
/// The guest gives up a rehearsal by itself after [`rehearsal::SECONDS`].
const DEADLINE: Duration = Duration::from_secs(rehearsal::SECONDS);
/// Where a guest finds its relays.
const RELAY_ADDRESS: &str = "10.0.2.2";

/// A paused guest.
#[derive(Debug)]
pub(super) struct Spare {
    port: ClaimPort,
    /// The emulator itself, which may be a descendant of the program that was started.
    emulator: Pid,
    /// With whom this process ends as long as its guest is nobody's.
    daemon: Option<Pid>,
    pub(super) timeline: Timeline,
}

impl Spare {
    /// Keeps a restored guest as it is, before it ever runs.
    pub(super) fn fresh(started: &mut Started, timeline: Timeline) -> Result<Self, ShimError> {
        Self::park(started.claim.take().expect("a copy has a claim port"), started, timeline)
    }

    /// Rehearses a restored guest, and pauses it.
    pub(super) async fn rehearsed(
        started: &mut Started,
        monitor: &mut Monitor,
        mut timeline: Timeline,
    ) -> Result<Self, ShimError> {
        let mut port = started.claim.take().expect("a copy has a claim port");
        let user_data = rehearsal::user_data(RELAY_ADDRESS).map_err(ShimError::Rehearsal)?;
        let responder = Responder::start().await?;
        for turn in 0..REHEARSALS {
            port.rehearse(&user_data).await.map_err(ShimError::monitor("rehearse with the guest"))?;
            if turn == 0 {
                resume(monitor).await?;
            }
            port.parked(DEADLINE).await.map_err(ShimError::monitor("rehearse with the guest"))?;
            timeline.note(Phase::Rehearsed);
        }
        responder.stop().await;
        monitor.execute(MonitorCommand::Stop).await.map_err(ShimError::monitor("pause the guest"))?;
        Self::park(port, started, timeline)
    }

    /// Makes a paused guest use no processor at all.
    fn park(port: ClaimPort, started: &Started, mut timeline: Timeline) -> Result<Self, ShimError> {
        let emulator = started.qemu.id().and_then(emulator).ok_or(ShimError::Terminated)?;
        // A paused QEMU still looks around twice a second; a stopped process does nothing.
        signal(emulator, Signal::STOP)?;
        timeline.note(Phase::Parked);
        Ok(Self { port, emulator, daemon: getppid(), timeline })
    }

    /// Makes this process outlive the daemon, as that of a server's guest does. Refused when the daemon has ended: then the
    /// signal that ends this process as well is on its way.
    pub(super) fn outlive_the_daemon(&self) -> Result<(), ShimError> {
        set_parent_process_death_signal(None)
            .map_err(|errno| ShimError::process("outlive the daemon")(errno.into()))?;
        // The kernel sends the signal and gives the process another parent in one step.
        if getppid() == self.daemon { Ok(()) } else { Err(ShimError::Terminated) }
    }

    /// Gives the guest its identity and lets it run. What it may reach is there already.
    pub(super) async fn claim(mut self, spec: &GuestSpec, monitor: &mut Monitor) -> Result<(), ShimError> {
        signal(self.emulator, Signal::CONT)?;
        self.port.claim(spec).await.map_err(ShimError::monitor("claim the guest"))?;
        self.timeline.note(Phase::Claimed);
        resume(monitor).await?;
        self.timeline.note(Phase::Resumed);
        tokio::spawn(self.port.ignore());
        Ok(())
    }
}

fn signal(emulator: Pid, signal: Signal) -> Result<(), ShimError> {
    kill_process(emulator, signal)
        .map_err(|errno| ShimError::process("pause or resume the emulator")(errno.into()))
}

/// The process at the end of a chain of only children: whatever contains the emulator starts it and nothing else.
fn emulator(child: u32) -> Option<Pid> {
    let mut last = child;
    loop {
        let children = fs::read_to_string(format!("/proc/{last}/task/{last}/children")).unwrap_or_default();
        let mut children = children.split_whitespace();
        match (children.next().and_then(|pid| pid.parse().ok()), children.next()) {
            (Some(only), None) => last = only,
            (None, _) | (Some(_), Some(_)) => return i32::try_from(last).ok().and_then(Pid::from_raw),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn the_emulator_is_the_last_of_a_chain_of_processes() {
        // The inner shell says that it runs, and waits until it is told to end.
        let inner = "echo runs; read line";
        let mut outer = Command::new("sh")
            .args(["-c", &format!("sh -c '{inner}; true'; true")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = [0; 5];
        std::io::Read::read_exact(outer.stdout.as_mut().unwrap(), &mut said).unwrap();
        let found = emulator(outer.id()).unwrap().as_raw_nonzero().get();
        assert_ne!(found.cast_unsigned(), outer.id());
        drop(outer.stdin.take());
        outer.wait().unwrap();
    }
}
