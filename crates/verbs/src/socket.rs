//! Where the orchestrator listens.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_job_client::{Client, DEFAULT_SOCKET};

use crate::{environment, output::GLOBAL};

/// The flag that names the orchestrator's socket.
#[derive(Debug, Clone, Args)]
pub struct SocketFlag {
    /// The orchestrator's socket.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "PATH", env = environment::CLF_SOCKET.name, hide_env_values = true,
          default_value = DEFAULT_SOCKET, value_hint = ValueHint::FilePath)]
    socket: PathBuf,
}

impl SocketFlag {
    /// A client of that orchestrator.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(&self.socket)
    }
}
