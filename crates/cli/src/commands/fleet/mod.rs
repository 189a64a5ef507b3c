//! `clawlets fleet`: what all hosts and bots have in common.

mod apply;
mod audit;
mod control;
mod deploy;
mod import_instances;
mod instances;
mod registry;
mod set;
mod show;
mod status;
mod tfvars;
mod variables;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Look at the fleet, and set what all of it has in common.
#[derive(Debug, Args)]
pub(crate) struct Fleet {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Show(show::Show),
    Set(Box<set::Set>),
    Instances(instances::Instances),
    ImportInstances(import_instances::ImportInstances),
    Tfvars(tfvars::Tfvars),
    Apply(Box<apply::Apply>),
    Status(status::Status),
    Deploy(deploy::Deploy),
    Audit(audit::Audit),
}

impl Fleet {
    pub(crate) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Show(verb) => verb.run(printer),
            Verb::Set(verb) => verb.run(printer).await,
            Verb::Instances(verb) => verb.run(printer),
            Verb::ImportInstances(verb) => verb.run(printer).await,
            Verb::Tfvars(verb) => verb.run(printer),
            Verb::Apply(verb) => verb.run(printer).await,
            Verb::Status(verb) => verb.run(printer).await,
            Verb::Deploy(verb) => verb.run(printer).await,
            Verb::Audit(verb) => verb.run(printer).await,
        }
    }
}
