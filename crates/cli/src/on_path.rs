//! Programs on the operator's path.

use std::{
    env,
    path::{Path, PathBuf},
};

use clawlets_verbs::environment::PATH;

/// Where a program is by the shell's rules.
pub(crate) fn find(program: impl AsRef<Path>) -> Option<PathBuf> {
    let folders = env::var_os(PATH.name)?;
    env::split_paths(&folders).map(|folder| folder.join(program.as_ref())).find(|path| is_program(path))
}

/// Whether there is a file that this user may run.
pub(crate) fn is_program(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file()
}
