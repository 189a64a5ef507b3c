//! How a change is told.

use clawlets_memory::Changed;
use clawlets_printer::{Form, Printer, count};

/// Tells a change: to programs as a document, to people with the digest that a later `--if-match` takes.
pub(super) fn changed(printer: &Printer, done: &str, change: &Changed) {
    match printer.form() {
        Form::Json => printer.json(change),
        Form::Text => {
            let bytes = count(usize::try_from(change.bytes).unwrap_or(usize::MAX), "byte");
            printer.note(format!("{done} {}: {bytes}, SHA-256 {}.", change.path, change.sha256));
        }
    }
    if !change.logged {
        printer.warn(format!(
            "the change of {} is not in the log; 'clf memory log {}' shows the file's owner in its place",
            change.path, change.path
        ));
    }
}
