//! `clawlets local serve`: the daemon itself.

use std::io::IsTerminal;

use clap::Args;
use clawlets_local_cloud::{Config, serve};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_verbs::Interrupt;

use super::{background::Report, config::config, fault::of_cloud, readiness::Readiness};

/// How many threads serve requests.
const THREADS: usize = 2;

/// Serve the local cloud in the foreground.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The port to listen on, on loopback only; 0 takes one that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Become a session of its own, which a terminal's signals do not reach.
    #[arg(long)]
    background: bool,
    #[command(flatten)]
    readiness: Readiness,
}

impl Serve {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        if !self.background {
            return serve_on(self.port, &self.readiness);
        }
        // Fails only where there is such a session already.
        let _ = rustix::process::setsid();
        // Whoever started it waits for the fault on standard output; standard error is the log.
        serve_on(self.port, &self.readiness)
            .inspect_err(|fault| printer.json_line(&Report { error: fault.clone() }))
    }
}

fn serve_on(port: u16, readiness: &Readiness) -> Result<ExitCode, Fault> {
    let config = Config { copies: readiness.copies(), ..config(port)? };
    let state_dir = config.state_dir.clone();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    let runtime = runtime.map_err(|error| {
        Fault::new(FaultCode::LocalFailed, "failed to start the asynchronous runtime").because(&error)
    })?;
    runtime.block_on(async {
        let mut interrupt = Interrupt::listen()?;
        let shutdown = async move { interrupt.came().await };
        serve(config, shutdown).await.map_err(|error| of_cloud(&error, &state_dir))
    })?;
    Ok(ExitCode::Ok)
}
