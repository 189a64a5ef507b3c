//! The way to GitHub.

use std::{future::Future, io};

use clawlets_github::{Github, SetupError};
use clawlets_upstream::{BaseUrl, client_config};

/// GitHub's API, and where it is.
#[derive(Debug)]
pub struct Api {
    /// The client.
    pub github: Github,
    /// The base URL.
    pub url: BaseUrl,
}

impl Api {
    /// The API at this URL, with the certificates that this machine believes.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn at(url: BaseUrl) -> Result<Self, SetupError> {
        let tls = client_config(url.reach()).expect("the versions of a provider are its own");
        Ok(Self { github: Github::new(url.clone(), tls)?, url })
    }
}

/// Runs what waits for GitHub to its end.
///
/// # Errors
/// When the asynchronous runtime cannot be started.
pub fn block_on<T>(future: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}
