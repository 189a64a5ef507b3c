//! `clawlets host set`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer, count};

use super::settings::HostSettings;
use crate::fleet_file::{EditFlags, HostFlag};

/// Change settings of a host.
///
/// Settings without a flag of their own are in reach of `clawlets config set hosts.NAME.…`.
#[derive(Debug, Args)]
pub(super) struct Set {
    #[command(flatten)]
    host: HostFlag,
    #[command(flatten)]
    settings: HostSettings,
    #[command(flatten)]
    edit: EditFlags,
}

impl Set {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let change = self.edit.edit(printer, |text| {
            let host = self.host.resolve(text)?;
            match self.settings.apply(printer, text, &host)? {
                0 => Err(Fault::new(FaultCode::UsageArguments, "there is nothing to set")
                    .hint("'clawlets host set --help' lists the settings")),
                settings => Ok((host, settings)),
            }
        });
        let edited = change.await?;
        let (host, settings) = &edited.outcome;
        Ok(edited.report(printer, &format!("Host {host}: {} changed.", count(*settings, "setting"))))
    }
}
