//! What a daemon finds when it starts: guests that outlived the one before, and actions that it left unfinished.

use std::sync::Arc;

use super::{action::ActionCommand, core::Cloud, failure::Failure, operation::Fate, server::Server};
use crate::{
    cloud::operation::Step,
    error::Error,
    state_dir::NOBODY,
    vm::{GuestDir, GuestSpec},
};

impl Cloud {
    /// Takes over every guest that lives, settles every server, and resumes what was under way.
    ///
    /// A guest that the state does not know is taken over from its own directory. If that does not tell who it is, it
    /// is ended: a guest that nobody can see could never be deleted.
    pub(crate) fn recover(self: &Arc<Self>) -> Result<(), Error> {
        for dir in self.state.guests()? {
            self.end_half_claimed(&dir)?;
            let known = self.project().servers.get(dir.server_id()).is_some();
            if !known {
                self.take_over(&dir)?;
            }
        }
        let unfinished = self.settle_all();
        for (server, action, command) in unfinished {
            self.resume(server, action, command);
        }
        self.expect_guests();
        let ids: Vec<u64> = self.project().servers.iter().map(|server| server.id).collect();
        for id in ids.into_iter().filter(|id| self.has_guest(*id)) {
            self.watch_guest(id);
        }
        Ok(())
    }

    /// Ends a guest out of the pool whose directory became a server's before it was claimed: it is nobody. Its server gets
    /// another guest, since the action that was to start it is still under way.
    fn end_half_claimed(&self, dir: &GuestDir) -> Result<(), Error> {
        if !dir.is_alive()? {
            return Ok(());
        }
        let is_nobody = GuestSpec::read(&dir.spec()).is_ok_and(|spec| spec.server_id == NOBODY);
        if is_nobody {
            tracing::warn!(server = dir.server_id(), "ending a guest that was not claimed");
            dir.end()?;
            dir.remove()?;
        }
        Ok(())
    }

    fn take_over(&self, dir: &GuestDir) -> Result<(), Error> {
        let server = dir.server_id();
        let record = if dir.is_alive()? { GuestSpec::read(&dir.spec()).ok() } else { None };
        let record = record.and_then(|spec| serde_json::from_value::<Server>(spec.record).ok());
        let Some(record) = record.filter(|record| record.id == server) else {
            tracing::warn!(server, "removing a guest that no server owns");
            dir.end()?;
            return Ok(dir.remove()?);
        };
        tracing::warn!(server, name = record.name, "taking over a guest that the state does not know");
        let mut project = self.project();
        let path = self.state.store();
        project.store.reserve_ids(server).map_err(|source| Error::Store { path: path.clone(), source })?;
        let hidden = Server { hidden: false, ..record };
        project.put(hidden).map_err(|failure| written(&path, &failure))
    }

    /// Settles servers without an action, and returns the actions that were under way with their servers.
    fn settle_all(&self) -> Vec<(u64, u64, ActionCommand)> {
        let mut project = self.project();
        let ids: Vec<u64> = project.servers.iter().map(|server| server.id).collect();
        for id in ids {
            if !project.is_locked(id)
                && let Err(error) = self.settle(&mut project, id)
            {
                tracing::error!(server = id, %error, "failed to record the status of a server");
            }
        }
        project
            .actions
            .iter()
            .filter(|action| action.is_running())
            .map(|action| {
                (action.resources.first().map_or(0, |resource| resource.id), action.id, action.command)
            })
            .collect()
    }

    /// Carries an action to the end that it would have had. Every work may be repeated.
    fn resume(self: &Arc<Self>, server: u64, action: u64, command: ActionCommand) {
        tracing::info!(server, action, command = command.as_str(), "resuming an action");
        let work = match command {
            // Starting over may have got as far as the end of the guest before.
            ActionCommand::StartServer | ActionCommand::RebootServer | ActionCommand::ResetServer => {
                self.launch(server)
            }
            ActionCommand::RebuildServer => self.relaunch(server),
            ActionCommand::StopServer => self.end_guest(server),
            ActionCommand::DeleteServer => self.removal(server),
            ActionCommand::CreateServer
            | ActionCommand::ShutdownServer
            | ActionCommand::CreateImage
            | ActionCommand::EnableRescue
            | ActionCommand::DisableRescue
            | ActionCommand::ChangeProtection
            | ActionCommand::ApplyFirewall
            | ActionCommand::RemoveFirewall
            | ActionCommand::SetFirewallRules => Box::pin(async { Ok(()) }),
        };
        self.run(server, vec![Step { action, work }], Fate::default());
    }
}

fn written(path: &std::path::Path, failure: &Failure) -> Error {
    Error::Malformed { path: path.to_path_buf(), reason: failure.to_string() }
}
