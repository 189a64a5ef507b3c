//! Changes of a server that take no time, but are actions all the same.

use std::sync::Arc;

use clawlets_model::label::Labels;

use super::work::{Fate, Started, Step};
use crate::cloud::{ActionCommand, Cloud, Failure, ProtectionChange, Server};

impl Cloud {
    /// Marks a server for the rescue system at its next start, or takes the mark away.
    ///
    /// There is no other system to boot on this cloud; the mark is what clients see.
    pub(crate) fn mark_for_rescue(
        self: &Arc<Self>,
        id: u64,
        command: ActionCommand,
        fate: Fate,
    ) -> Result<Started, Failure> {
        let rescue_enabled = command == ActionCommand::EnableRescue;
        self.change(id, command, fate, |server| Server { rescue_enabled, ..server })
    }

    /// Protects a server against deletion or rebuilding, or lifts that.
    pub(crate) fn protect_server(
        self: &Arc<Self>,
        id: u64,
        change: ProtectionChange,
        fate: Fate,
    ) -> Result<Started, Failure> {
        let changed = |server: Server| Server { protection: server.protection.changed(change), ..server };
        self.change(id, ActionCommand::ChangeProtection, fate, changed)
    }

    /// Renames a server and replaces all its labels. This is no action and may happen during one.
    pub(crate) fn update_server(
        &self,
        id: u64,
        name: Option<String>,
        labels: Option<Labels>,
    ) -> Result<Server, Failure> {
        let mut project = self.project();
        let server = project.server(id)?.clone();
        let name = name.unwrap_or_else(|| server.name.clone());
        if project.servers().any(|other| other.id != id && other.name.eq_ignore_ascii_case(&name)) {
            return Err(Failure::NotUnique { field: "name" });
        }
        let labels = labels.unwrap_or_else(|| server.labels.clone());
        let server = Server { name, labels, ..server };
        project.put(server.clone())?;
        Ok(server)
    }

    fn change(
        self: &Arc<Self>,
        id: u64,
        command: ActionCommand,
        fate: Fate,
        changed: impl FnOnce(Server) -> Server,
    ) -> Result<Started, Failure> {
        let mut project = self.project();
        let server = changed(project.unlocked_server(id)?.clone());
        let started = self.begin(&mut project, server, command)?;
        drop(project);
        self.run(id, vec![Step { action: started.action.id, work: Box::pin(async { Ok(()) }) }], fate);
        Ok(started)
    }
}
