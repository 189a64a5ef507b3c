//! A job's phases as the steps of a long operation.

use clawlets_model::{Phase, socket::JobView};
use clawlets_printer::{Printer, Step, plain};

/// Shows each phase of a job as a step, from one to the next.
pub(crate) struct Progress<'a> {
    printer: &'a Printer,
    running: Option<(Phase, Step<'a>)>,
}

impl<'a> Progress<'a> {
    pub(crate) const fn new(printer: &'a Printer) -> Self {
        Self { printer, running: None }
    }

    /// The job changed.
    pub(crate) fn see(&mut self, job: &JobView) {
        let is_new = self.running.as_ref().is_none_or(|(phase, _)| *phase != job.phase);
        if is_new {
            self.end_step(job);
            if let Some(title) = title(job.phase) {
                self.running = Some((job.phase, self.printer.step(title)));
            }
        }
        if let (Some((_, step)), Some(position)) = (&self.running, job.position) {
            step.update(&format!("position {position}"));
        }
    }

    /// The wait is over.
    pub(crate) fn end(mut self, job: &JobView) {
        self.end_step(job);
    }

    fn end_step(&mut self, job: &JobView) {
        if let Some((phase, step)) = self.running.take() {
            let outcome = match phase {
                Phase::Creating | Phase::Booting => job.server_name.as_deref().map(plain).unwrap_or_default(),
                Phase::Running => job.exit_code.map(|code| format!("exit code {code}")).unwrap_or_default(),
                Phase::Queued
                | Phase::Reserving
                | Phase::Ready
                | Phase::Reporting
                | Phase::Ended
                | Phase::Deleting
                | Phase::Gone => String::new(),
            };
            step.done(&outcome);
        }
    }
}

/// What is done in a phase; none for a phase in which nothing happens.
const fn title(phase: Phase) -> Option<&'static str> {
    match phase {
        Phase::Queued => Some("Wait in line"),
        Phase::Reserving => Some("Reserve room"),
        Phase::Creating => Some("Create VM"),
        Phase::Booting => Some("Boot VM"),
        Phase::Ready => Some("Fetch work"),
        Phase::Running => Some("Run task"),
        Phase::Reporting => Some("Bring results back"),
        Phase::Deleting => Some("Delete VM"),
        Phase::Ended | Phase::Gone => None,
    }
}
