//! `clf fleet`: how the fleet is, and deploys.

mod place;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::fleet;

/// Look at the fleet, and replace hosts of it.
///
/// The control API is named by `/etc/clawlets/control-url`, this host's token by
/// `/run/clawlets/secrets/control-api-token`, or by the variables CONTROL_API_URL, CONTROL_API_TOKEN and
/// CONTROL_API_TOKEN_FILE. Who asks is whoever the token belongs to; with a person's token on a host, the host of
/// `/etc/clawlets/instance-name`, or of CLAWLETS_INSTANCE.
#[derive(Debug, Args)]
pub(crate) struct Fleet {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Status(fleet::Status),
    Deploy(fleet::Deploy),
}

impl Fleet {
    pub(crate) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Status(verb) => verb.run(printer, &place::client()?).await,
            Verb::Deploy(verb) => verb.run(printer, &place::client()?, place::instance()?).await,
        }
    }
}
