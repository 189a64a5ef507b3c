//! `clawlets hooks`: what stands between a mistake and a repository.

mod install;
mod pre_commit;
mod pre_push;
mod verdict;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Keep plaintext secrets, private keys and runtime files out of commits and pushes.
#[derive(Debug, Args)]
#[command(subcommand_required = true)]
pub(crate) struct Hooks {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Install(install::Install),
    PreCommit(pre_commit::PreCommit),
    PrePush(pre_push::PrePush),
}

impl Hooks {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Install(verb) => verb.run(printer),
            Verb::PreCommit(verb) => verb.run(printer),
            Verb::PrePush(verb) => verb.run(printer),
        }
    }
}
