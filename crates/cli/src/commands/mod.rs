//! The verbs, one file each.

mod cattle;
mod docs;
mod hooks;
mod local;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::Printer;
use clawlets_verbs::{completions::Completions, program};

/// What `clawlets` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    Hooks(hooks::Hooks),
    Local(local::Local),
    Cattle(cattle::Cattle),
    Completions(Completions),
    #[command(hide = true)]
    Docs(docs::Docs),
}

impl Commands {
    /// Runs a verb to its end. Those that must have no second thread, or a runtime of their own, get none here.
    pub(crate) fn run(self, printer: &Printer) -> ExitCode {
        match self {
            Self::Local(local) => local.run(printer),
            Self::Cattle(cattle) => program::run(printer, cattle.run(printer)),
            Self::Completions(completions) => {
                program::conclude(printer, completions.run(printer, "clawlets"))
            }
            Self::Hooks(hooks) => program::conclude(printer, hooks.run(printer)),
            Self::Docs(docs) => program::conclude(printer, docs.run(printer)),
        }
    }
}
