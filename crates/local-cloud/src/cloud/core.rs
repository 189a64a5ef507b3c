//! The running cloud: the project under its lock, and the machinery behind actions.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::sleep;

use super::{
    clock::Clock,
    failure::Failure,
    project::Project,
    server::{Server, ServerStatus},
};
use crate::{
    config::{GuestLimits, Limits},
    state_dir::StateDir,
    vm::{self, Accelerator, GuestDir, GuestSpec, Launcher, Mark, Origin, PoolView},
};

/// How often a guest that cannot be watched is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A project whose servers are guests on this machine.
pub(crate) struct Cloud {
    pub(super) state: StateDir,
    pub(super) limits: Limits,
    pub(super) guest: GuestLimits,
    pub(super) accelerator: Accelerator,
    /// The control group in which guests get theirs.
    pub(super) group: Option<PathBuf>,
    pub(super) launcher: Box<dyn Launcher>,
    pub(crate) clock: Clock,
    project: Mutex<Project>,
    /// Servers whose guests have a task that waits for their end.
    watched: Mutex<HashSet<u64>>,
}

/// What a cloud is made of.
pub(crate) struct Parts {
    pub(crate) state: StateDir,
    pub(crate) limits: Limits,
    pub(crate) guest: GuestLimits,
    pub(crate) accelerator: Accelerator,
    pub(crate) group: Option<PathBuf>,
    pub(crate) launcher: Box<dyn Launcher>,
    pub(crate) project: Project,
}

impl Cloud {
    /// A cloud over a loaded project. Nothing is recovered yet.
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        let Parts { state, limits, guest, accelerator, group, launcher, project } = parts;
        let clock = Clock::default();
        let (project, watched) = (Mutex::new(project), Mutex::default());
        Arc::new(Self { state, limits, guest, accelerator, group, launcher, clock, project, watched })
    }

    /// The project. Hold it for a short, synchronous step only.
    pub(crate) fn project(&self) -> MutexGuard<'_, Project> {
        // Steps write the store first, so the project is whole even after a panic in one of them.
        self.project.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watched(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn guest_dir(&self, server: u64) -> GuestDir {
        self.state.guest(server)
    }

    /// Where what the server's guest writes to its serial port is kept.
    pub(crate) fn console_log(&self, server: u64) -> PathBuf {
        self.guest_dir(server).console_log()
    }

    /// How the server's guest came to be; none when it has none, or that cannot be read.
    pub(crate) fn origin(&self, server: u64) -> Option<Origin> {
        let dir = self.guest_dir(server);
        let is_alive = dir.is_alive().unwrap_or_default();
        is_alive.then(|| GuestSpec::read(&dir.spec()).ok().map(|spec| spec.birth.origin())).flatten()
    }

    /// When the server's guest passed which phase of its birth, in order.
    pub(crate) fn timeline(&self, server: u64) -> Vec<Mark> {
        vm::timeline_in(self.guest_dir(server).path())
    }

    /// What is kept ready for servers to come.
    pub(crate) fn pool(&self) -> PoolView {
        self.launcher.pool()
    }

    /// Changes how many guests are kept ready.
    pub(crate) fn resize_pool(&self, size: usize) {
        self.launcher.resize(size);
    }

    /// Ends every guest that is nobody's; servers' guests run on.
    pub(crate) async fn close(&self) {
        self.launcher.close().await;
    }

    /// Whether a guest of the server exists. A lock that cannot be looked at counts as held, so that no guest is ever
    /// taken for dead by mistake.
    pub(super) fn has_guest(&self, server: u64) -> bool {
        self.guest_dir(server).is_alive().unwrap_or_else(|error| {
            tracing::error!(server, %error, "failed to look at a guest");
            true
        })
    }

    /// Sets the status of a server that no action changes to what its guest says, and makes it visible.
    pub(super) fn settle(&self, project: &mut Project, server: u64) -> Result<(), Failure> {
        let Some(known) = project.servers.get(server) else { return Ok(()) };
        let status = if self.has_guest(server) { ServerStatus::Running } else { ServerStatus::Off };
        if known.status == status && !known.hidden {
            return Ok(());
        }
        project.put(Server { status, hidden: false, ..known.clone() })
    }

    /// Notices when the guest of a server ends by itself, and settles the server then. At once if it has none.
    pub(super) fn watch_guest(self: &Arc<Self>, server: u64) {
        if !self.watched().insert(server) {
            return;
        }
        let cloud = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                vm::watch(&cloud.guest_dir(server)).await;
                // The shim's connection closes a moment before the last of its processes is gone.
                if !cloud.has_guest(server) {
                    break;
                }
                sleep(LOOK).await;
            }
            cloud.watched().remove(&server);
            let mut project = cloud.project();
            // While an action is under way, it settles the server itself when it ends.
            if !project.is_locked(server)
                && let Err(error) = cloud.settle(&mut project, server)
            {
                tracing::error!(server, %error, "failed to record that a guest has ended");
            }
        });
    }
}
