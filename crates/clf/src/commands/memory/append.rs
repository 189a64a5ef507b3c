//! `clf memory append`.

use std::ffi::OsString;

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_verbs::memory::{Patience, Place};

use super::{input, path::PathArgument, said};

/// Add lines at the end of a file, and make it if there is none.
///
/// The text begins on a line of its own and ends with a newline. Lines of several writers never mix.
#[derive(Debug, Args)]
pub(super) struct Append {
    #[command(flatten)]
    path: PathArgument,
    /// The text; without it, or with '-', standard input.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<OsString>,
    #[command(flatten)]
    patience: Patience,
}

impl Append {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = self.path.path()?;
        let place = Place::find(self.patience)?;
        let text = input::content(self.text.as_deref())?;
        if text.is_empty() {
            return Err(Fault::new(FaultCode::UsageValue, "there is nothing to append")
                .hint("give a text behind the path, or on standard input"));
        }
        let change = place.with(|memory| memory.append(&path, &text))?;
        said::changed(printer, "Appended to", &change);
        Ok(ExitCode::Ok)
    }
}
