//! The configuration for the local cloud of this machine, in this user's folders.

use std::{fs, os::unix::fs::DirBuilderExt, path::Path};

use clawlets_model::OrchestratorId;
use clawlets_printer::{Fault, FaultCode};

use super::document::{Cattle, Config, Provider};
use crate::{commands::cattle::github_app::GithubApp, folders, project};

/// The configuration. The folders that it names are made.
///
/// # Errors
/// A fault when this user has no folder of state, or one cannot be made.
pub(super) fn of_machine(id: Option<OrchestratorId>, github: Option<GithubApp>) -> Result<Config, Fault> {
    let state = folders::state_dir()?;
    let personas = match project::personas_around(&project::here()?) {
        Some(personas) => personas,
        None => state.join("personas"),
    };
    let store = state.join("orchestrator");
    make(&store)?;
    make(&personas)?;
    let local = || OrchestratorId::parse("local").expect("the word is a valid id");
    Ok(Config {
        id: id.unwrap_or_else(local),
        socket: state.join("orchestrator.sock"),
        socket_group: "",
        store: store.join("state.sqlite"),
        personas,
        agent_model_primary: None,
        provider: Provider {
            kind: "local",
            endpoint: None,
            token_file: None,
            connection_file: Some(state.join("local.json")),
        },
        tailnet: None,
        github,
        secrets: [].into(),
        bots: [].into(),
        cattle: Cattle::modest(),
    })
}

fn make(folder: &Path) -> Result<(), Fault> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to make the folder {}", folder.display())).because(&error)
    })
}
