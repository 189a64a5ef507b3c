//! `clawlets host set-default`.

use clap::Args;
use clawlets_fleet::JsonPath;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::fleet_file::{Change, EditFlags, HostFlag, of_change};

/// Make a host the one that verbs are about when none is named.
#[derive(Debug, Args)]
pub(super) struct SetDefault {
    #[command(flatten)]
    host: HostFlag,
    #[command(flatten)]
    edit: EditFlags,
}

impl SetDefault {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let change = self.edit.edit(printer, |text| {
            let host = self.host.resolve(text)?;
            let default = Change::Set(JsonPath::of(["defaultHost"]), host.as_str().into());
            default.apply(text).map_err(|error| of_change(&error))?;
            Ok(host)
        });
        let edited = change.await?;
        Ok(edited.report(printer, &format!("Host {} is the default.", edited.outcome)))
    }
}
