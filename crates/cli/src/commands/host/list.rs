//! `clawlets host list`.

use clap::Args;
use clawlets_fleet::{Fleet, Host};
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, Form, Printer, Table};
use serde::Serialize;

use crate::fleet_file::ProjectFlag;

/// List the hosts.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    hosts: Vec<Row<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    name: &'a HostName,
    is_default: bool,
    enable: bool,
    provider: &'static str,
    target_host: Option<&'a str>,
    ssh_exposure: &'static str,
    self_update: bool,
}

impl List {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let fleet = self.project.find(printer)?.load(printer)?;
        let hosts: Vec<_> = fleet.hosts.iter().map(|(name, host)| row(&fleet, name, host)).collect();
        match printer.form() {
            Form::Json => printer.json(&Document { hosts }),
            Form::Text => printer.table(&table(&hosts)),
        }
        Ok(ExitCode::Ok)
    }
}

fn table(hosts: &[Row<'_>]) -> Table {
    let mut table = Table::new(["HOST", "DEFAULT", "ENABLED", "PROVIDER", "SSH", "TARGET"]);
    let mark = |is_so| if is_so { "yes" } else { "-" }.to_owned();
    for host in hosts {
        table.row([
            host.name.to_string(),
            mark(host.is_default),
            mark(host.enable),
            host.provider.to_owned(),
            host.ssh_exposure.to_owned(),
            host.target_host.unwrap_or("-").to_owned(),
        ]);
    }
    table
}

fn row<'a>(fleet: &'a Fleet, name: &'a HostName, host: &'a Host) -> Row<'a> {
    Row {
        name,
        is_default: fleet.implied_host() == Some(name),
        enable: host.enable,
        provider: host.provider.as_str(),
        target_host: host.target_host.as_ref().map(|target| target.as_str()),
        ssh_exposure: host.ssh_exposure.mode.as_str(),
        self_update: host.self_update.enable,
    }
}
