//! Relays, for servers to come and for guests that run.

use std::sync::Arc;

use crate::{
    cloud::{Cloud, Failure, RelayRule, Selector},
    vm::{self, Relay, Request},
};

impl Cloud {
    /// Opens a relay for every server whose labels match. A rule for the same selector and port is replaced.
    ///
    /// Returns the rule, and the ids of running servers whose guests could not be told.
    pub(crate) async fn add_relay(
        self: &Arc<Self>,
        selector: Selector,
        relay: Relay,
    ) -> Result<(RelayRule, Vec<u64>), Failure> {
        let rule = {
            let mut project = self.project();
            let replaced: Vec<u64> = project
                .relays
                .iter()
                .filter(|rule| rule.selector == selector && rule.relay.port == relay.port)
                .map(|rule| rule.id)
                .collect();
            for id in replaced {
                project.remove::<RelayRule>(id)?;
            }
            let rule = RelayRule { id: project.next_id()?, selector, relay };
            project.put(rule.clone())?;
            rule
        };
        let affected: Vec<u64> = self
            .project()
            .servers()
            .filter(|server| rule.selector.matches(&server.labels))
            .map(|server| server.id)
            .collect();
        let mut untold = Vec::new();
        for server in affected {
            if self.refresh_relays(server).await.is_err() {
                untold.push(server);
            }
        }
        Ok((rule, untold))
    }

    /// Tells a running guest which relays its server now has.
    pub(crate) async fn refresh_relays(self: &Arc<Self>, server: u64) -> Result<(), vm::GuestError> {
        let relays = {
            let project = self.project();
            let Ok(server) = project.server(server) else { return Ok(()) };
            project.relays_of(server)
        };
        if !self.has_guest(server) {
            return Ok(());
        }
        vm::ask(&self.guest_dir(server), &Request::Relays { relays }).await?;
        Ok(())
    }
}
