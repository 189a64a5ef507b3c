//! `clawlets-host update fetch`.

use std::time::Duration;

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};

use super::{
    apply::{tell, tell_of_mirrors},
    shown::show,
    signals,
};
use crate::{config::Config, fault::of_update, process, updater::Updater};

const SOON: Duration = Duration::from_secs(60);

/// Look for a release and verify it; start what applies it if there is one.
///
/// Nothing of this host is changed, and a pointer that did not change is not sent again. What is started is named by
/// `updates.on_found` in the configuration.
#[derive(Debug, Args)]
pub(crate) struct Fetch;

impl Fetch {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        let told = signals::terminated()?;
        let mut updater =
            Updater::start(config, signals::switcher()?, &told).map_err(|error| of_update(&error))?;
        updater.losses().iter().for_each(|loss| printer.warn(loss));
        let is_ready = updater.fetch().map_err(|error| of_update(&error))?;
        let report = updater.report().map_err(|error| of_update(&error))?;
        let (is_told, exit) = (updater.is_told_to_end(), updater.outcome().exit());
        // Whoever applies it needs the lock.
        drop(updater);
        if printer.form() == Form::Json {
            show(printer, &report);
        }
        if is_told {
            return Ok(ExitCode::Interrupted);
        }
        if !is_ready {
            if printer.form() == Form::Text {
                tell(printer, &report);
            }
            return Ok(exit);
        }
        if printer.form() == Form::Text {
            tell_of_mirrors(printer, &report);
        }
        printer.note("There is a release to apply.");
        start(config)?;
        Ok(ExitCode::Ok)
    }
}

/// Starts what applies a release.
fn start(config: &Config) -> Result<(), Fault> {
    let argv = &config.updates.on_found;
    if argv.is_empty() {
        return Ok(());
    }
    let failed = || Fault::new(FaultCode::HostRefused, format!("failed to run '{}'", argv.join(" ")));
    let mut command = process::command(argv).map_err(|error| failed().because(&error))?;
    match process::run(&mut command, SOON, || Ok(())) {
        Ok(ended) if ended.status.success() => Ok(()),
        Ok(ended) => Err(failed().hint(ended.talk.lines().last().unwrap_or_default())),
        Err(process::Unended::Io(error)) => Err(failed().because(&error)),
        Err(process::Unended::TooSlow | process::Unended::Interrupted(_)) => Err(failed()),
    }
}
