//! `clawlets-host update pause`, `resume`, `pin` and `skip`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::{
    update::Command,
    value::{Epoch, Order},
};

use super::{shown::show, signals};
use crate::{
    config::Config,
    fault::{of_records, of_update},
    records::{Records, RecordsError, read_order},
    updater::{UpdateError, Updater},
};

/// Begin with no release any more.
///
/// What is on trial already is finished, or left, as it turns out.
#[derive(Debug, Args)]
pub(crate) struct Pause;

/// Follow the channel again: ends a pause and a pin.
#[derive(Debug, Args)]
pub(crate) struct Resume;

/// Begin with no other release than this one.
#[derive(Debug, Args)]
pub(crate) struct Pin {
    #[command(flatten)]
    release: ReleaseArgument,
}

/// Do not begin with this release.
#[derive(Debug, Args)]
pub(crate) struct Skip {
    #[command(flatten)]
    release: ReleaseArgument,
}

/// Which release.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgument {
    /// The release: its number, or 'epoch/number'. Without an epoch it is that of the highest release seen.
    #[arg(value_name = "RELEASE")]
    release: String,
}

impl ReleaseArgument {
    fn order(&self, config: &Config) -> Result<Order, Fault> {
        let floors = Records::new(&config.paths.state, &config.paths.floor).floors();
        let seen =
            floors.map_err(|error| of_records(&error))?.into_iter().flatten().map(|seen| seen.order).max();
        let epoch = seen.map_or(Epoch::default(), |seen| seen.epoch);
        read_order(self.release.trim(), Some(epoch)).ok_or_else(|| {
            let what = format!("{:?} is no release: expected a number, or 'epoch/number'", self.release);
            Fault::new(FaultCode::UsageValue, what)
        })
    }
}

impl Pause {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        order(printer, config, Command::Pause)
    }
}

impl Resume {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        order(printer, config, Command::Resume)
    }
}

impl Pin {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        order(printer, config, Command::Pin(self.release.order(config)?))
    }
}

impl Skip {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        order(printer, config, Command::Skip(self.release.order(config)?))
    }
}

/// Leaves the order, and carries it out if no updater is there to do so.
fn order(printer: &Printer, config: &Config, command: Command) -> Result<ExitCode, Fault> {
    let records = Records::new(&config.paths.state, &config.paths.floor);
    records.orders().leave(command).map_err(|source| {
        of_records(&RecordsError::Write { path: config.paths.state.join("orders"), source })
    })?;
    let told = signals::terminated()?;
    let report = match Updater::start(config, signals::switcher()?, &told) {
        Ok(updater) => updater.report().map_err(|error| of_update(&error))?,
        Err(UpdateError::Records(RecordsError::Busy)) => {
            printer.note("An updater is at work; it obeys as soon as it can.");
            return Ok(ExitCode::Ok);
        }
        Err(error) => return Err(of_update(&error)),
    };
    if printer.form() == Form::Json {
        show(printer, &report);
    }
    Ok(ExitCode::Ok)
}
