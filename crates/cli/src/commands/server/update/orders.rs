//! `clawlets server update pause`, `resume`, `pin` and `skip`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_release::value::{Epoch, ReleaseId};

use super::far_end::FarEnd;

/// Let a host begin with no release any more.
#[derive(Debug, Args)]
pub(in crate::commands::server) struct Pause {
    #[command(flatten)]
    far_end: FarEnd,
}

/// Let a host follow its channel again: ends a pause and a pin.
#[derive(Debug, Args)]
pub(in crate::commands::server) struct Resume {
    #[command(flatten)]
    far_end: FarEnd,
}

/// Let a host begin with no other release than this one.
#[derive(Debug, Args)]
pub(in crate::commands::server) struct Pin {
    /// The release: its number, or EPOCH/NUMBER.
    #[arg(value_name = "RELEASE", value_parser = release)]
    release: Release,
    #[command(flatten)]
    far_end: FarEnd,
}

/// Let a host not begin with this release.
#[derive(Debug, Args)]
pub(in crate::commands::server) struct Skip {
    /// The release: its number, or EPOCH/NUMBER.
    #[arg(value_name = "RELEASE", value_parser = release)]
    release: Release,
    #[command(flatten)]
    far_end: FarEnd,
}

/// A release, as the host's program takes it.
#[derive(Debug, Clone)]
struct Release(String);

fn release(text: &str) -> Result<Release, String> {
    let number = |text: &str| text.parse::<ReleaseId>().map_err(|error| error.to_string());
    match text.split_once('/') {
        None => number(text).map(|id| Release(id.to_string())),
        Some((epoch, id)) => {
            let epoch: Epoch = epoch.parse().map_err(|_| "expected a number, or EPOCH/NUMBER".to_owned())?;
            number(id).map(|id| Release(format!("{epoch}/{id}")))
        }
    }
}

impl Pause {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        self.far_end.update("pause", printer)
    }
}

impl Resume {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        self.far_end.update("resume", printer)
    }
}

impl Pin {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        self.far_end.update(&format!("pin {}", self.release.0), printer)
    }
}

impl Skip {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        self.far_end.update(&format!("skip {}", self.release.0), printer)
    }
}
