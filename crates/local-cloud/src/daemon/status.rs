//! What there is in a state directory, whether or not a daemon runs.

use std::{fs, path::Path};

use clawlets_model::label::Labels;
use jiff::Timestamp;

use super::{endpoint::Endpoint, lock::DaemonLock};
use crate::{
    cloud::{Image, Project, Server, ServerStatus, Store},
    error::Error,
    state_dir::StateDir,
    vm::{GuestSpec, Origin, shim::ContainmentSummary},
};

/// A local cloud as it is now.
#[derive(Clone, Debug)]
pub struct Status {
    /// How to reach the daemon, if one runs and has begun to serve.
    pub daemon: Option<Endpoint>,
    /// How guests are contained, while a daemon runs.
    pub containment: Option<ContainmentSummary>,
    /// The servers, in the order in which they were made.
    pub servers: Vec<ServerSummary>,
}

/// One server in a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSummary {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is doing, in the vendor's words; `running` only if its guest lives.
    pub status: &'static str,
    /// Its type.
    pub server_type: String,
    /// The name of its image, if that still exists and has one.
    pub image: Option<String>,
    /// Its labels.
    pub labels: Labels,
    /// When it was made.
    pub created: Timestamp,
    /// How its guest came to be; none when it has none.
    pub origin: Option<Origin>,
}

/// Looks at the cloud of a state directory.
///
/// # Errors
/// [`Error::File`] and [`Error::Store`] when the state cannot be read.
pub fn status(state_dir: &Path) -> Result<Status, Error> {
    let state = StateDir::new(state_dir);
    let daemon = match DaemonLock::holder(&state)? {
        Some(pid) => Endpoint::read(state_dir).ok().filter(|endpoint| endpoint.pid == pid),
        None => None,
    };
    let mut servers = Vec::new();
    if let Some(store) = Store::open_to_read(&state.store())? {
        let project = Project::load(store).map_err(|source| Error::Store { path: state.store(), source })?;
        for server in project.servers() {
            servers.push(summary(&state, &project, server)?);
        }
    }
    let containment = daemon.as_ref().and_then(|_| fs::read(state.containment()).ok());
    let containment = containment.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(Status { daemon, containment, servers })
}

fn summary(state: &StateDir, project: &Project, server: &Server) -> Result<ServerSummary, Error> {
    let guest = state.guest(server.id);
    let is_alive = guest.is_alive()?;
    let spec = is_alive.then(|| GuestSpec::read(&guest.spec()).ok()).flatten();
    let status = match server.status {
        // The state may be older than the guest's end.
        ServerStatus::Running | ServerStatus::Off if is_alive => ServerStatus::Running,
        ServerStatus::Running | ServerStatus::Off => ServerStatus::Off,
        passing @ (ServerStatus::Initializing
        | ServerStatus::Starting
        | ServerStatus::Stopping
        | ServerStatus::Deleting
        | ServerStatus::Rebuilding) => passing,
    };
    Ok(ServerSummary {
        id: server.id,
        name: server.name.clone(),
        status: status.as_str(),
        server_type: server.server_type.clone(),
        image: project.images.get(server.image).and_then(|image: &Image| image.name.clone()),
        labels: server.labels.clone(),
        created: server.created,
        origin: spec.map(|spec| spec.birth.origin()),
    })
}
