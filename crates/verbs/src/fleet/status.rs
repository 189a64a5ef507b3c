//! How the fleet is, on a terminal.

use clap::Args;
use clawlets_control_client::Client;
use clawlets_model::{
    ExitCode,
    control::{DeployView, StatusAnswer},
};
use clawlets_printer::{Fault, Form, Printer, Table, plain};

use super::of_control;
use crate::moment;

/// Show the hosts of the fleet, what runs on them, and the last deploy.
///
/// Where a source does not answer, what it said last is shown with its age, and a warning says so.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct Status {}

impl Status {
    /// Shows it.
    ///
    /// # Errors
    /// A fault when the control API does not answer or refuses.
    pub async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let answer = client.status().await.map_err(|error| of_control(&error))?;
        match printer.form() {
            Form::Json => printer.json(&answer),
            Form::Text => show(printer, &answer),
        }
        Ok(ExitCode::Ok)
    }
}

fn show(printer: &Printer, answer: &StatusAnswer) {
    if answer.instances.is_empty() {
        printer.note("No host is declared.");
    } else {
        let mut table = Table::new(["NAME", "STATE", "ID", "IMAGE", "ADDRESS", "RELEASE", "HEALTH"]);
        for row in &answer.instances {
            let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            let known = [&row.id, &row.ami, &row.ip, &row.release, &row.health].map(cell);
            table.row([row.name.clone(), row.state.clone()].into_iter().chain(known));
        }
        printer.table(&table);
    }
    if let Some(deploy) = &answer.deploy {
        printer.note(last(deploy));
    }
    if answer.stale {
        let age = answer.age_seconds.unwrap_or_default();
        printer.warn(format!("not all of this is from now: the oldest part is {age} s old"));
        answer.unavailable.iter().for_each(|why| printer.note(format!("  {}", plain(why))));
    }
}

fn last(deploy: &DeployView) -> String {
    let run = deploy.run.as_ref().map(|run| format!(", {}", run.url)).unwrap_or_default();
    let (target, by, state) = (&deploy.target, &deploy.by, deploy.state.as_str());
    plain(&format!("Last deploy: {target} by {by} at {}: {state}{run}", moment(deploy.at)))
}
