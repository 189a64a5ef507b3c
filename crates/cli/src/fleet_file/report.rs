//! What is said about an edit.

use std::path::Path;

use clawlets_fleet::Problem;
use clawlets_model::ExitCode;
use clawlets_printer::{Form, Printer, count, plain};
use serde::Serialize;
use similar::TextDiff;

use super::edit::{Edited, Effect};

/// What `--json` prints of an edit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    path: &'a Path,
    changed: bool,
    dry_run: bool,
    diff: String,
    /// What was wrong before and is wrong still.
    remaining: &'a [Problem],
}

impl<T> Edited<T> {
    /// Says what was done, and what is left to do. `summary` is a sentence about the change.
    pub(crate) fn report(&self, printer: &Printer, summary: &str) -> ExitCode {
        let changed = self.before != self.after;
        match printer.form() {
            Form::Json => printer.json(&Document {
                path: &self.path,
                changed,
                dry_run: self.effect == Effect::Shown,
                diff: self.diff(),
                remaining: &self.remaining,
            }),
            Form::Text => {
                match (changed, self.effect) {
                    (false, Effect::Written | Effect::Shown) => {
                        printer.note("It is so already; nothing was changed.");
                    }
                    (true, Effect::Written) => printer.note(summary),
                    (true, Effect::Shown) => {
                        printer.raw(self.diff().as_bytes());
                        printer.note("Nothing was written.");
                    }
                }
                self.warn(printer);
            }
        }
        ExitCode::Ok
    }

    fn warn(&self, printer: &Printer) {
        for warning in &self.warnings {
            printer.warn(plain(&warning.to_string()));
        }
        if !self.remaining.is_empty() {
            printer.warn(format!(
                "the configuration still has {}: 'clawlets config validate' lists what to repair",
                count(self.remaining.len(), "problem")
            ));
        }
    }

    fn diff(&self) -> String {
        let name = self.path.display().to_string();
        TextDiff::from_lines(&self.before, &self.after).unified_diff().header(&name, &name).to_string()
    }
}
