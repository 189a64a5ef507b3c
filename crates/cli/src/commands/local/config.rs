//! The local cloud's settings, as this program chooses them.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clawlets_local_cloud::Config;
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::PATH;

use crate::folders;

/// Settings for this user's local cloud. `port` 0 takes any.
pub(super) fn config(port: u16) -> Result<Config, Fault> {
    let program = this_program()?;
    let shim = vec![program.into_os_string(), "local".into(), "shim".into()];
    let mut config = Config::new(folders::state_dir()?, folders::cache_dir()?, shim);
    for program in [&mut config.guest.qemu, &mut config.guest.containment.bubblewrap] {
        if let Some(found) = find(program) {
            *program = found;
        }
    }
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Ok(config)
}

/// Where a program is by the shell's rules. Whoever runs it later sees neither this environment nor all folders.
fn find(program: &Path) -> Option<PathBuf> {
    let folders = env::var_os(PATH.name)?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| is_program(path))
}

/// Whether there is a file that this user may run.
pub(super) fn is_program(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file()
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
