//! `clawlets hooks pre-commit`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use super::verdict::{conclude, of_git, repository};

/// Look at what is staged; exit with 6 when it holds a secret.
///
/// What counts is the staged version of each file, not the one in the folder.
#[derive(Debug, Args)]
pub(super) struct PreCommit {}

impl PreCommit {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let findings = repository()?.scan_staged().map_err(|error| of_git(&error))?;
        conclude(printer, "what is staged", &findings)
    }
}
