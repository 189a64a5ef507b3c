//! `clawlets-host self-update`.

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use super::update;
use crate::{bootstrap, config::Config, fault::of_boot, program::ConfigFlag};

/// Updates of a host that boots from an image.
#[derive(Debug, Subcommand)]
pub(crate) enum SelfUpdate {
    Run(RunArguments),
}

/// Follow this instance's signed releases.
///
/// It does what 'clawlets-host update apply' does, for the name that the instance was given when it was made: an image does
/// not know it. No flake is evaluated on a host. With '--follow' it stays, as 'clawlets-host update run' does.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Stay, and apply releases as they come.
    #[arg(long)]
    follow: bool,
}

impl SelfUpdate {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let Self::Run(arguments) = self;
        let config = as_instance(config.load()?)?;
        if arguments.follow { update::follow(printer, &config) } else { update::apply(printer, &config) }
    }
}

/// The configuration of the instance. Its secrets stay where those of the image's host lie: the folder is a place and no
/// name.
fn as_instance(mut config: Config) -> Result<Config, Fault> {
    let instance = bootstrap::instance(&config).map_err(|error| of_boot(&error))?;
    config.paths.secrets = Some(config.secrets_folder());
    config.host = instance;
    Ok(config)
}
