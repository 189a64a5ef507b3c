//! `clf memory daily`.

use clap::Args;
use clawlets_memory::{Day, MemoryError};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, count};
use clawlets_verbs::memory::{Patience, Place};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Show the notes that all instances wrote on a day as one page.
///
/// Each instance writes its own notes, into daily/YYYY-MM-DD_INSTANCE.md. With --merge the page is kept as
/// daily/YYYY-MM-DD.md; a page that somebody wrote by hand stays.
#[derive(Debug, Args)]
pub(super) struct Daily {
    /// The day, YYYY-MM-DD in UTC [default: today].
    #[arg(value_name = "DAY")]
    day: Option<Day>,
    /// Keep the page in the memory.
    #[arg(long)]
    merge: bool,
    #[command(flatten)]
    patience: Patience,
}

/// What `--json` prints of a page that is not kept.
#[derive(Serialize, Deserialize)]
struct Page {
    instances: Vec<clawlets_memory::InstanceName>,
    content: String,
}

impl Daily {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let day = self.day.unwrap_or_else(|| Day::of(Timestamp::now()));
        let place = Place::find(self.patience)?;
        if self.merge {
            let merged = place.with(|memory| memory.merge_notes(day))?;
            match (printer.form(), &merged.change) {
                (Form::Json, _) => printer.json(&merged),
                (Form::Text, Some(_)) => {
                    let notes = count(merged.instances.len(), "instance");
                    printer.note(format!("Merged the notes of {notes} into {}.", merged.path));
                }
                (Form::Text, None) => printer.note(format!("{} is up to date.", merged.path)),
            }
            return Ok(ExitCode::Ok);
        }
        let page = place.with(|memory| -> Result<Page, MemoryError> {
            let notes = memory.notes(day)?;
            let content = String::from_utf8_lossy(&notes.page).into_owned();
            Ok(Page { instances: notes.instances, content })
        })?;
        match printer.form() {
            Form::Json => printer.json(&page),
            Form::Text => page.content.lines().for_each(|line| printer.data(clawlets_printer::plain(line))),
        }
        Ok(ExitCode::Ok)
    }
}
