//! The local cloud's settings, as this program chooses them.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clawlets_local_cloud::Config;
use clawlets_printer::{Fault, FaultCode};

use crate::{folders, on_path};

/// Settings for this user's local cloud. `port` 0 takes any.
pub(super) fn config(port: u16) -> Result<Config, Fault> {
    let program = this_program()?;
    let shim = vec![program.into_os_string(), "local".into(), "shim".into()];
    let mut config = Config::new(folders::state_dir()?, folders::cache_dir()?, shim);
    // Whoever runs them later sees neither this environment nor all folders.
    for program in [&mut config.guest.qemu, &mut config.guest.containment.bubblewrap] {
        if let Some(found) = on_path::find(&*program) {
            *program = found;
        }
    }
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Ok(config)
}

/// This program's own file.
pub(super) fn this_program() -> Result<PathBuf, Fault> {
    env::current_exe()
        .map_err(|error| Fault::new(FaultCode::Io, "failed to find this program's own file").because(&error))
}

/// The daemon's log.
pub(super) fn log_file(state_dir: &Path) -> PathBuf {
    state_dir.join("local").join("daemon.log")
}
