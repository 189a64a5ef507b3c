//! `clf memory log`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, Table};
use clawlets_verbs::{
    memory::{Patience, Place},
    moment,
};

use super::path::PathArgument;

/// Show who changed a file, and when.
///
/// Who wrote a line follows from the unix user that owns it, so nobody can speak for another one. Everybody can leave lines
/// out, though: the owner of the file as it is now stands above the table, and a version that no line explains is
/// marked.
#[derive(Debug, Args)]
pub(super) struct Log {
    #[command(flatten)]
    path: PathArgument,
    /// How many changes at most.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    #[command(flatten)]
    patience: Patience,
}

impl Log {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = self.path.path()?;
        let limit = usize::from(self.limit);
        let history = Place::find(self.patience)?.with(|memory| memory.log(&path, limit))?;
        match printer.form() {
            Form::Json => printer.json(&history),
            Form::Text => {
                let mut table = Table::new(["TIME", "WHO", "FROM", "HOW", "BYTES", "SHA-256"]);
                for entry in &history.entries {
                    table.row([
                        moment(entry.at),
                        entry.who.to_string(),
                        entry.origin.clone().unwrap_or_default(),
                        entry.verb.as_str().to_owned(),
                        entry.bytes.to_string(),
                        short(&entry.sha256.to_string()),
                    ]);
                }
                if !table.is_empty() {
                    printer.table(&table);
                }
                match &history.now {
                    Some(now) => printer.note(format!(
                        "Now: {} bytes, SHA-256 {}, written by {} at {}.",
                        now.bytes,
                        short(&now.sha256.to_string()),
                        now.owner,
                        moment(now.modified)
                    )),
                    None => printer.note("It does not exist now."),
                }
            }
        }
        if !history.is_logged {
            printer.warn("no line of the log explains the version that is there now");
        }
        Ok(ExitCode::Ok)
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}
