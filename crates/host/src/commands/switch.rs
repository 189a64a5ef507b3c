//! `clawlets-host switch`, which the updater starts.

use std::path::PathBuf;

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode};

use crate::switching;

/// Carry out the switch that the updater ordered. It goes on when the updater is ended by it.
#[derive(Debug, Args)]
pub(crate) struct Switch {
    /// The folder of the order.
    folder: PathBuf,
}

impl Switch {
    pub(crate) fn run(self) -> Result<ExitCode, Fault> {
        let failed = |error| Fault::new(FaultCode::Io, "failed to carry out a switch").because(&error);
        switching::carry_out(&self.folder).map(|()| ExitCode::Ok).map_err(failed)
    }
}
