//! The identity from a file that cloud-init wrote.

use std::{fs, io::Read, path::PathBuf};

use clawlets_model::{Secret, boot::Boot, boot::UserDataError, limits};

use super::{BootError, BootSource};
use crate::{deadline::Deadline, names::Names};

/// A boot file, as the user data tells cloud-init to write it.
#[derive(Debug)]
pub struct BootFile {
    path: PathBuf,
}

impl BootFile {
    /// A boot file at a path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl BootSource for BootFile {
    fn read(&mut self, _: &Deadline) -> Result<Boot, BootError> {
        let failed = |source| BootError::File { action: "read", path: self.path.clone(), source };
        let file = fs::File::open(&self.path).map_err(failed)?;
        let mut text = String::new();
        file.take(limits::USER_DATA as u64 + 1).read_to_string(&mut text).map_err(failed)?;
        let text = Secret::from(text);
        if text.expose().len() > limits::USER_DATA {
            return Err(UserDataError::Malformed("the boot file is too large".to_owned()).into());
        }
        Ok(Boot::from_boot_file(text.expose())?)
    }

    fn forget(&mut self) -> Result<(), BootError> {
        let failed = |source| BootError::File { action: "remove", path: self.path.clone(), source };
        fs::remove_file(&self.path).map_err(failed)
    }

    fn names(&self) -> Names {
        Names::default()
    }
}
