//! Which certificates are believed.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use url::Url;

/// How a client gets to where it sends its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Plain HTTP, which needs no certificates and must not wait for any to be read.
    Plain,
    /// TLS.
    Tls,
}

impl Reach {
    /// How this URL is reached.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        if url.scheme() == "https" { Self::Tls } else { Self::Plain }
    }
}

/// TLS with this machine's certificate store, as every program of its administrator has it: a network may have an
/// authority of its own. A machine without a store gets Mozilla's roots as they were when this program was built.
///
/// # Errors
/// When the library refuses its own defaults, which no input can bring about.
pub fn client_config(reach: Reach) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    match reach {
        Reach::Plain => {}
        Reach::Tls => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}
