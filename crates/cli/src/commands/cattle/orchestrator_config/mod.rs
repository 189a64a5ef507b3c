//! `clawlets cattle orchestrator-config`.

mod app_of_bots;
mod document;
mod of_host;
mod of_machine;

use std::{collections::BTreeSet, path::PathBuf};

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, OrchestratorId};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_secrets::project::Layout;

use super::github_app::GithubAppFlags;
use crate::fleet_file::{HostFlag, ProjectFlag};
use document::Config;
use of_host::{ForHost, SECRETS};
use of_machine::of_machine;

/// Print the configuration of clf-orchestrator, for a host of the fleet or for the local cloud of this machine.
///
/// For a host it says what `fleet/clawlets.json` declares, and belongs in /etc/clf/orchestrator.toml. With --local its
/// personas are those of the project that you stand in, and folders that it names are made: write the output to a file
/// and, with the local cloud up, run `clf-orchestrator --config FILE`.
#[derive(Debug, Args)]
pub(super) struct OrchestratorConfig {
    /// For the local cloud of this machine, whatever the fleet declares.
    #[arg(long, conflicts_with_all = ["host", "dir", "secrets_dir"])]
    local: bool,
    #[command(flatten)]
    host: HostFlag,
    #[command(flatten)]
    project: ProjectFlag,
    /// The orchestrator's stable name, which ends up in a label of its VMs [default: the host's name, or `local`].
    #[arg(long, value_name = "ID")]
    id: Option<OrchestratorId>,
    /// Where decrypted secrets lie on the host.
    #[arg(long, value_name = "DIR", default_value = SECRETS, value_hint = ValueHint::DirPath)]
    secrets_dir: PathBuf,
    #[command(flatten)]
    github: GithubAppFlags,
}

impl OrchestratorConfig {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        if self.local {
            let config = of_machine(self.id, self.github.table()?)?;
            print(printer, &config)?;
            if printer.form() == Form::Text {
                printer.note(format!(
                    "Programs find this orchestrator with: export CLF_SOCKET={}",
                    config.socket.display()
                ));
            }
            return Ok(ExitCode::Ok);
        }
        let project = self.project.find(printer)?;
        let fleet = project.load(printer)?;
        let name = self.host.resolve(&project.text()?)?;
        let host = fleet.hosts.get(&name).ok_or_else(|| {
            Fault::new(FaultCode::HostUnknown, format!("there is no host {name} in the configuration"))
        })?;
        let layout = Layout::new(project.root());
        let for_host =
            ForHost { fleet: &fleet, name: &name, host, layout: &layout, secrets: &self.secrets_dir };
        let config = for_host.config(self.id, self.github.table()?)?;
        if for_host.is_out_of_reach() {
            printer.warn(format!("{name} is in no tailnet, so no VM at Hetzner would reach its orchestrator: set hosts.{name}.tailnet.mode"));
        }
        print(printer, &config)?;
        if printer.form() == Form::Text {
            let files: Vec<_> = config.secret_files().iter().map(|file| file.display().to_string()).collect();
            printer.note(format!("It reads {}.", files.join(", ")));
        }
        Ok(ExitCode::Ok)
    }
}

fn print(printer: &Printer, config: &Config) -> Result<(), Fault> {
    match printer.form() {
        Form::Json => printer.json(config),
        Form::Text => {
            let text = toml::to_string(config).map_err(|error| {
                Fault::new(FaultCode::Io, "failed to write a path of the state folder as TOML")
                    .because(&error)
            })?;
            printer.data(text.trim_end());
        }
    }
    Ok(())
}

impl Config {
    /// The files with secrets that it names.
    fn secret_files(&self) -> BTreeSet<PathBuf> {
        let tailnet =
            self.tailnet.iter().flat_map(|tailnet| [&tailnet.oauth_client_file, &tailnet.auth_key_file]);
        let provider = [&self.provider.token_file, &self.provider.connection_file];
        let app = self.github.iter().map(|app| app.private_key_file.clone());
        let values = self.secrets.values().map(|secret| secret.file().to_owned());
        tailnet.chain(provider).flatten().cloned().chain(app).chain(values).collect()
    }
}
