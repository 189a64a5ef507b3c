//! `clf-orchestrator`: reads the command line and the environment, and runs the daemon.

mod arguments;
mod logging;
mod report;

use std::process::ExitCode;

use clap::Parser;
use clawlets_orchestrator::config::{self, Overrides};
use listenfd::ListenFd;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    if let Some(folder) = arguments.write_reference {
        return report::reference_is_written(clawlets_orchestrator::reference::write(&folder));
    }
    let overrides = Overrides::from_variables(std::env::vars_os().filter_map(|(name, value)| {
        // What is not UTF-8 is none of ours.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    }));
    let config = match config::load(&arguments.config, &overrides) {
        Ok(config) => config,
        Err(error) => return report::config_error(&error),
    };
    if arguments.check_config {
        return report::config_is_valid(&arguments.config);
    }
    logging::start(std::env::var("CLF_LOG").ok().as_deref());
    let activated = match ListenFd::from_env().take_unix_listener(0) {
        Ok(activated) => activated,
        Err(error) => return report::no_activated_socket(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report::no_runtime(&error),
    };
    match runtime.block_on(clawlets_orchestrator::run(config, activated)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report::start_error(&error),
    }
}
