//! `clawlets server update`: the verbs of `clawlets-host update`, from afar.

mod apply;
mod far_end;
mod logs;
mod orders;
mod status;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

#[derive(Debug, Subcommand)]
pub(super) enum Update {
    Apply(apply::Apply),
    Status(status::Status),
    Logs(logs::Logs),
    Pause(orders::Pause),
    Resume(orders::Resume),
    Pin(orders::Pin),
    Skip(orders::Skip),
}

impl Update {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self {
            Self::Apply(verb) => verb.run(printer),
            Self::Status(verb) => verb.run(printer),
            Self::Logs(verb) => verb.run(printer),
            Self::Pause(verb) => verb.run(printer),
            Self::Resume(verb) => verb.run(printer),
            Self::Pin(verb) => verb.run(printer),
            Self::Skip(verb) => verb.run(printer),
        }
    }
}
