//! `clawlets local shim`: the process around one guest.

use std::path::PathBuf;

use clap::Args;
use clawlets_local_cloud::shim;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode};

/// Run one guest of the local cloud. The local cloud itself starts this.
#[derive(Debug, Args)]
pub(super) struct Shim {
    /// The guest's specification.
    specification: PathBuf,
}

impl Shim {
    /// Runs the guest. No second thread may exist before.
    pub(super) fn run(self) -> Result<ExitCode, Fault> {
        match shim::run(&self.specification) {
            Ok(()) => Ok(ExitCode::Ok),
            Err(error) => Err(Fault::new(FaultCode::LocalFailed, "the guest cannot be run").because(&error)),
        }
    }
}
