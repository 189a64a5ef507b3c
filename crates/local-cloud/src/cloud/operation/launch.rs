//! From a server to its guest.

use std::sync::Arc;

use super::work::Work;
use crate::{
    cloud::{ActionError, AddressFamily, CATALOG, Cloud, Failure, Image, ImageKind, Project, Server},
    vm::{Birth, GuestSpec, Machine, Metadata, Moment},
};

impl Cloud {
    /// The work of making a server's guest run. Done at once if it runs already.
    pub(in crate::cloud) fn launch(self: &Arc<Self>, server: u64) -> Work {
        let (cloud, asked) = (Arc::clone(self), Moment::now());
        Box::pin(async move {
            if cloud.has_guest(server) {
                return Ok(());
            }
            let dir = cloud.guest_dir(server);
            let spec = {
                let project = cloud.project();
                let server = project.servers.get(server).ok_or_else(|| Failure::no_id("server", server))?;
                cloud.specification(&project, server)
            };
            dir.create()?;
            cloud.launcher.launch(&dir, &spec, asked).await?;
            Ok(())
        })
    }

    /// Lets guests of the newest image that can be copied be made ready.
    pub(in crate::cloud) fn expect_guests(&self) {
        let newest = {
            let project = self.project();
            let offered = |image: &&Image| image.kind == ImageKind::System && image.deprecated.is_none();
            let newest = project.images.iter().filter(offered).rfind(|image| image.boot.parks);
            newest.map(|image| image.boot.clone())
        };
        if let Some(boot) = newest {
            // The smallest machine is what most servers get.
            self.launcher.expect(&boot, &self.machine(self.guest.memory_mib_min, 1));
        }
    }

    fn machine(&self, memory_mib: u32, cores: u32) -> Machine {
        let machine = self.guest.machine(memory_mib, cores, self.accelerator);
        Machine { group: self.group.clone(), ..machine }
    }

    /// The work of ending a server's guest, wherever it is.
    pub(in crate::cloud) fn end_guest(self: &Arc<Self>, server: u64) -> Work {
        let dir = self.guest_dir(server);
        Box::pin(async move {
            let ended = tokio::task::spawn_blocking(move || dir.end()).await;
            Ok(ended.map_err(|error| ActionError::failed(error.to_string()))??)
        })
    }

    fn specification(&self, project: &Project, server: &Server) -> GuestSpec {
        let promised = CATALOG.server_type(&server.server_type);
        let location = CATALOG.location(&server.location);
        let ipv4 = project
            .addresses
            .iter()
            .find(|address| address.server == server.id && address.family == AddressFamily::Ipv4)
            .map(|address| address.ip());
        GuestSpec {
            server_id: server.id,
            hostname: server.name.clone(),
            boot: server.boot.clone(),
            machine: self.machine(
                self.guest.memory_mib(promised.map_or(1, |promised| promised.memory_gb)),
                promised.map_or(1, |promised| promised.cores).min(self.guest.cores_max),
            ),
            metadata: Metadata {
                region: location.map_or_else(String::new, |location| location.network_zone.to_owned()),
                availability_zone: location
                    .map_or_else(String::new, |location| location.datacenter.name.to_owned()),
                public_ipv4: ipv4.unwrap_or_default(),
                public_keys: server.public_keys.clone(),
            },
            user_data: server.user_data.clone(),
            relays: project.relays_of(server),
            // The launcher decides.
            birth: Birth::Boot,
            record: serde_json::to_value(server).expect("a server has string keys only"),
        }
    }
}
