//! Which certificates are believed.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::ControlUrl;

/// TLS with this machine's certificates, since a network may have an authority of its own; with Mozilla's where the
/// machine has none. Without TLS none are read.
pub(crate) fn client_config(url: &ControlUrl) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    if url.uses_tls() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}
