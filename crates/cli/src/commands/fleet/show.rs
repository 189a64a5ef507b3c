//! `clawlets fleet show`.

use std::path::PathBuf;

use clap::Args;
use clawlets_fleet::Fleet;
use clawlets_model::{BotId, ExitCode, HostName};
use clawlets_printer::{Fault, Form, Printer, plain};
use serde::Serialize;

use crate::fleet_file::ProjectFlag;

/// Show what is declared, in short.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    path: PathBuf,
    default_host: Option<&'a HostName>,
    hosts: Vec<&'a HostName>,
    bots: &'a [BotId],
    guild_id: Option<&'a str>,
    secret_env: Vec<String>,
    ssh_authorized_keys: usize,
    cattle: CattleSummary<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CattleSummary<'a> {
    enabled: bool,
    provider: &'a str,
    max_instances: u32,
}

impl Show {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let project = self.project.find(printer)?;
        let fleet = project.load(printer)?;
        let document = document(project.config().to_owned(), &fleet);
        match printer.form() {
            Form::Json => printer.json(&document),
            Form::Text => document.print(printer),
        }
        Ok(ExitCode::Ok)
    }
}

fn document(path: PathBuf, fleet: &Fleet) -> Document<'_> {
    Document {
        path,
        default_host: fleet.implied_host(),
        hosts: fleet.hosts.keys().collect(),
        bots: &fleet.shared.bot_order,
        guild_id: fleet.shared.discord.guild_id.as_ref().map(|id| id.as_str()),
        secret_env: fleet.shared.secret_env.keys().map(ToString::to_string).collect(),
        ssh_authorized_keys: fleet.shared.ssh_authorized_keys.len(),
        cattle: CattleSummary {
            enabled: fleet.cattle.enabled,
            provider: fleet.cattle.provider.as_str(),
            max_instances: fleet.cattle.hetzner.max_instances.into(),
        },
    }
}

impl Document<'_> {
    fn print(&self, printer: &Printer) {
        let line = |name: &str, text: String| printer.data(format!("{name:<10} {}", plain(&text)));
        let joined = |names: Vec<String>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        line("file", self.path.display().to_string());
        line("hosts", joined(self.hosts.iter().map(|host| self.marked(host)).collect()));
        line("bots", joined(self.bots.iter().map(ToString::to_string).collect()));
        line("discord", self.guild_id.map_or_else(|| "no server".to_owned(), |id| format!("server {id}")));
        line("secrets", joined(self.secret_env.clone()));
        line("ssh keys", self.ssh_authorized_keys.to_string());
        let cattle = &self.cattle;
        line(
            "cattle",
            match cattle.enabled {
                true => format!("at {}, {} VMs at most", cattle.provider, cattle.max_instances),
                false => "off".to_owned(),
            },
        );
    }

    fn marked(&self, host: &HostName) -> String {
        let is_default = self.default_host == Some(host) && self.hosts.len() > 1;
        if is_default { format!("{host} (default)") } else { host.to_string() }
    }
}
