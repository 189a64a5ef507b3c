//! `local.json`: how clients find the daemon.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clawlets_model::Secret;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    state_dir::{StateDir, write_private},
};

/// Random bytes of a token; as hex they make the 64 characters that the vendor's tokens have.
const TOKEN_BYTES: usize = 32;

/// How to reach a running daemon.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The base URL that clients of the vendor's API take: `http://127.0.0.1:<port>/v1`.
    pub endpoint: String,
    /// The bearer token.
    pub token: Secret<String>,
    /// The daemon's process id.
    pub pid: u32,
}

/// The file's own form.
#[derive(Serialize, Deserialize)]
struct Document {
    endpoint: String,
    token: String,
    pid: u32,
}

impl Endpoint {
    pub(super) fn new(address: SocketAddr, token: Secret<String>) -> Self {
        Self { endpoint: format!("http://{address}/v1"), token, pid: std::process::id() }
    }

    /// Reads what the daemon of a state directory wrote last. It may have ended since: [`crate::status`] tells.
    ///
    /// # Errors
    /// [`Error::NotRunning`] when no daemon wrote anything, [`Error::File`] and [`Error::Malformed`].
    pub fn read(state_dir: &Path) -> Result<Self, Error> {
        let path = StateDir::new(state_dir).connection();
        match fs::read(&path) {
            Ok(bytes) => parse(&path, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Error::NotRunning { state_dir: state_dir.to_path_buf() })
            }
            Err(source) => Err(Error::File { action: "read", path, source }),
        }
    }

    /// The address of the daemon, without scheme and path.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.endpoint.strip_prefix("http://")?.split('/').next()?.parse().ok()
    }

    pub(super) fn write(&self, state: &StateDir) -> Result<(), Error> {
        let document =
            Document { endpoint: self.endpoint.clone(), token: self.token.expose().clone(), pid: self.pid };
        let bytes = serde_json::to_vec_pretty(&document).expect("the document has string keys only");
        write_private(&state.connection(), &bytes).map_err(Error::file("write", state.connection()))
    }

    /// Removes the file, if it is there.
    pub(super) fn forget(state: &StateDir) -> Result<(), Error> {
        match fs::remove_file(state.connection()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::file("remove", state.connection())(error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Endpoint, Error> {
    let malformed = |reason: String| Error::Malformed { path: PathBuf::from(path), reason };
    let Document { endpoint, token, pid } =
        serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
    Ok(Endpoint { endpoint, token: Secret::new(token), pid })
}

/// The token of a state directory: made once, the same for every daemon there.
pub(super) fn token(state: &StateDir) -> Result<Secret<String>, Error> {
    let path = state.token();
    match fs::read_to_string(&path) {
        Ok(token) if token.trim().len() == 2 * TOKEN_BYTES => Ok(Secret::new(token.trim().to_owned())),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::file("read", &path)(error)),
        Ok(_) | Err(_) => {
            let mut bytes = [0; TOKEN_BYTES];
            getrandom::fill(&mut bytes).map_err(Error::Random)?;
            let token = hex::encode(bytes);
            write_private(&path, token.as_bytes()).map_err(Error::file("write", &path))?;
            Ok(Secret::new(token))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_made_once_and_is_never_printed() {
        let dir = tempfile::tempdir().unwrap();
        let state = StateDir::new(dir.path());
        state.create().unwrap();
        let first = token(&state).unwrap();
        assert_eq!(first.expose().len(), 64);
        assert_eq!(token(&state).unwrap(), first);
        let endpoint = Endpoint::new(SocketAddr::from(([127, 0, 0, 1], 4711)), first.clone());
        endpoint.write(&state).unwrap();
        let read = Endpoint::read(dir.path()).unwrap();
        assert_eq!((read.endpoint.as_str(), &read.token), ("http://127.0.0.1:4711/v1", &first));
        assert_eq!(read.address(), Some(SocketAddr::from(([127, 0, 0, 1], 4711))));
        assert!(!format!("{read:?}").contains(first.expose()));
        Endpoint::forget(&state).unwrap();
        assert!(matches!(Endpoint::read(dir.path()), Err(Error::NotRunning { .. })));
    }
}
