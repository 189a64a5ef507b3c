//! `clawlets env set`.

use std::{
    io::{self, Read},
    path::PathBuf,
};

use clap::Args;
use clawlets_model::{ExitCode, Secret};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_secrets::is_placeholder;
use serde::Serialize;

use crate::{
    env_file::{Key, set},
    fleet_file::{Lock, ProjectFlag},
};

/// The most that is read from standard input, in bytes.
const LARGEST: u64 = 16 * 1024;

/// Give a variable of `.clawlets/env` its value: from a prompt, or from standard input.
///
/// The rest of the file stays as it is; a file that is not there is made. A value is never given on the command line,
/// which others can read.
#[derive(Debug, Args)]
pub(super) struct Set {
    /// The variable, such as HCLOUD_TOKEN.
    #[arg(value_name = "KEY", value_parser = key)]
    key: Key,
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    path: PathBuf,
    key: &'static str,
}

fn key(text: &str) -> Result<Key, String> {
    let known = || format!("expected one of {}", Key::ALL.map(Key::name).join(", "));
    Key::parse(text.trim()).ok_or_else(known)
}

impl Set {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let project = self.project.find(printer)?;
        let value = match (printer.can_ask(), self.key.is_token()) {
            (true, true) => printer.ask_secret(self.key.name())?,
            (true, false) => Secret::new(printer.ask(self.key.name(), None, |_| Ok(()))?),
            (false, _) => from_stdin()?,
        };
        let value = Secret::from(value.expose().trim());
        if is_placeholder(value.expose()) {
            let message = format!("what is given for {} is no value", self.key.name());
            return Err(Fault::new(FaultCode::UsageValue, message).hint("nothing was changed"));
        }
        // A second line would be another variable.
        if value.expose().contains(char::is_control) {
            let message =
                format!("what is given for {} holds a line break or a control character", self.key.name());
            return Err(Fault::new(FaultCode::UsageValue, message).hint("nothing was changed"));
        }
        let _lock = Lock::wait(project.root())?;
        let path = set(&project.runtime(), self.key, &value)?;
        let key = self.key.name();
        match printer.form() {
            Form::Json => printer.json(&Document { path, key }),
            Form::Text => printer.note(format!("{key} is set in {}.", path.display())),
        }
        Ok(ExitCode::Ok)
    }
}

fn from_stdin() -> Result<Secret<String>, Fault> {
    let mut text = String::new();
    let read = io::stdin().lock().take(LARGEST + 1).read_to_string(&mut text);
    let text = Secret::new(text);
    read.map_err(|error| Fault::new(FaultCode::Io, "failed to read standard input").because(&error))?;
    if text.expose().len() as u64 > LARGEST {
        let message = "what stands on standard input is longer than 16 KiB";
        return Err(Fault::new(FaultCode::UsageValue, message).hint("nothing was changed"));
    }
    Ok(text)
}
