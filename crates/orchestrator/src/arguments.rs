//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Runs tasks in disposable VMs: accepts jobs on a unix socket, creates a VM for each, and sees to it that none is left.
///
/// Variables named CLF_* win over the configuration file; CLF_LOG sets what is logged, such as `debug` or
/// `clawlets_orchestrator=debug,info`.
///
/// Exit codes: 0 stopped in order, 1 a sweep could not delete every VM, 2 usage, 5 another daemon holds the store or the
/// socket, 6 refused by a check, 7 a file or the network cannot be used, 78 the configuration is invalid.
#[derive(Debug, Parser)]
#[command(name = "clf-orchestrator", version)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "/etc/clf/orchestrator.toml", global = true)]
    pub(crate) config: PathBuf,
    /// Check the configuration and every file that it names, say all that is wrong, and start nothing.
    #[arg(long)]
    pub(crate) check_config: bool,
    /// Write the pages of the reference that this program generates, and do nothing else.
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) write_reference: Option<PathBuf>,
    /// What to do in place of running the daemon.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to do in place of running the daemon.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Delete every VM at the provider whose time is over, whether the daemon runs or not.
    ///
    /// It knows no jobs: it deletes only by what the labels of a VM say. A VM of this orchestrator goes when it is past
    /// its expiry, one of another orchestrator when it is past it by the grace that is configured. An expiry that is
    /// missing or cannot be read counts as past. No VM goes before its time.
    ///
    /// Exit codes: 0 nothing that is expired is left, 1 a VM could not be deleted, 7 the provider did not show its
    /// list, 78 the configuration is invalid.
    Sweep(Sweep),
}

/// How to sweep.
#[derive(Debug, Args)]
pub(crate) struct Sweep {
    /// Only say what would be deleted.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the outcome as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
