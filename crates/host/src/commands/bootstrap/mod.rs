//! `clawlets-host bootstrap`.

mod run;
mod shown;
mod status;

use clap::{Args, Subcommand, ValueHint};
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, Printer};
use std::path::PathBuf;

use crate::{config::Config, program::ConfigFlag};

/// The boot of a host from an image: its bundle, its secrets, its repositories, its memory, its token, its gateways.
#[derive(Debug, Subcommand)]
pub(crate) enum Bootstrap {
    Run(run::RunArguments),
    Status(status::Status),
}

impl Bootstrap {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Run(run) => run.run(printer, config),
            Self::Status(status) => status.run(printer, config),
        }
    }
}

/// What this instance is, where no file of the host says so.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct InstanceFlags {
    /// The instance [default: as /etc/clawlets/instance-name says, else the host of the configuration].
    #[arg(long, value_name = "NAME")]
    instance: Option<HostName>,
    /// The folder of what is kept: how far the boot is, and bundles.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    state: Option<PathBuf>,
}

impl InstanceFlags {
    /// The configuration, with what the flags say in its place.
    pub(super) fn load(&self, config: &ConfigFlag) -> Result<Config, Fault> {
        let mut config = config.load_or_defaults()?;
        if let Some(instance) = &self.instance {
            config.bootstrap.instance_files.clear();
            config.host = instance.clone();
        }
        if let Some(state) = &self.state {
            config.bootstrap.state.clone_from(state);
        }
        Ok(config)
    }
}
