//! A new server.

use std::sync::Arc;

use clawlets_model::label::Labels;

use super::work::{Fate, Started, Step};
use crate::cloud::{
    ActionCommand, AddressFamily, Cloud, Failure, FirewallTarget, Image, Location, Project, Protection,
    Resource, ResourceKind, Server, ServerStatus, ServerType,
};

/// A server as it was ordered; everything it names exists and fits together.
#[derive(Clone, Debug)]
pub(crate) struct NewServer {
    pub(crate) name: String,
    pub(crate) server_type: &'static ServerType,
    pub(crate) location: &'static Location,
    pub(crate) image: Image,
    pub(crate) labels: Labels,
    pub(crate) user_data: String,
    pub(crate) public_keys: Vec<String>,
    pub(crate) firewalls: Vec<u64>,
    pub(crate) addresses: Vec<AddressFamily>,
    pub(crate) start: Start,
}

/// Whether a new server is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// As soon as it is made.
    AfterCreate,
    /// When somebody asks for it.
    Later,
}

impl Cloud {
    /// Makes a server, and starts it.
    pub(crate) fn create_server(self: &Arc<Self>, new: NewServer, fate: Fate) -> Result<Started, Failure> {
        let start = new.start;
        let mut project = self.project();
        self.check_order(&project, &new)?;
        let server = self.record(&mut project, new)?;
        let mut started = self.begin(&mut project, server, ActionCommand::CreateServer)?;
        let id = started.server.id;
        let mut steps = vec![Step { action: started.action.id, work: Box::pin(async { Ok(()) }) }];
        if start == Start::AfterCreate {
            let resources = vec![Resource { id, kind: ResourceKind::Server }];
            let next = project.begin(ActionCommand::StartServer, resources, self.clock.now())?;
            steps.push(Step { action: next.id, work: self.launch(id) });
            started.next_actions.push(next);
        }
        drop(project);
        self.run(id, steps, fate);
        Ok(started)
    }

    fn check_order(&self, project: &Project, new: &NewServer) -> Result<(), Failure> {
        if project.servers().any(|server| server.name.eq_ignore_ascii_case(&new.name)) {
            return Err(Failure::NotUnique { field: "name" });
        }
        if project.servers.len() >= self.limits.servers {
            return Err(Failure::LimitExceeded { limit: "server" });
        }
        Ok(())
    }

    fn record(&self, project: &mut Project, new: NewServer) -> Result<Server, Failure> {
        let server = Server {
            id: project.next_id()?,
            name: new.name,
            created: self.clock.now(),
            status: ServerStatus::Initializing,
            hidden: false,
            server_type: new.server_type.name.to_owned(),
            location: new.location.name.to_owned(),
            image: new.image.id,
            boot: new.image.boot,
            labels: new.labels,
            user_data: new.user_data,
            public_keys: new.public_keys,
            protection: Protection::default(),
            rescue_enabled: false,
        };
        for family in new.addresses {
            self.give_address(project, &server, family)?;
        }
        for firewall in new.firewalls {
            let Some(mut firewall) = project.firewalls.get(firewall).cloned() else { continue };
            firewall.applied_to.push(FirewallTarget::Server(server.id));
            project.put(firewall)?;
        }
        Ok(server)
    }
}
