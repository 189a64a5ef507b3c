//! `clawlets local down`.

use clap::Args;
use clawlets_local_cloud::down;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, count};
use serde::Serialize;

use super::fault::of_cloud;
use crate::folders;

/// End the local cloud and every guest. Servers stay, switched off.
#[derive(Debug, Args)]
pub(super) struct GoDown {}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    /// The process that was ended; none when no local cloud ran.
    daemon: Option<u32>,
    /// The ids of servers whose guests were ended.
    guests: Vec<u64>,
}

impl GoDown {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let state_dir = folders::state_dir()?;
        let ended = down(&state_dir).map_err(|error| of_cloud(&error, &state_dir))?;
        match printer.form() {
            Form::Json => printer.json(&Document { daemon: ended.daemon, guests: ended.guests }),
            Form::Text => printer.note(sentence(ended.daemon, ended.guests.len())),
        }
        Ok(ExitCode::Ok)
    }
}

fn sentence(daemon: Option<u32>, guests: usize) -> String {
    match (daemon, guests) {
        // It was ended so early that it had not written its id yet.
        (Some(0), guests) => format!("The local cloud ended, with {}.", count(guests, "guest")),
        (Some(pid), guests) => {
            format!("The local cloud (process {pid}) ended, with {}.", count(guests, "guest"))
        }
        (None, 0) => "The local cloud was not running.".to_owned(),
        (None, guests) => {
            format!("The local cloud was not running; {} that it left ended.", count(guests, "guest"))
        }
    }
}
