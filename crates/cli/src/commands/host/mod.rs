//! `clawlets host`: the machines that the fleet runs on.

mod add;
mod config;
mod list;
mod rm;
mod set;
mod set_default;
mod settings;

pub(super) use add::add as add_host;
use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Declare the machines that the fleet runs on.
#[derive(Debug, Args)]
pub(crate) struct Host {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(Box<add::Add>),
    Config(config::HostConfig),
    List(list::List),
    Set(Box<set::Set>),
    SetDefault(set_default::SetDefault),
    Rm(rm::Rm),
}

impl Host {
    pub(crate) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Add(verb) => verb.run(printer).await,
            Verb::Config(verb) => verb.run(printer),
            Verb::List(verb) => verb.run(printer),
            Verb::Set(verb) => verb.run(printer).await,
            Verb::SetDefault(verb) => verb.run(printer).await,
            Verb::Rm(verb) => verb.run(printer).await,
        }
    }
}
