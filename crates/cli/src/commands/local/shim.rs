//! `clawlets local shim`: the process around one guest.

use std::path::PathBuf;

use clap::Args;
use clawlets_local_cloud::shim;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode};

use super::config::config;

/// Run one guest of the local cloud. The local cloud itself starts this.
#[derive(Debug, Args)]
pub(super) struct Shim {
    /// The guest's specification.
    #[arg(required_unless_present = "rehearse")]
    specification: Option<PathBuf>,
    /// Only try whether a guest can be contained here.
    #[arg(long, conflicts_with = "specification")]
    rehearse: bool,
}

impl Shim {
    /// Runs the guest. No second thread may exist before.
    pub(super) fn run(self) -> Result<ExitCode, Fault> {
        match self.specification {
            Some(specification) => shim::run(&specification).map_err(|error| {
                Fault::new(FaultCode::LocalFailed, "the guest cannot be run").because(&error)
            }),
            None => shim::rehearse(&config(0)?.guest).map_err(|error| {
                Fault::new(FaultCode::LocalUncontained, "guests cannot be contained on this machine")
                    .because(&error)
            }),
        }?;
        Ok(ExitCode::Ok)
    }
}
