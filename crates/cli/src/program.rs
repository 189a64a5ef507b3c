//! The command line as a whole.

use std::ffi::OsString;

use clap::{Command, CommandFactory, Parser};
use clawlets_job_client::DEFAULT_SOCKET;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_verbs::{OutputFlags, completions, environment::CLF_SOCKET, program, switches};

use crate::commands::Commands;

/// Operate a fleet of agent bots, and the disposable VMs that do their risky work.
///
/// Every switch may also be written `--no-X`, `--X=true` or `--X=false`.
#[derive(Debug, Parser)]
#[command(name = "clawlets", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    output: OutputFlags,
    #[command(subcommand)]
    command: Commands,
}

/// The definition of the command line, for the reference.
#[must_use]
pub fn command() -> Command {
    Arguments::command()
}

/// Runs another command within this program.
///
/// # Errors
/// A fault when there is no such command.
pub(crate) fn perform(words: &[String], printer: &Printer) -> Result<ExitCode, Fault> {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let words = switches::resolve(&command(), &words);
    let arguments = Arguments::try_parse_from(words)
        .map_err(|error| Fault::new(FaultCode::UsageArguments, error.to_string()))?;
    Ok(arguments.command.run(printer))
}

/// Runs the program on a command line, the program's name first.
#[must_use]
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let socket = std::env::var_os(CLF_SOCKET.name).unwrap_or_else(|| DEFAULT_SOCKET.into());
    completions::answer_shell(command, socket.into());
    match program::read::<Arguments>(words) {
        Ok(invocation) => invocation.arguments.command.run(&invocation.printer),
        Err(code) => code,
    }
}
