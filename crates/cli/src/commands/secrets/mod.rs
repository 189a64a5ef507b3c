//! `clawlets secrets`: what the fleet must know and nobody else.

mod bundle;
mod decrypt;
mod edit;
mod editor;
mod encrypt;
mod fault;
mod import_agenix;
mod init;
mod keys;
mod list;
mod path;
mod place;
mod rotate;
mod scratch;
mod set;
mod sync;
mod value;
mod verify;
mod who_can_read;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

pub(super) use bundle::of_bundle;
pub(super) use keys::keys_at_hand;

/// Keep the fleet's secrets: encrypted files that the program 'sops' reads and writes too.
///
/// Files are opened with --age-key-file, else with SOPS_AGE_KEY_FILE, else with the keys in .clawlets/keys/operators.
/// A value is never given on the command line: it comes from a prompt, from standard input, from a JSON file, or from a
/// generator.
#[derive(Debug, Args)]
pub(crate) struct Secrets {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Init(init::Init),
    Verify(verify::Verify),
    List(list::List),
    Set(set::Set),
    Edit(edit::Edit),
    WhoCanRead(who_can_read::WhoCanRead),
    Rotate(rotate::Rotate),
    Sync(sync::Sync),
    Path(path::ShowPath),
    Bundle(bundle::MakeBundle),
    Decrypt(decrypt::Decrypt),
    Encrypt(encrypt::Encrypt),
    ImportAgenix(import_agenix::ImportAgenix),
}

impl Secrets {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Init(verb) => verb.run(printer),
            Verb::Verify(verb) => verb.run(printer),
            Verb::List(verb) => verb.run(printer),
            Verb::Set(verb) => verb.run(printer),
            Verb::Edit(verb) => verb.run(printer),
            Verb::WhoCanRead(verb) => verb.run(printer),
            Verb::Rotate(verb) => verb.run(printer),
            Verb::Sync(verb) => verb.run(printer),
            Verb::Path(verb) => verb.run(printer),
            Verb::Bundle(verb) => verb.run(printer),
            Verb::Decrypt(verb) => verb.run(printer),
            Verb::Encrypt(verb) => verb.run(printer),
            Verb::ImportAgenix(verb) => verb.run(printer),
        }
    }
}
