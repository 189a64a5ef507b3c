//! `clawlets host config`.

mod at_aws;
mod bootstrap;
mod document;
mod github;
mod of_host;
mod owners;
mod watch;

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::value::SystemName;
use clawlets_secrets::project::write_atomic;

use crate::fleet_file::{HostFlag, ProjectFlag};
use document::Config;
use of_host::ForHost;

/// A host's own file: everybody may read it, since no secret is in it.
const MODE: u32 = 0o644;

/// Print the configuration of clawlets-host for a host of the fleet.
///
/// It says what `fleet/clawlets.json` declares of the host's updates, caches, health checks, secrets and access to GitHub, and belongs in
/// /etc/clawlets/host.toml. What is left away has the program's defaults, which are those of a host as it is set up here. A
/// NixOS host gets exactly this while its system is built.
#[derive(Debug, Args)]
pub(super) struct HostConfig {
    #[command(flatten)]
    host: HostFlag,
    #[command(flatten)]
    project: ProjectFlag,
    /// The machine that it is, as Nix names it.
    #[arg(long, value_name = "SYSTEM", default_value = "x86_64-linux")]
    system: SystemName,
    /// Its boot loader [default: grub at Hetzner and AWS, else none].
    #[arg(long, value_name = "LOADER")]
    boot_loader: Option<BootLoader>,
    /// Write it to this file instead.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
}

/// A boot loader, by what it can do for updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
enum BootLoader {
    /// One that boots nothing once: releases with another kernel wait for somebody.
    None,
    SystemdBoot,
    Grub,
}

impl HostConfig {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let project = self.project.find(printer)?;
        let fleet = project.load(printer)?;
        let name = self.host.resolve(&project.text()?)?;
        let host = fleet.hosts.get(&name).ok_or_else(|| {
            Fault::new(FaultCode::HostUnknown, format!("there is no host {name} in the configuration"))
        })?;
        let for_host = ForHost { fleet: &fleet, name: &name, host };
        let config = for_host.config(self.system, self.boot_loader)?;
        let text = config.to_toml()?;
        if let Some(path) = &self.out {
            write_atomic(path, text.as_bytes(), MODE).map_err(|error| {
                Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(&error)
            })?;
        }
        match (printer.form(), &self.out) {
            (Form::Json, _) => printer.json(&config),
            (Form::Text, Some(path)) => printer.note(format!("{} written", path.display())),
            (Form::Text, None) => printer.data(text.trim_end()),
        }
        Ok(ExitCode::Ok)
    }
}

impl Config {
    fn to_toml(&self) -> Result<String, Fault> {
        toml::to_string(self).map_err(|error| {
            Fault::new(FaultCode::Io, "failed to write the configuration as TOML").because(&error)
        })
    }
}
