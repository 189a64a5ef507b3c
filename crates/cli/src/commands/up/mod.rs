//! `clawlets up`: day zero, one step after the other.

mod document;
mod progress;
mod question;
mod step;
mod walk;

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};

use crate::fleet_file::ProjectFlag;
use walk::{Manner, Walk};

/// Walk the next missing step of day zero: from an empty folder to a fleet that is ready to be brought to life.
///
/// What is done already is read off the project itself, so it can be stopped and run again at any time, and steps may be
/// done by hand in between. Each step is one of the other commands; it is explained first, and run when you say so.
/// Without a terminal it says which command comes next. Exits with 10 when steps are left.
#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    project: ProjectFlag,
    /// List the steps that are done, next and later, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Run each step without asking whether to. What only you know is still asked for.
    #[arg(long)]
    yes: bool,
}

impl Up {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let manner = match (self.dry_run, self.yes, printer.form(), printer.can_ask()) {
            (true, ..) => Manner::List,
            (false, true, ..) => Manner::Go,
            (false, false, Form::Text, true) => Manner::Ask,
            (false, false, Form::Json, _) | (false, false, Form::Text, false) => Manner::Tell,
        };
        Walk::begin(printer, self.project, manner)?.run()
    }
}
