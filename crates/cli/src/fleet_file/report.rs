//! What is said about an edit.

use std::path::Path;

use clawlets_fleet::Problem;
use clawlets_model::ExitCode;
use clawlets_printer::{Form, Printer, count, plain};
use serde::Serialize;

use super::{
    diff::{diff, plain_lines},
    edit::{Edited, Effect},
};

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
                        printer.raw(plain_lines(&self.diff()).as_bytes());
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

    /// Says what was done to what was proposed. `summary` is a sentence about the changes, `command` what makes them.
    pub(crate) fn report_proposal(&self, printer: &Printer, summary: &str, command: &str) {
        match (self.before != self.after, self.effect) {
            (false, Effect::Written | Effect::Shown) => {}
            (true, Effect::Written) => printer.note(summary),
            (true, Effect::Shown) => {
                printer.raw(plain_lines(&self.diff()).as_bytes());
                printer.note(format!("Nothing was written; '{command}' does."));
            }
        }
        self.warn(printer);
    }

    /// What became of the file, for a document.
    pub(crate) fn outline(&self) -> Outline<'_> {
        let changed = self.before != self.after;
        let written = changed && self.effect == Effect::Written;
        Outline { path: &self.path, changed, written, diff: self.diff() }
    }

    fn diff(&self) -> String {
        diff(&self.path, &self.before, &self.after)
    }
}

/// What became of the file, as part of a document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outline<'a> {
    path: &'a Path,
    changed: bool,
    written: bool,
    diff: String,
}
