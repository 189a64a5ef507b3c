//! The verbs, one file each. The doc comment of an argument struct is the verb's help.

mod secrets;
mod switch;
mod update;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::program::ConfigFlag;

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    #[command(subcommand)]
    Update(update::Update),
    #[command(subcommand)]
    Secrets(secrets::Secrets),
    #[command(hide = true)]
    Switch(switch::Switch),
}

impl Commands {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Update(update) => update.run(printer, config),
            Self::Secrets(secrets) => secrets.run(printer, config),
            Self::Switch(switch) => switch.run(),
        }
    }
}
