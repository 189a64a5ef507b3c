//! The identity from the claim port of a machine that has just become somebody.

use clawlets_model::boot::{Boot, UserDataError};

use super::{BootError, BootSource};
use crate::{clone::Port, deadline::Deadline, names::Names};

/// The user data that waits in the claim port behind the claim.
#[derive(Debug)]
pub struct ClaimedUserData {
    port: Port,
    length: usize,
    names: Names,
}

impl ClaimedUserData {
    /// The next `length` bytes of a port, for a machine whose names came with the claim.
    #[must_use]
    pub const fn new(port: Port, length: usize, names: Names) -> Self {
        Self { port, length, names }
    }
}

impl BootSource for ClaimedUserData {
    fn read(&mut self, _: &Deadline) -> Result<Boot, BootError> {
        let bytes = self.port.user_data(self.length).map_err(|source| BootError::Port { source })?;
        // They are gone from the port: nobody can read them again.
        self.length = 0;
        let text = str::from_utf8(bytes.expose())
            .map_err(|_| UserDataError::Malformed("the user data is not text".to_owned()))?;
        Ok(Boot::from_user_data(text)?)
    }

    fn forget(&mut self) -> Result<(), BootError> {
        Ok(())
    }

    fn names(&self) -> Names {
        self.names.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::Write,
        os::{fd::OwnedFd, unix::net::UnixStream},
        time::Duration,
    };

    fn read(bytes: &[u8], length: usize) -> Result<Boot, BootError> {
        let (ours, mut host) = UnixStream::pair().unwrap();
        host.write_all(bytes).unwrap();
        drop(host);
        let deadline = Deadline::arm(Duration::from_secs(3600), || {}).unwrap();
        ClaimedUserData::new(Port::from(OwnedFd::from(ours)), length, Names::default()).read(&deadline)
    }

    #[test]
    fn the_announced_bytes_are_the_user_data() {
        let user_data = clawlets_model::rehearsal::user_data("10.0.2.2").unwrap();
        let boot = read(user_data.expose().as_bytes(), user_data.expose().len()).unwrap();
        assert_eq!(boot.base_url, "http://10.0.2.2:18337");
    }

    #[test]
    fn too_few_bytes_and_bytes_that_are_no_text_are_errors() {
        assert!(matches!(read(b"#cloud", 7), Err(BootError::Port { .. })));
        assert!(matches!(read(b"\xff\xff", 2), Err(BootError::Malformed(_))));
        assert!(matches!(read(b"", 0), Err(BootError::Malformed(_))));
    }
}
