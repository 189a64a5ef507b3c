//! A server that starts over with another image.

use std::sync::Arc;

use super::work::{Fate, Started, Step, Work};
use crate::cloud::{ActionCommand, Cloud, Failure, Image, Server, ServerStatus};

impl Cloud {
    /// Ends the guest of a server and starts one from `image`; `user_data` replaces the server's if it is given.
    pub(crate) fn rebuild(
        self: &Arc<Self>,
        id: u64,
        image: Image,
        user_data: Option<String>,
        fate: Fate,
    ) -> Result<Started, Failure> {
        let mut project = self.project();
        let server = project.unlocked_server(id)?.clone();
        if server.protection.rebuild {
            return Err(Failure::Protected { what: "server" });
        }
        let server = Server {
            status: ServerStatus::Rebuilding,
            image: image.id,
            boot: image.boot,
            user_data: user_data.unwrap_or(server.user_data),
            ..server
        };
        let started = self.begin(&mut project, server, ActionCommand::RebuildServer)?;
        drop(project);
        self.run(id, vec![Step { action: started.action.id, work: self.relaunch(id) }], fate);
        Ok(started)
    }

    /// The work of ending a guest and starting it again as the server now is.
    pub(in crate::cloud) fn relaunch(self: &Arc<Self>, id: u64) -> Work {
        let (end, launch) = (self.end_guest(id), self.launch(id));
        Box::pin(async move {
            end.await?;
            launch.await
        })
    }
}
