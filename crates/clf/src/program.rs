//! The command line as a whole.

use std::ffi::OsString;

use clap::{Command, CommandFactory, Parser};
use clawlets_job_client::DEFAULT_SOCKET;
use clawlets_model::ExitCode;
use clawlets_verbs::{OutputFlags, SocketFlag, completions, environment::CLF_SOCKET, program};

use crate::{alias, commands::Commands};

/// Run jobs on this host's orchestrator, share a memory with the other bots of the fleet, and ask how the fleet is.
///
/// Every switch may also be written `--no-X`, `--X=true` or `--X=false`.
#[derive(Debug, Parser)]
#[command(name = "clf", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    socket: SocketFlag,
    #[command(subcommand)]
    command: Commands,
}

/// The definition of the command line, for the reference.
#[must_use]
pub fn command() -> Command {
    Arguments::command()
}

/// Runs the program on a command line, the program's name first.
#[must_use]
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let socket = std::env::var_os(CLF_SOCKET.name).unwrap_or_else(|| DEFAULT_SOCKET.into());
    completions::answer_shell(command, socket.into());
    let (arguments, printer) = match program::read::<Arguments>(alias::in_full(words)) {
        Ok(invocation) => (invocation.arguments, invocation.printer),
        Err(code) => return code,
    };
    program::run(&printer, arguments.command.run(&printer, &arguments.socket.client()))
}
