//! `clf memory search`.

use std::ffi::OsString;

use clap::Args;
use clawlets_memory::Query;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count, plain};
use clawlets_verbs::memory::{Patience, Place};

use super::path::folder;

/// Find the lines that hold a text.
#[derive(Debug, Args)]
pub(super) struct Search {
    /// What to look for, as it stands.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
    /// Take it for a regular expression.
    #[arg(long)]
    regex: bool,
    /// Upper and lower case are the same.
    #[arg(long, short = 'i')]
    ignore_case: bool,
    /// Only in this folder or file.
    #[arg(long = "in", value_name = "PATH")]
    below: Option<OsString>,
    #[command(flatten)]
    patience: Patience,
}

impl Search {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        if self.text.is_empty() {
            return Err(Fault::new(FaultCode::UsageValue, "there is nothing to look for"));
        }
        let query = if self.regex { Query::pattern(&self.text) } else { Query::literal(&self.text) };
        let query = query.map_err(|error| {
            let cause = std::error::Error::source(&error);
            Fault::new(FaultCode::UsageValue, error.to_string()).because(cause.unwrap_or(&error))
        })?;
        let query = if self.ignore_case { query.in_any_case() } else { query };
        let below = self.below.as_ref().map(folder).transpose()?.flatten();
        let found = Place::find(self.patience)?.with(|memory| memory.search(&query, below.as_ref()))?;
        match printer.form() {
            Form::Json => printer.json(&found),
            Form::Text => {
                for hit in &found.hits {
                    printer.data(plain(&format!("{}:{}:{}", hit.path, hit.line, hit.text)));
                }
                if found.hits.is_empty() {
                    printer.note(format!("No line of {} holds it.", count(found.searched, "file")));
                }
                if found.skipped > 0 {
                    printer.note(format!(
                        "{} not looked into: no text, too large, or not to be trusted.",
                        count(found.skipped, "file")
                    ));
                }
                if found.truncated {
                    printer.note("There is more; look for something rarer, or in a folder with --in.");
                }
            }
        }
        Ok(ExitCode::Ok)
    }
}
