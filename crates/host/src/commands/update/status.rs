//! `clawlets-host update status`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use super::shown::show;
use crate::{
    config::Config,
    fault::of_records,
    records::{Records, Report},
    updater::system_that_runs,
};

/// Say what runs, what should run, and why that is not the same.
///
/// It may be asked at any time, also while an updater is at work.
#[derive(Debug, Args)]
pub(crate) struct Status;

impl Status {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        let records = Records::new(&config.paths.state, &config.paths.floor);
        let report = || {
            let running = system_that_runs(&config.paths.current_system)?;
            let loaded = records.load(|| Ok(running.clone()))?;
            loaded.losses.iter().for_each(|loss| printer.warn(loss));
            Ok(Report::of(&loaded.state, running, &records))
        };
        show(printer, &report().map_err(|error| of_records(&error))?);
        Ok(ExitCode::Ok)
    }
}
