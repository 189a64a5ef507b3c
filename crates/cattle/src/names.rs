//! What a machine is called: its host name, and the file that tells it from all others.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use rustix::system::sethostname;
use thiserror::Error;

use crate::layout::Layout;

/// What a kernel calls a machine that has no name.
const NAMELESS: &[u8] = b"(none)";

/// What a machine is called. What is missing stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The host name: 1 to 64 letters, digits, dashes, dots and underscores.
    pub hostname: Option<String>,
    /// 32 hexadecimal digits.
    pub machine_id: Option<String>,
}

/// Why a machine keeps a name that it should not have, or does not get the one that it should.
#[derive(Debug, Error)]
pub enum NameError {
    /// The kernel refuses the host name.
    #[error("failed to set the host name")]
    Hostname(#[source] io::Error),
    /// The machine id cannot be changed.
    #[error("failed to {action} {}", path.display())]
    MachineId {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Names {
    /// Gives them to this machine. The machine id comes first: no machine goes on without the one that it was given.
    ///
    /// # Errors
    /// [`NameError`], after which the machine has the names up to there.
    pub fn take_on(&self, layout: &Layout) -> Result<(), NameError> {
        if let Some(id) = &self.machine_id {
            write_machine_id(layout, id)?;
        }
        self.hostname.as_ref().map_or(Ok(()), |name| rename(name.as_bytes()))
    }
}

/// Takes every name from this machine.
///
/// # Errors
/// [`NameError`] when one is left.
pub fn lay_down(layout: &Layout) -> Result<(), NameError> {
    rename(NAMELESS)?;
    remove_machine_id(layout)
}

fn rename(name: &[u8]) -> Result<(), NameError> {
    sethostname(name).map_err(|errno| NameError::Hostname(errno.into()))
}

/// Writes the machine id as a new file. There is none, as a rule: a rehearsal takes its own away.
fn write_machine_id(layout: &Layout, id: &str) -> Result<(), NameError> {
    let path = layout.machine_id();
    let create = || fs::File::options().write(true).create_new(true).mode(0o444).open(&path);
    let file = match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove_machine_id(layout)?;
            create()
        }
        done => done,
    };
    let written = file.and_then(|mut file| file.write_all(format!("{id}\n").as_bytes()));
    written.map_err(|source| NameError::MachineId { action: "write", path, source })
}

fn remove_machine_id(layout: &Layout) -> Result<(), NameError> {
    let path = layout.machine_id();
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(NameError::MachineId { action: "remove", path, source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_machine_id_is_one_line_that_everybody_may_read_and_can_be_taken_away() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path());
        fs::create_dir(root.path().join("etc")).unwrap();
        for id in ["a".repeat(32), "b".repeat(32)] {
            Names { machine_id: Some(id.clone()), hostname: None }.take_on(&layout).unwrap();
            assert_eq!(fs::read_to_string(layout.machine_id()).unwrap(), format!("{id}\n"));
        }
        let mode = fs::metadata(layout.machine_id()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o444);
        for _ in 0..2 {
            remove_machine_id(&layout).unwrap();
            assert!(!layout.machine_id().exists());
        }
    }

    #[test]
    fn a_machine_id_that_cannot_be_written_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let names = Names { machine_id: Some("a".repeat(32)), hostname: None };
        let error = names.take_on(&Layout::new(root.path())).unwrap_err();
        assert!(matches!(error, NameError::MachineId { action: "write", .. }), "{error}");
    }
}
