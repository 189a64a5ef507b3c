//! `clawlets config`: the file that declares the fleet.

mod derive_allowlist;
mod get;
mod migrate;
mod schema;
mod set;
mod show;
mod unset;
mod validate;
mod wire_secrets;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Read, change and check `fleet/clawlets.json`.
#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Show(show::Show),
    Get(get::Get),
    Set(set::Set),
    Unset(unset::Unset),
    Validate(validate::Validate),
    Migrate(migrate::Migrate),
    Schema(schema::Schema),
    WireSecrets(wire_secrets::WireSecrets),
    DeriveAllowlist(derive_allowlist::DeriveAllowlist),
}

impl Config {
    pub(crate) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Show(verb) => verb.run(printer),
            Verb::Get(verb) => verb.run(printer),
            Verb::Set(verb) => verb.run(printer).await,
            Verb::Unset(verb) => verb.run(printer).await,
            Verb::Validate(verb) => verb.run(printer),
            Verb::Migrate(verb) => verb.run(printer).await,
            Verb::Schema(verb) => verb.run(printer),
            Verb::WireSecrets(verb) => verb.run(printer).await,
            Verb::DeriveAllowlist(verb) => verb.run(printer).await,
        }
    }
}
