//! Who must vouch for a server that is asked over HTTPS.

use std::{fs, path::Path};

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::config::ConfigError;

/// The authorities that are believed; by default those that everybody believes.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Option<Vec<Certificate<'static>>>);

impl Authorities {
    /// Those in a file of certificates in PEM, and nobody else. Without a file those that everybody believes.
    ///
    /// # Errors
    /// [`ConfigError::Updates`] when the file cannot be read, or holds no certificate.
    pub fn of(file: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(file) = file else { return Ok(Self::default()) };
        let wrong = |message: String| ConfigError::Updates { key: "updates.ca_file", message };
        let pem = fs::read(file).map_err(|error| wrong(format!("{}: {error}", file.display())))?;
        let certificates: Vec<_> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                Ok(_) | Err(_) => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(wrong(format!("{} holds no certificate", file.display())));
        }
        Ok(Self(Some(certificates)))
    }

    pub(super) fn into_config(self) -> TlsConfig {
        let roots = match self.0 {
            Some(certificates) => RootCerts::new_with_certs(&certificates),
            None => RootCerts::WebPki,
        };
        TlsConfig::builder().root_certs(roots).build()
    }
}
