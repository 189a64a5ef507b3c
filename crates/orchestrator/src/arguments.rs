//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Runs tasks in disposable VMs: accepts jobs on a unix socket, creates a VM for each, and sees to it that none is left.
///
/// Variables named CLF_* win over the configuration file; CLF_LOG sets what is logged, such as `debug` or
/// `clawlets_orchestrator=debug,info`.
///
/// Exit codes: 0 stopped in order, 2 usage, 5 another daemon holds the store or the socket, 6 refused by a check, 7 a
/// file or the network cannot be used, 78 the configuration is invalid.
#[derive(Debug, Parser)]
#[command(name = "clf-orchestrator", version)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "/etc/clf/orchestrator.toml")]
    pub(crate) config: PathBuf,
    /// Check the configuration and every file that it names, say all that is wrong, and start nothing.
    #[arg(long)]
    pub(crate) check_config: bool,
    /// Write the pages of the reference that this program generates, and do nothing else.
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) write_reference: Option<PathBuf>,
}
