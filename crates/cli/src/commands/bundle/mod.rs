//! `clawlets bundle`: what hosts that boot from an image start from.

mod account;
mod build;
mod content;
mod digest;
mod fault;
mod list;
mod made;
mod seeds;
mod upload;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Make and store bundles: what a host that boots from an image starts from.
///
/// A bundle holds a host's encrypted secrets and snapshots of the repositories of repos.tsv, and a signed manifest with a
/// version that rises. It lies in the bucket 'aws.bucket', below the host's 'aws.bootstrapPrefix', where only that host may
/// read it. No key that opens it is in it.
#[derive(Debug, Args)]
pub(crate) struct Bundle {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Build(build::Build),
    Upload(upload::Upload),
    List(list::List),
}

impl Bundle {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Build(verb) => verb.run(printer),
            Verb::Upload(verb) => verb.run(printer).await,
            Verb::List(verb) => verb.run(printer).await,
        }
    }
}
