//! Which certificates are believed.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// Whether a client will speak TLS at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Plain HTTP on loopback, which needs no certificates and must not wait for any to be read.
    Loopback,
    /// The network.
    Network,
}

/// TLS with this machine's certificate store, as every program of its administrator has it. A machine without a store
/// gets Mozilla's roots as they were when this program was built.
pub(crate) fn client_config(reach: Reach) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    if reach == Reach::Network {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}
