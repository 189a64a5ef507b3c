//! What came of a deploy.

use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, Table};
use clawlets_rollout::{
    deploy::{Action, HostRecord, Machine, Outcome, Stage},
    plan::Verdict,
};
use serde::Serialize;

use super::walk::words;

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    request: &'a str,
    target: String,
    /// `done`, `planned`, `stopped` or `interrupted`.
    outcome: &'static str,
    hosts: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    host: &'a str,
    image: &'a str,
    /// Why it is this image: `override`, `pin` or `newest`.
    why: &'static str,
    /// What the plan of this run does: `create` or `replace`; null where nothing was planned.
    plan: Option<&'static str>,
    /// `waiting`, `applying`, `replaced`, `healthy` or `failed`.
    stage: &'static str,
    instance: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
}

/// Says what came of it, and ends as it did.
pub(super) fn conclude(
    machine: &Machine,
    failure: Option<Fault>,
    printer: &Printer,
) -> Result<ExitCode, Fault> {
    let Action::End(outcome) = machine.next() else { return Ok(ExitCode::Failed) };
    let record = machine.record();
    let rows: Vec<_> =
        record.hosts.iter().zip(machine.verdicts()).map(|(host, verdict)| row(host, verdict)).collect();
    let request = record.request.as_str();
    match printer.form() {
        Form::Json => printer.json(&Document {
            request,
            target: record.target.to_string(),
            outcome: name(&outcome),
            hosts: rows,
        }),
        Form::Text => {
            let mut table = Table::new(["HOST", "IMAGE", "WHY", "STAGE", "INSTANCE"]);
            for row in &rows {
                let cells = [row.host, row.image, row.why, row.stage, row.instance.unwrap_or("-")];
                table.row(cells.map(str::to_owned));
            }
            printer.table(&table);
        }
    }
    match outcome {
        Outcome::Done => {
            printer.note(format!("Deploy {request} is done."));
            Ok(ExitCode::Ok)
        }
        Outcome::Planned => {
            printer.note(planned(machine));
            Ok(ExitCode::Ok)
        }
        Outcome::Interrupted => {
            let fault = format!("you interrupted deploy {request}");
            Err(Fault::new(FaultCode::Interrupted, fault)
                .hint(format!("it goes on with '--request-id {request}'")))
        }
        Outcome::Blind(why) => Err(failure.unwrap_or_else(|| Fault::new(FaultCode::FleetDeployFailed, why))),
        Outcome::Stopped { host, why } => Err(failure.unwrap_or_else(|| {
            Fault::new(FaultCode::FleetDeployFailed, format!("the deploy stopped at {host}: {why}"))
                .hint(format!("hosts behind it were left alone; '--request-id {request}' tries {host} again"))
        })),
    }
}

fn planned(machine: &Machine) -> String {
    let hosts = machine.record().hosts.iter().zip(machine.verdicts());
    let said = hosts.map(|(host, verdict)| match verdict {
        Some(verdict) => format!("{}: {}", host.host, words(verdict)),
        None => format!("{}: is done", host.host),
    });
    format!("Nothing was changed. {}.", said.collect::<Vec<_>>().join("; "))
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Planned => "planned",
        Outcome::Stopped { .. } | Outcome::Blind(_) => "stopped",
        Outcome::Interrupted => "interrupted",
    }
}

fn row<'a>(host: &'a HostRecord, verdict: &Option<Verdict>) -> Row<'a> {
    let (stage, instance, failure) = match &host.stage {
        Stage::Waiting => ("waiting", None, None),
        Stage::Applying => ("applying", None, None),
        Stage::Replaced(instance) => ("replaced", Some(instance.as_str()), None),
        Stage::Healthy(instance) => ("healthy", Some(instance.as_str()), None),
        Stage::Failed(why) => ("failed", None, Some(why.as_str())),
    };
    Row {
        host: host.host.as_str(),
        image: host.choice.image.as_str(),
        why: host.choice.why.as_str(),
        plan: verdict.as_ref().map(|verdict| match verdict {
            Verdict::Create => "create",
            Verdict::Replace { .. } => "replace",
        }),
        stage,
        instance,
        failure,
    }
}
