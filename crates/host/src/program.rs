//! The command line as a whole.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Args, Command, CommandFactory, Parser, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::Fault;
use clawlets_verbs::{OutputFlags, program};

use crate::{
    commands::Commands,
    config::{self, Config},
    fault::of_config,
};

/// Look after this host: its releases, its secrets, its tokens for GitHub, its copies of repositories, its bots.
///
/// Every switch may also be written `--no-X`, `--X=true` or `--X=false`.
#[derive(Debug, Parser)]
#[command(name = "clawlets-host", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    config: ConfigFlag,
    #[command(subcommand)]
    command: Commands,
}

/// Where the configuration of a host usually lies.
const USUAL: &str = "/etc/clawlets/host.toml";

/// Which world this is.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfigFlag {
    /// The file that says what this host is and where everything lies.
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        default_value = USUAL,
        value_hint = ValueHint::FilePath,
        help_heading = "Global options"
    )]
    config: PathBuf,
}

impl ConfigFlag {
    pub(crate) fn load(&self) -> Result<Config, Fault> {
        config::load(&self.config).map_err(|error| of_config(&error))
    }

    /// The file itself.
    pub(crate) fn path(&self) -> &Path {
        &self.config
    }

    /// As [`Self::load`]; where nobody named a file and there is none at the usual place, what is usual, for a host that is
    /// called `host`.
    pub(crate) fn load_or_defaults(&self) -> Result<Config, Fault> {
        match self.load_if_there()? {
            Some(config) => Ok(config),
            None => Ok(config::usual()),
        }
    }

    /// As [`Self::load`]; none where nobody named a file and there is none at the usual place, for verbs that their flags
    /// tell everything.
    pub(crate) fn load_if_there(&self) -> Result<Option<Config>, Fault> {
        let is_absent = self.config == Path::new(USUAL) && !self.config.exists();
        if is_absent { Ok(None) } else { self.load().map(Some) }
    }
}

/// The definition of the command line, for the reference.
#[must_use]
pub fn command() -> Command {
    Arguments::command()
}

/// Runs the program on a command line, the program's name first.
#[must_use]
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (arguments, printer) = match program::read::<Arguments>(words) {
        Ok(invocation) => (invocation.arguments, invocation.printer),
        Err(code) => return code,
    };
    program::conclude(&printer, arguments.command.run(&printer, &arguments.config))
}
