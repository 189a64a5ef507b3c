//! `clawlets-host update run`.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use jiff::Timestamp;

use super::{apply::sentence, signals};
use crate::{
    config::Config,
    fault::of_update,
    updater::{UpdateError, Updater},
};

const TURN: Duration = Duration::from_millis(500);

/// Stay, and apply releases as they come.
///
/// It looks every `updates.interval`, give or take a tenth, so that the hosts of a fleet do not come all at once. For
/// hosts without systemd timers; it ends at SIGTERM.
#[derive(Debug, Args)]
pub(crate) struct Run;

impl Run {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        let told = signals::terminated()?;
        let mut last = String::new();
        while !told.load(Ordering::SeqCst) {
            let outcome = Updater::start(config, signals::switcher()?, &told).and_then(|mut updater| {
                updater.losses().iter().for_each(|loss| printer.warn(loss));
                updater.apply()?;
                updater.report()
            });
            match outcome {
                Ok(report) if report.status.message != last => {
                    printer.note(sentence(&report.status.message));
                    last = report.status.message;
                }
                Ok(_) => {}
                // What is wrong with the configuration stays wrong; all else may pass.
                Err(error @ UpdateError::Config(_)) => return Err(of_update(&error)),
                Err(error @ (UpdateError::Records(_) | UpdateError::Clock(_))) => {
                    printer.fault(&of_update(&error));
                }
            }
            rest(config.updates.interval.duration(), &told);
        }
        Ok(ExitCode::Ok)
    }
}

/// Waits for an interval, from nine to eleven tenths of it.
fn rest(interval: Duration, told: &AtomicBool) {
    let share = u32::from(Timestamp::now().subsec_nanosecond().unsigned_abs() as u16) % 201;
    let end = Instant::now() + interval / 1000 * (900 + share);
    while Instant::now() < end && !told.load(Ordering::SeqCst) {
        thread::sleep(TURN.min(end.saturating_duration_since(Instant::now())));
    }
}
