//! The switches of a server.

use std::sync::Arc;

use super::work::{Fate, Started, Step, Work};
use crate::{
    cloud::{ActionCommand, ActionError, Cloud, Failure, Server, ServerStatus},
    vm::{self, GuestError, Origin, Request},
};

/// What can be done to a server's power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PowerSwitch {
    /// Start the guest; nothing to do if it runs.
    On,
    /// End the guest without asking it.
    Off,
    /// Ask the guest to end; it may refuse, and the server then stays on.
    Shutdown,
    /// Start the guest over.
    Reboot,
    /// Start the guest over without asking it.
    Reset,
}

impl Cloud {
    /// Presses a switch.
    pub(crate) fn switch(
        self: &Arc<Self>,
        id: u64,
        switch: PowerSwitch,
        fate: Fate,
    ) -> Result<Started, Failure> {
        let mut project = self.project();
        let server = project.unlocked_server(id)?;
        let server = Server { status: switch.meanwhile(), ..server.clone() };
        let started = self.begin(&mut project, server, switch.command())?;
        drop(project);
        let work = match switch {
            PowerSwitch::On => self.launch(id),
            PowerSwitch::Off => self.end_guest(id),
            PowerSwitch::Shutdown => self.ask_guest(id, Request::PowerDown),
            // Guests have no disk to unmount, so a polite restart and a rude one are the same.
            PowerSwitch::Reboot | PowerSwitch::Reset => self.start_over(id),
        };
        self.run(id, vec![Step { action: started.action.id, work }], fate);
        Ok(started)
    }

    /// A guest that was booted is reset. A copy has no kernel to boot again, so it makes room for another guest.
    fn start_over(self: &Arc<Self>, id: u64) -> Work {
        let cloud = Arc::clone(self);
        Box::pin(async move {
            match cloud.has_guest(id).then(|| cloud.origin(id)) {
                None => Err(ActionError::failed("server is not running")),
                Some(Some(Origin::Clone | Origin::Pool)) => cloud.relaunch(id).await,
                Some(Some(Origin::Cold) | None) => cloud.ask_guest(id, Request::Reset).await,
            }
        })
    }

    fn ask_guest(self: &Arc<Self>, id: u64, request: Request) -> Work {
        let cloud = Arc::clone(self);
        Box::pin(async move {
            if !cloud.has_guest(id) {
                return Err(ActionError::failed("server is not running"));
            }
            match vm::ask(&cloud.guest_dir(id), &request).await {
                // What was asked for has come about, by whatever hand.
                Err(GuestError::Ended { .. }) if request == Request::PowerDown => Ok(()),
                answer => Ok(answer?),
            }
        })
    }
}

impl PowerSwitch {
    fn command(self) -> ActionCommand {
        match self {
            Self::On => ActionCommand::StartServer,
            Self::Off => ActionCommand::StopServer,
            Self::Shutdown => ActionCommand::ShutdownServer,
            Self::Reboot => ActionCommand::RebootServer,
            Self::Reset => ActionCommand::ResetServer,
        }
    }

    /// The status while the switch is being pressed.
    fn meanwhile(self) -> ServerStatus {
        match self {
            Self::On | Self::Reboot | Self::Reset => ServerStatus::Starting,
            Self::Off | Self::Shutdown => ServerStatus::Stopping,
        }
    }
}
