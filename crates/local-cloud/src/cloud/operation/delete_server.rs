//! The end of a server.

use std::sync::Arc;

use super::work::{Fate, Started, Step, Work};
use crate::cloud::{ActionCommand, Cloud, Failure, Server, ServerStatus};

impl Cloud {
    /// Hides a server at once, and then ends its guest and forgets it.
    pub(crate) fn delete_server(self: &Arc<Self>, id: u64, fate: Fate) -> Result<Started, Failure> {
        let mut project = self.project();
        let server = project.unlocked_server(id)?;
        if server.protection.delete {
            return Err(Failure::Protected { what: "server" });
        }
        let server = Server { hidden: true, status: ServerStatus::Deleting, ..server.clone() };
        let started = self.begin(&mut project, server, ActionCommand::DeleteServer)?;
        drop(project);
        self.run(id, vec![Step { action: started.action.id, work: self.removal(id) }], fate);
        Ok(started)
    }

    /// The work of removing everything that a server is. May be repeated.
    pub(in crate::cloud) fn removal(self: &Arc<Self>, id: u64) -> Work {
        let cloud = Arc::clone(self);
        Box::pin(async move {
            cloud.end_guest(id).await?;
            cloud.guest_dir(id).remove()?;
            cloud.project().remove_server(id)?;
            Ok(())
        })
    }
}
