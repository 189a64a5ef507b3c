//! The frame of a program: from the command line to the exit code.

use std::{ffi::OsString, future::Future};

use clap::{Parser, error::ErrorKind};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};

use crate::{output::form_of, switches, usage};

/// A command line that was read, and the printer in the form that it asks for.
pub struct Invocation<T> {
    /// What was asked for.
    pub arguments: T,
    /// The door to the terminal.
    pub printer: Printer,
}

/// Reads a command line. Help and version are printed here.
///
/// # Errors
/// How the program ends, when there is nothing more to do for it.
pub fn read<T: Parser>(words: impl IntoIterator<Item = OsString>) -> Result<Invocation<T>, ExitCode> {
    let words: Vec<_> = words.into_iter().collect();
    let words = switches::resolve(&T::command(), &words);
    let printer = Printer::stdio(form_of(&words));
    let error = match T::try_parse_from(&words) {
        Ok(arguments) => return Ok(Invocation { arguments, printer }),
        Err(error) => error,
    };
    if usage::is_answer(&error) {
        printer.data(usage::text(&error));
        return Err(settle(&printer, ExitCode::Ok));
    }
    let stops_at_a_group = matches!(
        error.kind(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if stops_at_a_group && printer.form() == Form::Text {
        // Somebody who stops at a group wants to know what is in it.
        let help = T::try_parse_from(words.iter().chain([&OsString::from("-h")]));
        printer.note(help.err().as_ref().map(usage::text).unwrap_or_default());
        return Err(ExitCode::Usage);
    }
    Err(printer.fault(&usage::fault(&error, T::command(), &words)))
}

/// Runs a verb to its end and shows the fault that it ends in, if any.
pub fn run(printer: &Printer, verb: impl Future<Output = Result<ExitCode, Fault>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(verb),
        Err(error) => {
            Err(Fault::new(FaultCode::Io, "failed to start the asynchronous runtime").because(&error))
        }
    };
    conclude(printer, outcome)
}

/// Shows the fault of an outcome, if any; the exit code.
pub fn conclude(printer: &Printer, outcome: Result<ExitCode, Fault>) -> ExitCode {
    settle(printer, outcome.unwrap_or_else(|fault| printer.fault(&fault)))
}

/// The exit code once it is known whether all data was written: a document that is cut off is no success.
fn settle(printer: &Printer, code: ExitCode) -> ExitCode {
    match (code, printer.lost_data()) {
        (ExitCode::Ok, Some(fault)) => printer.fault(&fault),
        (code, _) => code,
    }
}
