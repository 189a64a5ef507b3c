//! `clf memory list`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, Table, count};
use clawlets_verbs::{
    memory::{Patience, Place},
    moment,
};

use super::path::BelowArgument;

/// List the files of the memory.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    below: BelowArgument,
    #[command(flatten)]
    patience: Patience,
}

impl List {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let below = self.below.path()?;
        let listing = Place::find(self.patience)?.with(|memory| memory.list(below.as_ref()))?;
        match printer.form() {
            Form::Json => printer.json(&listing),
            Form::Text if listing.files.is_empty() => printer.note("There are no files."),
            Form::Text => {
                let mut table = Table::new(["PATH", "BYTES", "CHANGED", "OWNER", "PROTECTED"]);
                for file in &listing.files {
                    let protected = if file.protected { "yes" } else { "" };
                    table.row([
                        file.path.to_string(),
                        file.bytes.to_string(),
                        moment(file.modified),
                        file.owner.to_string(),
                        protected.to_owned(),
                    ]);
                }
                printer.table(&table);
            }
        }
        if listing.others > 0 {
            printer.note(format!("{} there is no file of the memory.", count(listing.others, "other thing")));
        }
        if listing.truncated {
            printer.note("There are more files; name a folder.");
        }
        Ok(ExitCode::Ok)
    }
}
