//! `clawlets release`: what hosts are told to run, signed.

mod closure;
mod content;
mod diff;
mod document;
mod fault;
mod key;
mod keygen;
mod list;
mod manifest;
mod numbers;
mod pointer;
mod promote;
mod publish;
mod serve;
mod sign;
mod site;
mod verify;

pub(super) use content::{declared_checks, period};

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

pub(super) use key::PrivateKeyFlags;

/// Make, sign and check releases: documents that tell a host which system to run, and with which secrets.
///
/// Releases lie in deploy/HOST/CHANNEL: a manifest for each, and latest.json, which points to the one that hosts should
/// run. Both are signed with minisign keys; the program 'minisign' verifies them too.
#[derive(Debug, Args)]
pub(crate) struct Release {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Keygen(keygen::Keygen),
    /// Describe what a release is.
    #[command(subcommand)]
    Manifest(ManifestVerb),
    Sign(sign::Sign),
    Verify(verify::Verify),
    /// Say which release hosts should run.
    #[command(subcommand)]
    Pointer(PointerVerb),
    Publish(Box<publish::Publish>),
    Promote(promote::Promote),
    Diff(diff::Diff),
    List(list::List),
    Serve(serve::Serve),
}

#[derive(Debug, Subcommand)]
enum ManifestVerb {
    Build(manifest::Build),
}

#[derive(Debug, Subcommand)]
enum PointerVerb {
    Write(pointer::Write),
}

impl Release {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Keygen(verb) => verb.run(printer),
            Verb::Manifest(ManifestVerb::Build(verb)) => verb.run(printer),
            Verb::Sign(verb) => verb.run(printer),
            Verb::Verify(verb) => verb.run(printer),
            Verb::Pointer(PointerVerb::Write(verb)) => verb.run(printer),
            Verb::Publish(verb) => verb.run(printer),
            Verb::Promote(verb) => verb.run(printer),
            Verb::Diff(verb) => verb.run(printer),
            Verb::List(verb) => verb.run(printer),
            Verb::Serve(verb) => verb.run(printer),
        }
    }
}
