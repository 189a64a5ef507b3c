//! The way to GitHub.

use std::{future::Future, io, sync::Arc};

use clawlets_github::{ApiUrl, Github, SetupError};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// GitHub's API, and where it is.
#[derive(Debug)]
pub struct Api {
    /// The client.
    pub github: Github,
    /// The base URL.
    pub url: ApiUrl,
}

impl Api {
    /// The API at this URL, with the certificates that this machine believes; one without a store of them believes
    /// Mozilla's, as they were when this program was built.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn at(url: ApiUrl) -> Result<Self, SetupError> {
        let mut roots = RootCertStore::empty();
        // Plain loopback needs none, and must not wait for any to be read.
        if url.to_string().starts_with("https:") {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the versions of a provider are its own")
            .with_root_certificates(roots)
            .with_no_client_auth();
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
