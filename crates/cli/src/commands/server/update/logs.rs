//! `clawlets server update logs`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};

use super::far_end::FarEnd;

/// The units whose journals are shown.
const UNITS: [&str; 2] = ["clawlets-update-fetch.service", "clawlets-update-apply.service"];

/// Print what a host's updater wrote to its journal.
///
/// With --json each line is an entry of the journal.
#[derive(Debug, Args)]
pub(in crate::commands::server) struct Logs {
    /// How many lines.
    #[arg(long, value_name = "N", default_value_t = 100)]
    lines: u32,
    /// Go on with what comes.
    #[arg(long, short)]
    follow: bool,
    #[command(flatten)]
    far_end: FarEnd,
}

impl Logs {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let [fetch, apply] = UNITS;
        let mut command =
            format!("journalctl --no-pager --lines={} --unit={fetch} --unit={apply}", self.lines);
        if self.follow {
            command.push_str(" --follow");
        }
        match printer.form() {
            Form::Json => command.push_str(" --output=json"),
            Form::Text => {}
        }
        self.far_end.run(&command, printer)
    }
}
