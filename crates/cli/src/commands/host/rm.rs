//! `clawlets host rm`.

use clap::Args;
use clap_complete::ArgValueCandidates;
use clawlets_fleet::JsonPath;
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, FaultCode, Printer};

use crate::fleet_file::{EditFlags, host_candidates, hosts, known_host, of_change};

/// Take a host out of the configuration. The machine itself is not touched.
///
/// When it was the default and one host is left, that one becomes the default.
#[derive(Debug, Args)]
pub(super) struct Rm {
    /// The host.
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(host_candidates))]
    host: HostName,
    #[command(flatten)]
    edit: EditFlags,
}

impl Rm {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let change = self.edit.edit(printer, |text| {
            let host = known_host(&hosts(text), &self.host)?;
            text.remove(&JsonPath::of(["hosts", host.as_str()])).map_err(|error| of_change(&error))?;
            let default = JsonPath::of(["defaultHost"]);
            if text.get(&default).is_none_or(|name| name != host.as_str()) {
                return Ok(());
            }
            match hosts(text).as_slice() {
                [] => Err(Fault::new(
                    FaultCode::FleetRefused,
                    format!("{host} is the only host, and a fleet has one at least"),
                )
                .hint("add the other one first: 'clawlets host add --host NAME'")),
                [only] => text.set(&default, &only.as_str().into()).map_err(|error| of_change(&error)),
                [_, _, ..] => Err(Fault::new(FaultCode::FleetRefused, format!("{host} is the default host"))
                    .hint("make another one the default first: 'clawlets host set-default --host NAME'")),
            }
        });
        Ok(change.await?.report(printer, &format!("Host {} is no longer in the configuration.", self.host)))
    }
}
