//! `clawlets fleet import-instances`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_fleet::edit::FleetText;
use clawlets_model::{ExitCode, HostName, document::from_json};
use clawlets_printer::{Fault, FaultCode, Printer, count};
use clawlets_verbs::fault::of_document;
use serde_json::{Value, json};

use super::{
    super::host::add_host,
    registry::{Instance, Registry},
};
use crate::fleet_file::EditFlags;

/// The largest registry that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Add the hosts of an earlier repository's `nix/instances.json`.
///
/// All of them are added, or none.
#[derive(Debug, Args)]
pub(super) struct ImportInstances {
    /// The registry: `{ "ID": { "host", "instanceType", "bootstrapPrefix", "discordTokenSecret" } }`.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    edit: EditFlags,
}

impl ImportInstances {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let registry = read(&self.file)?;
        let edited = self.edit.edit(printer, |text| import(text, &registry)).await?;
        Ok(edited.report(printer, &format!("{} added.", count(registry.len(), "host"))))
    }
}

fn import(text: &mut FleetText, registry: &Registry) -> Result<(), Fault> {
    registry.iter().try_for_each(|(name, instance)| add_host(text, name, &host(name, instance)).map(drop))
}

/// An instance as a host of the configuration.
fn host(name: &HostName, instance: &Instance) -> Value {
    let mut host = json!({
        "enable": false,
        "provider": "aws",
        "aws": {
            "instanceType": instance.instance_type,
            "bootstrapPrefix": instance.bootstrap_prefix,
            "discordTokenSecret": instance.discord_token_secret,
        },
    });
    if instance.host != *name {
        host["flakeHost"] = instance.host.as_str().into();
    }
    host
}

fn read(file: &Path) -> Result<Registry, Fault> {
    let failed = |error: &std::io::Error| {
        Fault::new(FaultCode::Io, format!("failed to read {}", file.display())).because(error)
    };
    let metadata = std::fs::metadata(file).map_err(|error| failed(&error))?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        let fault = format!("{} is no registry of instances", file.display());
        return Err(Fault::new(FaultCode::UsageValue, fault).hint("it is a small JSON file"));
    }
    let bytes = std::fs::read(file).map_err(|error| failed(&error))?;
    let registry: Registry = from_json(&bytes).map_err(|error| {
        of_document(FaultCode::UsageValue, &format!("registry {}", file.display()), &error)
    })?;
    if registry.is_empty() {
        return Err(Fault::new(FaultCode::UsageValue, format!("{} holds no instance", file.display())));
    }
    Ok(registry)
}
