//! `clawlets doctor`.

mod machine;
mod paste;
mod people;
mod programs;

use clap::{Args, ValueEnum};
use clawlets_doctor::{Mend, Report, Scope, Verdict, examine};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};

use crate::fleet_file::ProjectFlag;
use machine::Machine;

/// Find what is missing or wrong, with the command that mends it.
///
/// Exits with 6 when there is an error, and under --strict when there is a warning. What cannot be known here and now
/// is said so and counts as neither.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    project: ProjectFlag,
    /// What the project is to be ready for; may be given several times.
    #[arg(long, value_enum, default_value = "all")]
    scope: Vec<Scopes>,
    /// Count warnings as errors.
    #[arg(long)]
    strict: bool,
    /// Mend what can be mended without a risk, then look again.
    #[arg(long)]
    fix: bool,
    /// Print a report that can be pasted into an issue: no names, addresses or paths of yours.
    #[arg(long, conflicts_with = "fix")]
    report: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scopes {
    Repo,
    Bootstrap,
    Updates,
    Cattle,
    All,
}

impl Doctor {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let project = self.project.find(printer)?;
        let scopes = self.scopes();
        let mut report = look(printer, &Machine::around(&project, printer), &scopes);
        if self.fix && mend(printer, &report)? > 0 {
            report = look(printer, &Machine::around(&project, printer), &scopes);
        }
        match printer.form() {
            _ if self.report => printer.data(paste::markdown(&report)),
            Form::Json => printer.json(&programs::document(&report)),
            Form::Text => people::show(printer, &report),
        }
        self.conclude(&report)
    }

    fn scopes(&self) -> Vec<Scope> {
        let named = |scope: &Scopes| match scope {
            Scopes::Repo => vec![Scope::Repo],
            Scopes::Bootstrap => vec![Scope::Bootstrap],
            Scopes::Updates => vec![Scope::Updates],
            Scopes::Cattle => vec![Scope::Cattle],
            Scopes::All => Scope::ALL.to_vec(),
        };
        let mut scopes: Vec<Scope> = self.scope.iter().flat_map(named).collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }

    fn conclude(&self, report: &Report) -> Result<ExitCode, Fault> {
        let tally = report.tally();
        let count = if self.strict { tally.errors + tally.warnings } else { tally.errors };
        if count == 0 {
            return Ok(ExitCode::Ok);
        }
        let things = if count == 1 { "one thing".to_owned() } else { format!("{count} things") };
        let fault = Fault::new(FaultCode::DoctorRefused, format!("{things} must be mended"));
        let is_mendable = report
            .checks
            .iter()
            .flat_map(|examined| &examined.findings)
            .any(|finding| matches!(&finding.verdict, Verdict::Problem { mend: Some(_), .. }));
        Err(if is_mendable && !self.fix {
            fault.hint("'clawlets doctor --fix' mends what can be mended without a risk")
        } else {
            fault.hint("each line says what mends it")
        })
    }
}

fn look(printer: &Printer, machine: &Machine, scopes: &[Scope]) -> Report {
    let step = printer.step("Looking");
    let report = machine.with_subject(|subject| examine(subject, scopes, |id| step.update(id)));
    drop(step);
    report
}

/// Does every repair of a report; how many there were.
fn mend(printer: &Printer, report: &Report) -> Result<usize, Fault> {
    let mut done = 0;
    for examined in &report.checks {
        for finding in &examined.findings {
            let Verdict::Problem { cause, mend: Some(mend), .. } = &finding.verdict else { continue };
            mend.apply().map_err(|error| {
                Fault::new(FaultCode::Io, format!("failed to mend {}", examined.check.id)).because(&error)
            })?;
            printer
                .note(format!("mended {}: {cause}", name(examined.check.id, finding.about.as_deref(), mend)));
            done += 1;
        }
    }
    Ok(done)
}

fn name(id: &str, about: Option<&str>, mend: &Mend) -> String {
    let file = match mend {
        Mend::Mode { path, .. } | Mend::Generate { path, .. } | Mend::Line { path, .. } => path.file_name(),
        Mend::GitConfig { .. } => None,
    };
    let file = file.map(|name| name.to_string_lossy().into_owned());
    about.map(str::to_owned).or(file).map_or_else(|| id.to_owned(), |what| format!("{id} ({what})"))
}
