//! `clawlets-host bootstrap status`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use super::{InstanceFlags, shown::show};
use crate::{bootstrap::BootRecords, fault::of_boot, program::ConfigFlag};

/// Say how far the boot of this host is, and which bundle it has. It may be asked at any time.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    instance: InstanceFlags,
}

impl Status {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let config = self.instance.load(config)?;
        let state = BootRecords::new(&config.bootstrap.state).load().map_err(|error| of_boot(&error))?;
        show(printer, &state);
        Ok(ExitCode::Ok)
    }
}
