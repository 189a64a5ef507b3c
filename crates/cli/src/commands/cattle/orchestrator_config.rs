//! `clawlets cattle orchestrator-config`.

use std::{fs, os::unix::fs::DirBuilderExt, path::Path};

use clap::Args;
use clawlets_model::{ExitCode, OrchestratorId};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use serde::Serialize;

use crate::{folders, project};

/// Print a configuration for clf-orchestrator.
///
/// Its personas are those of the project that you stand in. Folders that it names are made. Write the output to a file
/// and, with the local cloud up, run `clf-orchestrator --config FILE`.
#[derive(Debug, Args)]
pub(super) struct OrchestratorConfig {
    /// For the local cloud of this machine.
    #[arg(long, required = true)]
    local: bool,
    /// The orchestrator's stable name, which ends up in a label of its VMs.
    #[arg(long, value_name = "ID", default_value = "local")]
    id: OrchestratorId,
}

#[derive(Serialize)]
struct Config<'a> {
    id: &'a OrchestratorId,
    socket: &'a Path,
    socket_group: &'a str,
    store: &'a Path,
    personas: &'a Path,
    provider: Provider<'a>,
    cattle: Cattle,
}

#[derive(Serialize)]
struct Provider<'a> {
    kind: &'a str,
    connection_file: &'a Path,
}

#[derive(Serialize)]
struct Cattle {
    max_instances: u32,
    default_ttl: &'static str,
}

impl OrchestratorConfig {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let state = folders::state_dir()?;
        let socket = state.join("orchestrator.sock");
        let personas = match project::personas_around(&project::here()?) {
            Some(personas) => personas,
            None => state.join("personas"),
        };
        let store = state.join("orchestrator");
        make(&store)?;
        make(&personas)?;
        let config = Config {
            id: &self.id,
            socket: &socket,
            socket_group: "",
            store: &store.join("state.sqlite"),
            personas: &personas,
            provider: Provider { kind: "local", connection_file: &state.join("local.json") },
            cattle: Cattle { max_instances: 10, default_ttl: "30m" },
        };
        match printer.form() {
            Form::Json => printer.json(&config),
            Form::Text => {
                let text = toml::to_string(&config).map_err(|error| {
                    Fault::new(FaultCode::Io, "failed to write a path of the state folder as TOML")
                        .because(&error)
                })?;
                printer.data(text.trim_end());
                printer.note(format!(
                    "Programs find this orchestrator with: export CLF_SOCKET={}",
                    socket.display()
                ));
            }
        }
        Ok(ExitCode::Ok)
    }
}

fn make(folder: &Path) -> Result<(), Fault> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to make the folder {}", folder.display())).because(&error)
    })
}
