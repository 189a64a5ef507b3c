//! `clf-orchestrator`: reads the command line and the environment, and runs the daemon or one sweep.

mod arguments;
mod logging;
mod report;

use std::{process::ExitCode, time::Duration};

use arguments::{Command, Sweep};
use clap::Parser;
use clawlets_orchestrator::{
    DryRun,
    config::{self, Config, Overrides},
};
use clawlets_printer::Form;
use listenfd::ListenFd;

/// How long a thread for what blocks waits for more of it. Making one is cheap; one that waits wakes an idle daemon once more.
const IDLE_THREAD: Duration = Duration::from_secs(1);

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
    if let Some(Command::Sweep(how)) = arguments.command {
        return sweep(&config, &how);
    }
    let activated = match ListenFd::from_env().take_unix_listener(0) {
        Ok(activated) => activated,
        Err(error) => return report::no_activated_socket(&error),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_keep_alive(IDLE_THREAD).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return report::no_runtime(&error),
    };
    match runtime.block_on(clawlets_orchestrator::run(config, activated)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report::start_error(&error),
    }
}

/// Sweeps once. One thread is enough for it.
fn sweep(config: &Config, how: &Sweep) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report::no_runtime(&error),
    };
    let form = if how.json { Form::Json } else { Form::Text };
    let dry_run = if how.dry_run { DryRun::Yes } else { DryRun::No };
    match runtime.block_on(clawlets_orchestrator::sweep(config, dry_run)) {
        Ok(swept) => report::swept(&swept, form),
        Err(error) => report::sweep_error(&error, form),
    }
}
