//! The public addresses of a new server.

use clawlets_model::label::Labels;

use crate::cloud::{Address, AddressFamily, Cloud, Failure, Project, Protection, Server};

impl Cloud {
    /// Gives a server one address of a family.
    pub(super) fn give_address(
        &self,
        project: &mut Project,
        server: &Server,
        family: AddressFamily,
    ) -> Result<(), Failure> {
        let id = project.next_id()?;
        let address = Address {
            id,
            name: format!("primary_ip-{id}"),
            family,
            server: server.id,
            location: server.location.clone(),
            labels: Labels::new(),
            protection: Protection::default(),
            created: self.clock.now(),
        };
        project.put(address)
    }
}
