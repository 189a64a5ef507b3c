//! `clawlets server`: what a running host does, asked and told over SSH.

mod update;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Work with hosts that run already, over SSH.
///
/// A host is reached where hosts.HOST.targetHost says, as root or as somebody who may use sudo there.
#[derive(Debug, Args)]
pub(crate) struct Server {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// See and steer how a host updates itself.
    #[command(subcommand)]
    Update(update::Update),
}

impl Server {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Update(verb) => verb.run(printer),
        }
    }
}
