//! `clawlets-host update apply`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};

use super::{shown::show, signals};
use crate::{config::Config, fault::of_update, records::Report, updater::Updater};

/// Finish what is under way, look for a release, and apply it.
///
/// It is fetched, tried, watched, and becomes the system that boots by default; or the host goes back to the one before
/// with its secrets. Ends with 0 when the host runs what it should.
#[derive(Debug, Args)]
pub(crate) struct Apply;

impl Apply {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        let told = signals::terminated()?;
        let mut updater =
            Updater::start(config, signals::switcher()?, &told).map_err(|error| of_update(&error))?;
        updater.losses().iter().for_each(|loss| printer.warn(loss));
        updater.apply().map_err(|error| of_update(&error))?;
        let report = updater.report().map_err(|error| of_update(&error))?;
        match printer.form() {
            Form::Json => show(printer, &report),
            Form::Text => tell(printer, &report),
        }
        Ok(if updater.is_stopped() { ExitCode::Interrupted } else { updater.outcome().exit() })
    }
}

/// Says what came of it, and what is wrong with mirrors.
pub(super) fn tell(printer: &Printer, report: &Report) {
    tell_of_mirrors(printer, report);
    printer.note(sentence(&report.status.message));
}

/// Says what is wrong with mirrors.
pub(super) fn tell_of_mirrors(printer: &Printer, report: &Report) {
    report.mirrors.iter().for_each(|mirror| printer.note(sentence(mirror)));
}

/// Messages begin in lower case, as parts of sentences do.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
