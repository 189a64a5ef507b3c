//! `clawlets doctor`.

mod control;
mod examination;
mod machine;
mod mending;
mod paste;
mod people;
mod programs;

use clap::{Args, ValueEnum};
use clawlets_doctor::{Report, Scope, Verdict};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_verbs::Interrupt;

use crate::fleet_file::{Project, ProjectFlag};
pub(super) use examination::{Selection, look};

/// Find what is missing or wrong, with the command that mends it.
///
/// Exits with 6 when there is an error, and under --strict when there is a warning. What cannot be known here and now,
/// such as without a network, is said so and counts as neither.
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
    /// Mend what can be mended without a risk, say what that was, and look again.
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
    Control,
    All,
}

impl Doctor {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let mut interrupt = Interrupt::listen()?;
        let project = self.project.find_quietly()?;
        let mut report = self.examine(printer, &project, &mut interrupt).await?;
        let mut outcome = Ok(());
        if self.fix {
            outcome = mending::mend(printer, &report);
            report = self.examine(printer, &project, &mut interrupt).await?;
        }
        match printer.form() {
            _ if self.report => printer.data(paste::markdown(&report)),
            Form::Json => printer.json(&programs::document(&report, self.counted(&report))),
            Form::Text => people::show(printer, &report),
        }
        outcome?;
        self.conclude(&report)
    }

    async fn examine(
        &self,
        printer: &Printer,
        project: &Project,
        interrupt: &mut Interrupt,
    ) -> Result<Report, Fault> {
        let step = printer.step("Looking");
        look(project, Selection::Scopes(self.scopes()), &step, interrupt).await
    }

    fn scopes(&self) -> Vec<Scope> {
        let named = |scope: &Scopes| match scope {
            Scopes::Repo => vec![Scope::Repo],
            Scopes::Bootstrap => vec![Scope::Bootstrap],
            Scopes::Updates => vec![Scope::Updates],
            Scopes::Cattle => vec![Scope::Cattle],
            Scopes::Control => vec![Scope::Control],
            Scopes::All => Scope::ALL.to_vec(),
        };
        let mut scopes: Vec<Scope> = self.scope.iter().flat_map(named).collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }

    /// How many findings count as errors.
    fn counted(&self, report: &Report) -> usize {
        let tally = report.tally();
        if self.strict { tally.errors + tally.warnings } else { tally.errors }
    }

    fn conclude(&self, report: &Report) -> Result<ExitCode, Fault> {
        let counted = self.counted(report);
        if counted == 0 {
            return Ok(ExitCode::Ok);
        }
        let fault =
            Fault::new(FaultCode::DoctorRefused, format!("{} must be mended", count(counted, "thing")));
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
